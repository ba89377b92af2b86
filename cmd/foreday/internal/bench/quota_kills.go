package bench

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	quotaKills = 20
	quotaEvery = 80 * time.Millisecond
	quotaLoose = 1500 // calls a minute that are allowed
	// quotaBetween is the time from one kill to the next, at least.
	quotaBetween = 2 * time.Second
)

// ledgerPrefix is of the keys in which the workers keep what they called. The
// bench looks at them as they are, for nobody else knows what a dead one held.
const ledgerPrefix = "foreday:{quota:openai}:2:"

// benchQuotaKills kills workers that hold turns and compares, call by call, what
// the ledger counts for the dead with what the model was asked by them.
func benchQuotaKills(b *bench) error {
	r, err := newQuotaRun(b, quotaLoose, 0, 2000)
	if err != nil {
		return err
	}
	defer r.close()
	k := &quotaKilling{quotaRun: r, processes: map[*benchWorker]string{}}
	for range quotaWorkers {
		if err := k.add(); err != nil {
			return err
		}
	}
	stop, err := r.trickle()
	if err != nil {
		return err
	}
	defer stop()
	if _, err := r.await(); err != nil {
		return err
	}
	for n := range quotaKills {
		b.progress.At("kills", float64(n)/quotaKills)
		if err := k.kill(n % quotaWorkers); err != nil {
			return fmt.Errorf("kill %d: %w", n+1, err)
		}
	}
	b.metrics["violations"] += r.violations()
	b.metrics["kills"] = quotaKills
	b.metrics["kills_held"] = k.held
	b.metrics["kills_lost_calls"] = k.lost
	b.metrics["leaked"] = k.worst
	b.metrics["leaked_for_s"] = k.longest.Seconds()
	stop()
	return r.fleet.stop()
}

// trickle publishes the work message by message until it is stopped.
func (r *quotaRun) trickle() (stop func(), err error) {
	messages, err := r.fill()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(r.bench.ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, m := range messages {
			select {
			case <-ctx.Done():
				return
			case <-time.After(quotaEvery):
			}
			r.publisher().Publish(ctx, m) // one that is lost is one job less
		}
	}()
	return func() {
		cancel()
		<-done
	}, nil
}

// quotaKilling is a run whose workers are killed.
type quotaKilling struct {
	*quotaRun
	processes map[*benchWorker]string // by what name the ledger knows them

	held, lost float64 // turns that the dead held, and calls that are lost with them
	worst      float64 // the most calls lost for a turn that was held
	longest    time.Duration
}

// add starts a worker and learns its name in the ledger.
func (k *quotaKilling) add() error {
	known, err := k.named()
	if err != nil {
		return err
	}
	if err := k.fleet.start(1); err != nil {
		return err
	}
	for began := time.Now(); time.Since(began) < 10*time.Second; time.Sleep(10 * time.Millisecond) {
		names, err := k.named()
		if err != nil {
			return err
		}
		for name := range names {
			if !known[name] {
				k.processes[k.fleet.workers[len(k.fleet.workers)-1]] = name
				return nil
			}
		}
	}
	return errors.New("a worker was started and does not come to the ledger")
}

func (k *quotaKilling) named() (map[string]bool, error) {
	names, err := k.client.ZRange(k.bench.ctx, ledgerPrefix+"processes", 0, -1).Result()
	known := make(map[string]bool, len(names))
	for _, name := range names {
		known[name] = true
	}
	return known, err
}

// kill kills the n-th worker once it holds a turn, starts another in its place,
// and notes what is lost.
func (k *quotaKilling) kill(n int) error {
	w := k.fleet.workers[n]
	process := k.processes[w]
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		calls, now, err := k.calls(process)
		if err != nil {
			return err
		}
		if held(calls, now) > 0 {
			break
		}
		if time.Since(began) > 30*time.Second {
			return errors.New("the worker makes no calls")
		}
	}
	w.Kill()
	at := time.Now()
	calls, now, err := k.calls(process)
	if err != nil {
		return err
	}
	k.fleet.workers = append(k.fleet.workers[:n], k.fleet.workers[n+1:]...)
	if err := k.add(); err != nil {
		return err
	}
	last := len(k.fleet.workers) - 1
	k.fleet.workers[n], k.fleet.workers[last] = k.fleet.workers[last], k.fleet.workers[n]
	if err := k.bench.pause("kills", at, at.Add(quotaBetween)); err != nil {
		return err
	}
	k.note(w, calls, now, at)
	return nil
}

// ledgerCall is one call as the ledger counts it.
type ledgerCall struct {
	leaves time.Time // by Redis's clock
}

// calls returns what the ledger counts for one worker, and Redis's time.
func (k *quotaKilling) calls(process string) ([]ledgerCall, time.Time, error) {
	var now *redis.TimeCmd
	var all *redis.ZSliceCmd
	_, err := k.client.TxPipelined(k.bench.ctx, func(p redis.Pipeliner) error {
		now = p.Time(k.bench.ctx)
		all = p.ZRangeWithScores(k.bench.ctx, ledgerPrefix+"calls", 0, -1)
		return nil
	})
	if err != nil {
		return nil, time.Time{}, err
	}
	var calls []ledgerCall
	for _, z := range all.Val() {
		if call, _ := z.Member.(string); strings.HasPrefix(call, process+"-") && int64(z.Score) > now.Val().UnixMilli() {
			calls = append(calls, ledgerCall{time.UnixMilli(int64(z.Score))})
		}
	}
	return calls, now.Val(), nil
}

// held counts the calls that are not settled: they count for longer than a
// window from now.
func held(calls []ledgerCall, now time.Time) (n float64) {
	for _, c := range calls {
		if c.leaves.After(now.Add(limitWindow + 50*time.Millisecond)) {
			n++
		}
	}
	return n
}

func (k *quotaKilling) note(w *benchWorker, calls []ledgerCall, now, at time.Time) {
	n, arrived := held(calls, now), 0.0
	for _, s := range k.upstream.all() {
		if s.Key == w.key && s.At.After(at.Add(-limitWindow)) {
			arrived++
		}
	}
	lost := max(0, float64(len(calls))-arrived)
	k.held += n
	k.lost += lost
	k.worst = max(k.worst, lost/max(n, 1)) // its turns may have been settled in its last moment
	for _, c := range calls {
		k.longest = max(k.longest, c.leaves.Sub(now))
	}
}
