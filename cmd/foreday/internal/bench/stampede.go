package bench

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"foreday/summarizer/google/googletest/sample"
)

// The workload of bench stampede: stampedeReaders readers ask at once for a summary that
// was never made, a share of them of each of stampedeProcesses processes; stampedeRounds times, with a
// user of its own each time, and as often again with Redis killed. What was generated is
// what the model was asked; the worst round counts.
const (
	stampedeReaders   = 1000
	stampedeProcesses = 4
	stampedeRounds    = 3
	stampedePatience  = 60 * time.Second
)

func benchStampede(b *bench) error {
	d, err := newDeployment(b, limits{}, 2)
	if err != nil {
		return err
	}
	defer d.close()
	if err := d.fleet.start(stampedeProcesses); err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(b.Seed, 1))
	for _, part := range []struct{ name, suffix string }{{"with Redis", ""}, {"Redis away", "_redis_away"}} {
		if part.suffix != "" {
			d.redis.Crash()
		}
		var generations, answered, worst = 0, 1.0, time.Duration(0)
		for round := range stampedeRounds {
			b.progress.At(part.name, float64(round)/stampedeRounds)
			user := fmt.Sprintf("cold%d%s", round, part.suffix)
			d.stand.Google.AddUser(user, time.UTC)
			if err := d.stand.Google.Import(user, "primary", sample.Year(uint64(round), d.first, time.UTC)); err != nil {
				return err
			}
			// Without anything novel, no model would be asked.
			if _, err := d.appoint(user, appointment(random, d.first, 15)); err != nil {
				return err
			}
			before := d.stand.Model.Counts().Requests
			got, took := d.stampede("/v1/users/" + user + "/summaries/" + d.first.String())
			answered, worst = min(answered, float64(got)/stampedeReaders), max(worst, took)
			generations = max(generations, d.stand.Model.Counts().Requests-before)
		}
		b.metrics["generations"+part.suffix] = float64(generations)
		b.metrics["answered"+part.suffix] = answered
		b.metrics["last_answer"+part.suffix+"_ms"] = milliseconds(worst)
	}
	b.metrics["generations_per_process_redis_away"] = b.metrics["generations_redis_away"] / stampedeProcesses
	return d.fleet.stop()
}

// stampede has all read at once. It returns how many had a summary, and after how long
// the last.
func (d *deployment) stampede(path string) (answered int, took time.Duration) {
	client := &http.Client{Timeout: stampedePatience, Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	var got atomic.Int64
	var readers sync.WaitGroup
	start := make(chan struct{})
	for n := range stampedeReaders {
		readers.Go(func() {
			<-start
			if _, _, _, err := readSummary(d.bench.ctx, client, d.fleet.workers[n%stampedeProcesses].url+path); err == nil {
				got.Add(1)
			}
		})
	}
	began := time.Now()
	close(start)
	readers.Wait()
	return int(got.Load()), time.Since(began)
}
