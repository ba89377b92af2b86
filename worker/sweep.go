package worker

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"foreday/cache"
)

const (
	// graceQueued is how long a promised refresh may take before somebody looks.
	graceQueued = 3 * time.Second
	// graceMax bounds the time between two looks at a job that waits in a long queue.
	graceMax = time.Minute
	// sweepEvery is the average time between two sweeps of one worker.
	sweepEvery = 500 * time.Millisecond
	// sweepBatch bounds the entries that one sweep takes in hand.
	sweepBatch = 200
	// sweepers is how many of those are looked at together: one after the other,
	// on a slow day of the network, the last would wait too long.
	sweepers = 16
	// sweepHide is how long other sweeps leave those entries alone.
	sweepHide = 800 * time.Millisecond
)

// Sweeper finds the refreshes that were promised and lost: by a worker that died
// between any two steps, by a queue that was cleared, by a job that was deleted.
type Sweeper struct {
	Ledger  *cache.Ledger
	Queue   *Queue
	Metrics *Metrics
	Log     zerolog.Logger
}

// Run sweeps until ctx is done.
func (s *Sweeper) Run(ctx context.Context) {
	failing := false
	for {
		// Jitter keeps many workers from sweeping at the same moment.
		pause := sweepEvery/2 + rand.N(sweepEvery)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		err := s.Sweep(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			s.Log.Warn().Err(err).Msg("sweep over promised refreshes failed; tried again every second")
		}
		failing = err != nil
	}
}

// Sweep looks once at the overdue entries of the ledger.
func (s *Sweeper) Sweep(ctx context.Context) error {
	open, err := s.Ledger.Len(ctx)
	if err != nil {
		return err
	}
	s.Metrics.open(open)
	tokens, err := s.Ledger.Claim(ctx, sweepBatch, sweepHide)
	if err != nil || len(tokens) == 0 {
		return err
	}
	if err := s.Queue.announce(ctx); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(sweepers)
	for _, t := range tokens {
		g.Go(func() error { return s.look(ctx, t) })
	}
	return g.Wait()
}

// look finds out what became of one promise. It may die anywhere: the entry is
// struck off last.
func (s *Sweeper) look(ctx context.Context, t cache.Token) error {
	finding, other, lease, err := s.Ledger.Audit(ctx, t, cache.Unasked)
	if err != nil {
		return err
	}
	if finding == cache.Queued {
		job, err := s.Queue.look(t)
		if err != nil {
			return err
		}
		if job.queue == cache.Unasked {
			return s.Ledger.Track(ctx, later(time.Now(), t, job.next), t)
		}
		if finding, other, lease, err = s.Ledger.Audit(ctx, t, job.queue); err != nil {
			return err
		}
	}
	switch finding {
	case cache.Wait:
		return s.Ledger.Track(ctx, lease.Add(100*time.Millisecond), t)
	case cache.Queued:
		return s.Ledger.Track(ctx, time.Now().Add(graceQueued), t)
	case cache.Other:
		if err := s.Ledger.Track(ctx, time.Now(), other); err != nil {
			return err
		}
	case cache.Reissued:
		s.Metrics.tookOver()
		s.Log.Info().Str("user", t.User).Stringer("date", t.Date).Str("token", other.ID).Msg("a lost refresh was put back")
		if err := promise(ctx, s.Ledger, s.Queue, []cache.Task{{Token: other, Action: cache.Enqueue}}); err != nil {
			return err
		}
	}
	return s.Ledger.Settle(ctx, t)
}

// later says when to look again at a job that waits in the queue: the longer it
// has waited, the later, so that a long queue does not make for many looks.
func later(now time.Time, t cache.Token, next time.Time) time.Time {
	if next.After(now) {
		now = next
	}
	return now.Add(min(max(graceQueued, t.Age(now)/2), graceMax))
}
