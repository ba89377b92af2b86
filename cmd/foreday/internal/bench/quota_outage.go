package bench

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const (
	quotaBefore  = 120 * time.Second
	quotaOutage  = 30 * time.Second
	quotaAfter   = 25 * time.Second
	quotaReaders = 8
	// quotaFull is from which part of a limit on the use of it is full.
	quotaFull = 0.97
)

func benchQuotaOutage(b *bench) error {
	r, err := newQuotaRun(b, 0, quotaTPM, quotaTPM/quotaJobTokens*windowsIn(quotaBefore+quotaOutage+quotaAfter)*quotaExcess)
	if err != nil {
		return err
	}
	defer r.close()
	began, err := r.begin()
	if err != nil {
		return err
	}
	readers := r.startReaders()
	defer readers.stop()
	if err := b.pause("tokens", began, began.Add(quotaBefore)); err != nil {
		return err
	}
	cost, err := r.costs()
	if err != nil {
		return err
	}
	cost.report(b)
	lost := time.Now()
	r.redis.Crash()
	readers.reads()
	if err := b.pause("without Redis", lost, lost.Add(quotaOutage)); err != nil {
		return err
	}
	maps.Copy(b.metrics, readers.reads())
	if err := r.redis.Relaunch(); err != nil {
		return err
	}
	back := time.Now()
	if err := b.pause("Redis is back", back, back.Add(quotaAfter)); err != nil {
		return err
	}
	b.metrics["violations"] += r.violations()
	b.metrics["utilisation_tokens"] = r.upstream.utilisation(began, lost)
	if u, ok := b.metrics["utilisation"]; !ok || u > b.metrics["utilisation_tokens"] {
		b.metrics["utilisation"] = b.metrics["utilisation_tokens"]
	}
	b.metrics["outage_violations"] = r.violations()
	b.metrics["outage_utilisation"] = r.upstream.usedOf(lost, back)
	b.metrics["recovered_s"] = r.upstream.fullAgain(back).Seconds()
	b.metrics["recovered_utilisation"] = r.upstream.utilisation(back.Add(10*time.Second-limitWindow), back.Add(quotaAfter))
	return r.fleet.stop()
}

// usedOf is how much was used, between two moments less than a window apart, of
// what the limits allowed: all but what was still in the window that ended then.
func (l *upstreamLog) usedOf(from, until time.Time) float64 {
	all := l.all()
	before := between(all, until.Add(-limitWindow), from)
	meanwhile := between(all, from, until)
	if l.tpm > 0 {
		return float64(meanwhile.tokens) / float64(l.tpm-before.tokens)
	}
	return float64(meanwhile.requests) / float64(l.rpm-before.requests)
}

// fullAgain returns how long after a moment a window ended that was full.
func (l *upstreamLog) fullAgain(after time.Time) time.Duration {
	all := l.all()
	for took := time.Duration(0); took < quotaAfter; took += 50 * time.Millisecond {
		if l.used(all, after.Add(took-limitWindow)) >= quotaFull {
			return took
		}
	}
	return quotaAfter
}

// quotaApps is apps that ask the workers' API for summaries.
type quotaApps struct {
	cancel   context.CancelFunc
	done     sync.WaitGroup
	answered atomic.Int64
	putOff   atomic.Int64 // over quota, or not ready in time
	failed   atomic.Int64
}

// reads takes what they got since they were asked last, for the metrics.
func (q *quotaApps) reads() map[string]float64 {
	return map[string]float64{
		"outage_reads_answered": float64(q.answered.Swap(0)),
		"outage_reads_put_off":  float64(q.putOff.Swap(0)),
		"outage_reads_failed":   float64(q.failed.Swap(0)),
	}
}

func (q *quotaApps) stop() {
	q.cancel()
	q.done.Wait()
}

// startReaders lets apps ask for days of users at random, one after the other.
func (r *quotaRun) startReaders() *quotaApps {
	ctx, cancel := context.WithCancel(r.bench.ctx)
	q := &quotaApps{cancel: cancel}
	urls := make([]string, len(r.fleet.workers))
	for i, w := range r.fleet.workers {
		urls[i] = w.url
	}
	for n := range quotaReaders {
		random := rand.New(rand.NewPCG(r.bench.Seed, uint64(n)+100))
		q.done.Go(func() {
			for ctx.Err() == nil {
				user, day := quotaUser(random.IntN(r.users)), r.first.AddDays(random.IntN(quotaDays))
				q.read(ctx, fmt.Sprintf("%s/v1/users/%s/summaries/%s", urls[n%len(urls)], user, day))
			}
		})
	}
	return q
}

// read asks once, and waits a moment if there was nothing to be had.
func (q *quotaApps) read(ctx context.Context, url string) {
	_, _, status, err := readSummary(ctx, http.DefaultClient, url)
	switch {
	case ctx.Err() != nil:
		return
	case err == nil:
		q.answered.Add(1)
		return
	case status == http.StatusServiceUnavailable:
		q.putOff.Add(1)
	default:
		q.failed.Add(1)
	}
	sleep(ctx, 500*time.Millisecond)
}
