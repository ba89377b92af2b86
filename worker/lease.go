package worker

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"foreday/cache"
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

// keepAlive extends the lease until stop. If somebody else has taken the run
// over, its context ends: to go on would be wasted.
func (r *Refresher) keepAlive(ctx context.Context, run *cache.Run) *lease {
	l := &lease{done: make(chan struct{})}
	l.ctx, l.cancel = context.WithCancelCause(ctx)
	l.moved(run.ID)
	beat := *run
	go func() {
		defer close(l.done)
		r.watchOver(l.ctx, beat)
		tick := time.NewTicker(r.Store.Lease() / beats)
		defer tick.Stop()
		for {
			select {
			case <-l.ctx.Done():
				return
			case <-tick.C:
			}
			beat.ID = *l.runID.Load()
			_, err := r.Store.Extend(l.ctx, beat)
			if errors.Is(err, cache.ErrLost) && beat.ID == *l.runID.Load() {
				l.cancel(err)
				return
			}
		}
	}()
	return l
}

// watchOver lets the sweep look for the run as soon as its lease can have ended,
// if it was so long in the queue, or put off for so long, that it may be due for a
// look much later. If this fails, it is found then.
func (r *Refresher) watchOver(ctx context.Context, run cache.Run) {
	if run.Cleared.ID == "" || run.Quiet < graceQueued && !run.Unwatched {
		return
	}
	if err := r.Store.Ledger().Track(ctx, r.Store.Lease(), run.Cleared); err != nil && ctx.Err() == nil {
		r.Log.Debug().Err(err).Msg("a run is not watched over")
	}
}

// moved tells the lease that the run has begun anew.
func (l *lease) moved(id string) { l.runID.Store(&id) }

// stop ends the heartbeat and waits for it.
func (l *lease) stop() {
	l.cancel(nil)
	<-l.done
}

// cause returns the reason for which the work was interrupted, if it was, else err.
func (l *lease) cause(err error) error {
	if cause := context.Cause(l.ctx); errors.Is(cause, cache.ErrLost) {
		return cause
	}
	return err
}
