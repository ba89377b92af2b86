package worker

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"foreday/cache/freshness"
)

const (
	// graceQueued is how long a tracked refresh may take before somebody looks.
	graceQueued = 600 * time.Millisecond
	// graceMax bounds the time between two looks at a job that waits in a long queue.
	graceMax = time.Minute
	// sweepEvery is the average time between two sweeps of one worker, while entries of the
	// ledger are overdue.
	sweepEvery = 250 * time.Millisecond
	// sweepBatch bounds the entries that one sweep takes in hand.
	sweepBatch = 200
	// sweepers is how many of those are looked at together: one after the other,
	// on a slow day of the network, the last would wait too long.
	sweepers = 16
	// graceTaken is what a worker is given to begin a job that it has taken: to put
	// back what is about to begin would be a spurious run.
	graceTaken = 150 * time.Millisecond
	// sweepHide is how long other sweeps leave what is looked at alone.
	sweepHide = 800 * time.Millisecond
)

// Sweeper finds the tracked refreshes that were lost: by a worker that died
// between any two steps, by a queue that was cleared, by a job that was deleted.
type Sweeper struct {
	Ledger  *freshness.Ledger
	Queue   *Queue
	Metrics *Metrics
	Log     zerolog.Logger
	Process string // names this process, as [Refresher] does
}

// Run sweeps until ctx is done.
func (s *Sweeper) Run(ctx context.Context) {
	failing := false
	// Jitter keeps many workers from sweeping at the same moment.
	for rest := time.Duration(0); pause(ctx, rest+sweepEvery/2+rand.N(sweepEvery)); {
		next, err := s.Sweep(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			s.Log.Warn().Err(err).Msg("sweep over tracked refreshes failed; tried again every second")
		}
		failing = err != nil
		// What is tracked from now on is not overdue before graceQueued.
		rest = max(0, min(next, graceQueued)-sweepEvery/2)
	}
}

// Sweep looks once at the overdue entries of the ledger, and returns after what time the
// next one will be overdue, 0 if nobody knows.
func (s *Sweeper) Sweep(ctx context.Context) (next time.Duration, err error) {
	open, err := s.Ledger.Len(ctx)
	if err != nil {
		return 0, err
	}
	if open == 0 {
		return graceQueued, nil
	}
	tokens, next, err := s.Ledger.Claim(ctx, sweepBatch, sweepHide)
	if err != nil || len(tokens) == 0 {
		return next, err
	}
	g, ctx := errgroup.WithContext(ctx)
	announced := sync.OnceValue(func() error { return s.Queue.announce(ctx) })
	g.SetLimit(sweepers)
	g.Go(announced)
	for _, t := range tokens {
		g.Go(func() error { return s.look(ctx, t, announced) })
	}
	return 0, g.Wait()
}

// look finds out what became of one refresh, and of the one that has taken its
// place. It may die anywhere: an entry is struck off last.
func (s *Sweeper) look(ctx context.Context, t freshness.Token, announced func() error) error {
	for n := range maxSuccessors {
		successor, err := s.lookAt(ctx, t, n == 0, announced)
		if err != nil || successor.ID == "" {
			return err
		}
		t = successor
	}
	return nil // the next sweep goes on
}

// maxSuccessors bounds how many refreshes are looked at one after the other. Each next
// one is younger than a sweep.
const maxSuccessors = 3

// lookAt finds out what became of one refresh, and returns the one that has taken
// its place, if another has. overdue says whether the ledger has it so.
func (s *Sweeper) lookAt(ctx context.Context, t freshness.Token, overdue bool,
	announced func() error) (successor freshness.Token, err error) {
	found, err := s.Ledger.Audit(ctx, t, freshness.JobUnknown, "")
	dead := ""
	if err == nil && found.Finding == freshness.AuditWait && s.died(ctx, found.Owner) {
		dead = found.Owner
		found, err = s.Ledger.Audit(ctx, t, freshness.JobUnknown, dead)
	}
	if err != nil {
		return successor, err
	}
	if found.Finding == freshness.AuditQueued {
		if err := announced(); err != nil {
			return successor, err
		}
		job, err := s.Queue.look(t)
		if err != nil {
			return successor, err
		}
		if job.queue == freshness.JobUnknown {
			return successor, s.wait(ctx, t, job, found.Age, overdue)
		}
		if job.taken {
			if !pause(ctx, graceTaken) {
				return successor, ctx.Err()
			}
		}
		if found, err = s.Ledger.Audit(ctx, t, job.queue, dead); err != nil {
			return successor, err
		}
	}
	switch found.Finding {
	case freshness.AuditWait:
		return successor, s.Ledger.Track(ctx, min(found.Lease, graceQueued)+time.Millisecond, t)
	case freshness.AuditQueued:
		return successor, s.Ledger.Track(ctx, graceQueued, t)
	case freshness.AuditOther:
		if err := s.Ledger.TrackNew(ctx, sweepHide, found.Token); err != nil {
			return successor, err
		}
		successor = found.Token
	case freshness.AuditReissued:
		s.Metrics.tookOver()
		s.Log.Info().Str("user", t.User).Stringer("date", t.Date).Str("token", found.Token.ID).Msg("a lost refresh was put back")
		if err := trackAndEnqueue(ctx, s.Ledger, s.Queue, []freshness.Task{{Token: found.Token, Action: freshness.ActEnqueue}}); err != nil {
			return successor, err
		}
	}
	return successor, s.Ledger.Settle(ctx, t)
}

// wait leaves a job in the queue, and looks again later. A job is deferred by the clock
// of the worker that deferred it, which may be ahead of all others, and its worker gone.
// So what is overdue by the ledger, and nobody's turn yet by this process's clock, is
// let go.
func (s *Sweeper) wait(ctx context.Context, t freshness.Token, job standing, age time.Duration, overdue bool) error {
	now := time.Now()
	if overdue && job.next.After(now) {
		if err := s.Queue.letGo(ctx, t, job.in); err != nil {
			return err
		}
		job.next = now
	}
	return s.Ledger.Track(ctx, later(age, job.next.Sub(now)), t)
}

// later says after what time to look again at a job that waits in the queue: the
// longer it has waited, the later, so that a long queue does not make for many looks.
func later(age, next time.Duration) time.Duration {
	return max(0, next) + min(max(graceQueued, age/2), graceMax)
}
