package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"foreday/events"
	"foreday/summarizer"
	"foreday/summarizer/google/googletest/sample"
	"foreday/worker/processtest"
)

// The workload of bench outage: outageRate reads a second, evenly in time and in turn of
// outageUsers users' summaries, by outageProcesses processes with worker and API, whatever becomes of
// Redis: it is killed, and started again; stopped where it stands; behind a network that loses
// 30 packets in 100; and full. Each lasts outageFor, and as long again is left after it. All
// the while, outageEdits appointments a second are made and published, as far as Redis
// takes it.
//
// An answer is stale_as_fresh if it is a hit, and its calendar was fetched before a message
// that was published when it was asked for. recovered_s is, of the worst, from when Redis is
// as before until the last read was begun that had to do without it. p99_ms is over all reads
// from the first fault on, and its yardstick what summaries take that are made
// for a reader, in the calm before.
const (
	outageRate      = 200
	outageUsers     = 200
	outageProcesses = 2
	outageEdits     = 5
	outageFor       = 10 * time.Second
	outageCold      = 40 // summaries made in the calm
	// Before and after, outageCalm times as long passes, and before that once with outageBusy
	// edits a second: so processes hold what they do in ordinary use, and the runtime has
	// collected as often. Idle connections to upstreams are kept for 90 s.
	outageCalm = 10
	outageBusy = 50
	outageLoss = 30 // percent
	outageFill = 4  // readers at once who have all be known
)

// outage is a deployment under faults.
type outage struct {
	*deployment
	proxy  *lossyProxy
	client *http.Client
	length time.Duration
	edits  atomic.Int64 // a second

	mu    sync.Mutex
	since [outageUsers]time.Time // what is fetched before is stale
	reads []outageRead

	suffered []outageSpan
}

// outageSpan is when a fault lasted.
type outageSpan struct {
	fault      string
	from, over time.Time
}

// outageRead is a read, and what came of it.
type outageRead struct {
	began    time.Time
	took     time.Duration
	answered bool
	without  bool   // Redis
	stale    bool   // given as fresh
	cached   string // Cache-Status
}

// faults are what befalls Redis.
var faults = []struct {
	name       string
	begin, end func(*outage) error
}{
	{"killed",
		func(o *outage) error { o.redis.Crash(); return nil },
		func(o *outage) error { return o.redis.Relaunch() }},
	{"paused",
		func(o *outage) error { return o.redis.Signal(syscall.SIGSTOP) },
		func(o *outage) error { return o.redis.Signal(syscall.SIGCONT) }},
	{"lossy",
		func(o *outage) error { o.proxy.percent.Store(outageLoss); return nil },
		func(o *outage) error { o.proxy.percent.Store(0); return nil }},
	{"full",
		func(o *outage) error { return o.deployment.client.ConfigSet(o.bench.ctx, "maxmemory", "1mb").Err() },
		func(o *outage) error { return o.deployment.client.ConfigSet(o.bench.ctx, "maxmemory", "0").Err() }},
}

func benchOutage(b *bench) error {
	o, err := newOutage(b)
	if err != nil {
		return err
	}
	defer o.close()
	if err := o.inUse(o.suffer); err != nil {
		return err
	}
	return o.fleet.stop()
}

// inUse reads and edits while something is done.
func (o *outage) inUse(do func() error) error {
	done := make(chan struct{})
	var others sync.WaitGroup
	others.Go(func() { o.read(done) })
	others.Go(func() { o.edit(done) })
	defer others.Wait()
	defer close(done)
	return do()
}

func newOutage(b *bench) (*outage, error) {
	d, err := newDeployment(b, limits{}, 2)
	if err != nil {
		return nil, err
	}
	o := &outage{deployment: d, length: outageFor, client: &http.Client{
		Timeout: hostilePatience, Transport: &http.Transport{MaxIdleConnsPerHost: 4096},
	}}
	o.edits.Store(outageEdits)
	if b.For > 0 {
		o.length = b.For
	}
	if o.proxy, err = startLossyProxy(d.redis.Addr()); err == nil {
		d.fleet.env = append(d.fleet.env, "REDIS_URL=redis://"+o.proxy.Addr().String())
		err = o.fill()
	}
	if err != nil {
		o.close()
		return nil, err
	}
	return o, nil
}

