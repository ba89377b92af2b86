package worker

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"foreday/cache/freshness"
)

// lease keeps a run's lease while its work goes on.
type lease struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	runID  atomic.Pointer[string]
	done   chan struct{}
}

// beats is how often a lease is extended in the time that it lasts: often, so that
// it can be short and still outlive a network that holds still for most of it.
const beats = 8

// keepAlive extends the run's lease until endLease. If somebody else has taken the
// run over, the context that it returns ends: to go on would be wasted.
func (j *job) keepAlive(ctx context.Context) context.Context {
	l := &lease{done: make(chan struct{})}
	l.ctx, l.cancel = context.WithCancelCause(ctx)
	l.moved(j.run.ID)
	j.lease = l
	beat := j.run
	go func() {
		defer close(l.done)
		j.watchOver(l.ctx, beat)
		tick := time.NewTicker(j.Store.Lease() / beats)
		defer tick.Stop()
		for {
			select {
			case <-l.ctx.Done():
				return
			case <-tick.C:
			}
			beat.ID = *l.runID.Load()
			_, err := j.Store.Extend(l.ctx, beat)
			if errors.Is(err, freshness.ErrLost) && beat.ID == *l.runID.Load() {
				l.cancel(err)
				return
			}
		}
	}()
	return l.ctx
}

// endLease ends the heartbeat and waits for it.
func (j *job) endLease() {
	j.lease.cancel(nil)
	<-j.lease.done
	j.lease = nil
}

// watchOver lets the sweep look for the run soon,
// if it was so long in the queue, or deferred for so long, that it may be due for a
// look much later. If this fails, it is found then.
func (j *job) watchOver(ctx context.Context, run freshness.Run) {
	if run.Cleared.ID == "" || run.SinceMessage < graceQueued && !run.Unwatched {
		return
	}
	if err := j.Store.Ledger().Track(ctx, graceQueued, run.Cleared); err != nil && ctx.Err() == nil {
		j.Log.Debug().Err(err).Msg("a run is not watched over")
	}
}

// moved tells the lease that the run has begun anew.
func (l *lease) moved(id string) { l.runID.Store(&id) }

// cause returns the reason for which the work was interrupted, if it was, else err.
func (l *lease) cause(err error) error {
	if cause := context.Cause(l.ctx); errors.Is(cause, freshness.ErrLost) {
		return cause
	}
	return err
}
