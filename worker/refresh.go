package worker

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"

	"foreday/cache"
	"foreday/summarizer"
)

// maxRestarts bounds how often a job starts over because messages arrived during
// its run. After that, what it has is written up, and the queue decides who is
// next: under an unending stream of events readers still get a summary at most one
// refresh old, and no day keeps the others waiting.
const maxRestarts = 2

// Refresher does the one job there is: it makes the summary of one day and
// commits it. It is safe for concurrent use.
type Refresher struct {
	Store       *cache.Store
	Queue       *Queue
	Summarizer  *summarizer.Summarizer
	RefreshDays int // days from today on that are regenerated ahead of any reader
	Metrics     *Metrics
	Log         zerolog.Logger
	// Now is the clock that says what day it is. Everything else goes by the
	// real time.
	Now func() time.Time
}

var errCooldown = errors.New("the last refresh of this day is too recent")

// Refresh does the job of a token. An error means that the queue should try the
// same job again; a *laterError says when.
func (r *Refresher) Refresh(ctx context.Context, token cache.Token) error {
	start := time.Now()
	outcome, err := r.refresh(ctx, token)
	r.Metrics.refreshed(outcome)
	event := r.Log.Info()
	if isFailure(err) {
		event = r.Log.Warn()
	}
	event.Err(err).Str("user", token.User).Stringer("date", token.Date).Str("token", token.ID).
		Str("outcome", string(outcome)).Dur("took_ms", time.Since(start)).Msg("refresh")
	return err
}

func (r *Refresher) refresh(ctx context.Context, token cache.Token) (outcome, error) {
	owner := uuid.NewString()
	day, err := r.day(ctx, token)
	if err != nil && ctx.Err() != nil {
		// Nothing has begun: the token is pending still, and this job its holder.
		return r.giveUp(ctx, err)
	}
	// A run that is to fail is begun as well: it leaves word for readers, and a token
	// for those who would queue another job.
	run, begun, beginErr := r.begin(ctx, owner, token.User, &day)
	if beginErr != nil {
		return r.giveUp(ctx, beginErr)
	}
	switch begun {
	case cache.Later:
		return putOff, &laterError{at: run.NotBefore, err: errCooldown}
	case cache.Busy:
		// The run under way answers for what was pending when it began, and
		// hands over what came after. The ledger keeps this token until then.
		return busy, nil
	case cache.Done, cache.Idle:
		return map[cache.Begun]outcome{cache.Done: done, cache.Idle: idle}[begun], r.Store.Ledger().Settle(ctx, token)
	}
	// What this run answers for: the job's own promise, and all that it finds pending.
	keeps := []cache.Token{token, run.Cleared}
	if err != nil {
		return r.abandon(ctx, run, keeps, err)
	}
	if run.Unreadable != nil {
		r.Log.Warn().Err(run.Unreadable).Str("user", token.User).Msg("the summary is made as for everybody")
	}
	for restarts := 0; ; restarts++ {
		out, committed, err := r.run(ctx, owner, &run, &keeps, day, &restarts)
		switch {
		case errors.Is(err, cache.ErrLost):
			return busy, nil
		case err != nil:
			return r.abandon(ctx, run, keeps, err)
		case restarts == maxRestarts || !r.goesOn(ctx, owner, &run, &keeps, day, committed.Next):
			return out, r.finish(ctx, keeps, committed)
		}
		r.Metrics.refreshed(out)
	}
}