func (o *outage) close() {
	if o.proxy != nil {
		o.proxy.Close()
	}
	o.redis.Signal(syscall.SIGCONT) // or what waits for it would wait on
	o.deployment.close()
}

// fill has all processes know all summaries.
func (o *outage) fill() error {
	random := rand.New(rand.NewPCG(o.bench.Seed, 1))
	for n := range outageUsers + outageCold {
		o.stand.Google.AddUser(outageUser(n), time.UTC)
		if err := o.stand.Google.Import(outageUser(n), "primary", sample.Year(uint64(n), o.first, time.UTC)); err != nil {
			return err
		}
		if _, err := o.appoint(outageUser(n), appointment(random, o.first, 8)); err != nil {
			return err
		}
	}
	if err := o.fleet.start(outageProcesses); err != nil {
		return err
	}
	for process := range outageProcesses {
		var readers errgroup.Group
		readers.SetLimit(outageFill)
		for n := range outageUsers {
			readers.Go(func() error {
				o.bench.progress.At("fill", float64(process*outageUsers+n)/(outageUsers*outageProcesses))
				if r := o.readOnce(n, process); !r.answered {
					return fmt.Errorf("no summary of user %s", outageUser(n))
				}
				return nil
			})
		}
		if err := readers.Wait(); err != nil {
			return err
		}
	}
	return nil
}

func outageUser(n int) string { return fmt.Sprintf("reader%d", n) }

