package worker

import (
	"context"
	"errors"
	"time"

	"github.com/hibiken/asynq"

	"foreday/cache/freshness"
	"foreday/summarizer"
	"foreday/worker/replicas"
)

// nack turns the error of a try that began nothing into what the queue should do.
func (j *job) nack(ctx context.Context, err error) (outcome, error) {
	var wait summarizer.Deferred
	switch {
	case errors.As(err, &wait):
		return deferred, &deferredError{at: wait.DeferredUntil(), err: err}
	case ctx.Err() != nil:
		return deferred, &deferredError{err: errShutdown}
	}
	failures, _ := asynq.GetRetryCount(ctx)
	// Before the cooldown's end no run could begin.
	return failed, &deferredError{at: time.Now().Add(max(backoff(failures), j.Store.Cooldown())), err: err, failed: true}
}

// faultOf is what readers are told of a run that failed so: nothing, unless it was
// the calendar, what gives access to it, or a limit.
func faultOf(cause error) freshness.Fault {
	switch {
	case errors.Is(cause, summarizer.ErrAccess):
		return freshness.FaultAccess
	case errors.Is(cause, summarizer.ErrTemporary) && errors.As(cause, new(summarizer.Deferred)):
		return freshness.NoFault // it is on its way
	case errors.As(cause, new(summarizer.Deferred)):
		return freshness.FaultQuota
	case errors.As(cause, new(*calendarError)):
		return freshness.FaultCalendar
	}
	return freshness.NoFault
}

// calendarError is what the Source of a calendar failed with.
type calendarError struct{ error }

func (e *calendarError) Unwrap() error { return e.error }

// modelError says that the model is deferred, and what is to be told until it is not.
type modelError struct {
	error
	instead summarizer.Summary
}

func (e *modelError) Unwrap() error { return e.error }

// release ends a run that failed, and says what the queue should do: try the same
// job again, unless messages have come meanwhile, whose job will do it.
func (j *job) release(ctx context.Context, cause error) (outcome, error) {
	token := j.tokens[0]
	out, err := j.nack(ctx, cause)
	failure := freshness.Failure{Retry: token}
	var model *modelError
	if errors.As(cause, &model) {
		failure.Instead = &model.instead
	}
	var later *deferredError
	if errors.As(err, &later) && !later.at.IsZero() {
		failure.Fault, failure.Again = faultOf(cause), max(time.Until(later.at), time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	// What was refused lately is to be asked for again once that is over, if a message
	// has come; a reader who still wants it then comes again.
	if errors.Is(cause, summarizer.ErrAccess) && (j.run.Cleared.ID == "" || !errors.As(cause, new(summarizer.Deferred))) {
		return j.releaseDenied(ctx, cause)
	}
	ledger := j.Store.Ledger()
	if trackErr := ledger.Track(ctx, graceQueued, token); trackErr != nil {
		return out, errors.Join(err, trackErr)
	}
	pending, releaseErr := j.Store.Release(replicas.Prefer(ctx), j.run, failure)
	if releaseErr != nil {
		return out, errors.Join(err, releaseErr)
	}
	if pending == token || pending.ID == "" {
		return out, err
	}
	next := freshness.Task{Token: pending, Action: freshness.ActEnqueue, NotBefore: time.Now().Add(firstRetry)}
	if later != nil && !later.failed {
		next.NotBefore = later.at
	}
	if trackErr := trackAndEnqueue(ctx, ledger, j.Queue, []freshness.Task{next}); trackErr != nil {
		return out, errors.Join(err, trackErr)
	}
	return out, j.settle(ctx)
}

// releaseDenied ends a run that had no access to the calendar. Trying again would
// not help: readers are told, and the next message or reader tries anew.
func (j *job) releaseDenied(ctx context.Context, cause error) (outcome, error) {
	pending, err := j.Store.Release(replicas.Prefer(ctx), j.run, freshness.Failure{Fault: freshness.FaultAccess})
	if err != nil {
		return failed, err
	}
	j.Log.Warn().Err(cause).Str("user", j.run.User).Msg("no access to the calendar: not tried again until the next message or reader")
	if pending.ID != "" {
		if err := j.Queue.Enqueue(ctx, freshness.Task{Token: pending, Action: freshness.ActEnqueue}); err != nil {
			return noAccess, err
		}
	}
	return noAccess, j.settle(ctx)
}