// readOnce reads a user's summary by one of the processes.
func (o *outage) readOnce(n, process int) outageRead {
	o.mu.Lock()
	since := o.since[n%outageUsers]
	o.mu.Unlock()
	r := outageRead{began: time.Now()}
	url := o.fleet.workers[process].url + "/v1/users/" + outageUser(n) + "/summaries/" + o.first.String()
	res, err := o.client.Get(url)
	if err != nil {
		r.took = time.Since(r.began)
		return r
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	r.took = time.Since(r.began)
	var sum summarizer.Summary
	r.answered = err == nil && res.StatusCode == http.StatusOK && json.Unmarshal(body, &sum) == nil
	r.cached = res.Header.Get("Cache-Status")
	r.without = !r.answered || strings.Contains(r.cached, "bypass") || strings.Contains(r.cached, "detail=redis")
	r.stale = strings.Contains(r.cached, "; hit") && sum.FetchedAt.Before(since)
	return r
}

// read reads at the rate, however long each read takes.
func (o *outage) read(done <-chan struct{}) {
	var under sync.WaitGroup
	defer under.Wait()
	start := time.Now()
	for i := 0; ; i++ {
		select {
		case <-done:
			return
		case <-time.After(time.Until(start.Add(time.Duration(i) * time.Second / outageRate))):
		}
		under.Go(func() {
			r := o.readOnce(i%outageUsers, i/outageUsers%outageProcesses)
			o.mu.Lock()
			defer o.mu.Unlock()
			o.reads = append(o.reads, r)
		})
	}
}

// edit makes and publishes appointments, and takes each back before it makes the next of that
// user, so that calendars, and what is in memory for them, do not grow.
func (o *outage) edit(done <-chan struct{}) {
	made := map[int]events.Message{}
	random := rand.New(rand.NewPCG(o.bench.Seed, 2))
	publisher := events.NewPublisher(o.deployment.client, events.PublisherConfig{})
	for i := 0; ; i++ {
		select {
		case <-done:
			return
		case <-time.After(time.Second / time.Duration(o.edits.Load())):
		}
		n := random.IntN(outageUsers)
		message, has := made[n]
		var err error
		if has {
			message.Type = events.EventDeleted
			err = o.stand.Google.Delete(outageUser(n), "primary", message.Event)
			delete(made, n)
		} else if message, err = o.appoint(outageUser(n), appointment(random, o.first, 9+i%12)); err == nil {
			made[n] = message
		}
		if err != nil {
			continue
		}
		began := time.Now()
		if _, err := publisher.Publish(o.bench.ctx, message); err == nil {
			o.mu.Lock()
			o.since[n] = began
			o.mu.Unlock()
		}
	}
}

// suffer has everything happen, and measures it.
func (o *outage) suffer() error {
	o.edits.Store(outageBusy)
	if _, err := o.calm("busy", 1); err != nil {
		return err
	}
	o.edits.Store(outageEdits)
	if err := o.generate(); err != nil {
		return err
	}
	before, err := o.calm("calm", outageCalm)
	if err != nil {
		return err
	}
	if err := o.sufferFaults(); err != nil {
		return err
	}
	after, err := o.calm("calm again", outageCalm)
	if err != nil {
		return err
	}
	// The next collection begins when the heap is a multiple of what was in use at the last.
	const memory, goroutines, inUse = "process_resident_memory_bytes", "go_goroutines", "go_memstats_next_gc_bytes"
	o.bench.metrics["rss_mb"] = before[memory] / outageProcesses / (1 << 20)
	o.bench.metrics["rss_ratio"] = after[memory] / before[memory]
	o.bench.metrics["heap_in_use_ratio"] = after[inUse] / before[inUse]
	o.bench.metrics["goroutines_ratio"] = after[goroutines] / before[goroutines]
	return nil
}

// sufferFaults has each fault happen, and measures it.
func (o *outage) sufferFaults() error {
	begun := time.Now()
	o.bench.metrics["recovered_s"] = 0
	for _, fault := range faults {
		from := time.Now()
		if err := fault.begin(o); err != nil {
			return fmt.Errorf("%s: %w", fault.name, err)
		}
		err := o.bench.pause(fault.name, from, from.Add(o.length))
		if ended := fault.end(o); err == nil {
			err = ended
		}
		if err != nil {
			return fmt.Errorf("%s: %w", fault.name, err)
		}
		over := time.Now()
		if err := o.bench.pause("after "+fault.name, over, over.Add(o.length)); err != nil {
			return err
		}
		o.suffered = append(o.suffered, outageSpan{fault.name, from, over})
		o.judge(fault.name, from, over)
	}
	o.judgeAll(o.between(begun, time.Now()))
	return nil
}

// calm leaves Redis alone for a while, and returns what the processes count then.
func (o *outage) calm(name string, times time.Duration) (map[string]float64, error) {
	now := time.Now()
	if err := o.bench.pause(name, now, now.Add(times*o.length)); err != nil {
		return nil, err
	}
	o.client.CloseIdleConnections() // which readers keep for later
	time.Sleep(100 * time.Millisecond)
	return o.fleet.counters()
}

// generate has summaries made for readers, one at a time.
func (o *outage) generate() error {
	var took []time.Duration
	for n := range outageCold {
		r := o.readOnce(outageUsers+n, n%outageProcesses)
		if !r.answered {
			return fmt.Errorf("no summary of user %s in the calm", outageUser(outageUsers+n))
		}
		took = append(took, r.took)
	}
	o.bench.metrics["generating_ms"] = milliseconds(processtest.Percentile(took, .5))
	return nil
}

// judge measures one fault.
func (o *outage) judge(fault string, from, over time.Time) {
	recovered := 0.0
	for _, r := range o.between(over, time.Now()) {
		if r.without {
			recovered = max(recovered, r.began.Sub(over).Seconds())
		}
	}
	m := o.bench.metrics
	m[fault+"_recovered_s"], m["recovered_s"] = recovered, max(m["recovered_s"], recovered)
	m[fault+"_p99_ms"] = milliseconds(processtest.Percentile(tookOf(o.between(from, over)), .99))
}

// judgeAll measures all reads from the first fault on.
func (o *outage) judgeAll(reads []outageRead) {
	answered, stale := 0, 0
	for _, r := range reads {
		if r.answered {
			answered++
		}
		if r.stale {
			stale++
		}
	}
	m := o.bench.metrics
	m["reads"], m["answered"], m["stale_as_fresh"] = float64(len(reads)), float64(answered)/float64(len(reads)), float64(stale)
	m["p99_ms"] = milliseconds(processtest.Percentile(tookOf(reads), .99))
}

// between returns the reads that began in that time, and have ended.
func (o *outage) between(from, to time.Time) []outageRead {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(o.reads), func(r outageRead) bool { return r.began.Before(from) || !r.began.Before(to) })
}

func tookOf(reads []outageRead) (took []time.Duration) {
	for _, r := range reads {
		took = append(took, r.took)
	}
	return took
}
