package worker

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/hibiken/asynq"

	"foreday/cache/freshness"
)

// firstRetry and maxPause bound the pause after a failure.
const (
	firstRetry = time.Second
	maxPause   = 15 * time.Minute
)

// deferredError says when a job is to be tried again.
type deferredError struct {
	at     time.Time // zero: as soon as anybody has time
	err    error
	failed bool // it counts as a failure
}

func (e *deferredError) Error() string {
	if e.failed {
		return e.err.Error()
	}
	return fmt.Sprintf("deferred until %s: %v", e.at.UTC().Format(time.RFC3339Nano), e.err)
}

func (e *deferredError) Unwrap() error { return e.err }

// backoff is the pause after so many failures before the next: exponential, with
// full jitter.
func backoff(failures int) time.Duration {
	return firstRetry + rand.N(min(firstRetry<<min(failures, 20), maxPause))
}

// deferJob decides when a job that failed, or must wait, is tried again, and tells the
// ledger: its time is that of Redis, while asynq defers a job by this process's clock,
// which may be wrong, and which nobody may read any more once it is gone.
func (r *Refresher) deferJob(ctx context.Context, token freshness.Token, err error) error {
	var deferred *deferredError
	if !errors.As(err, &deferred) {
		retried, _ := asynq.GetRetryCount(ctx)
		deferred = &deferredError{at: time.Now().Add(backoff(retried)), err: err, failed: true}
		err = deferred
	}
	if pause := retryDelay(0, err, nil); pause > 0 {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if err := r.Store.Ledger().Track(ctx, pause+graceQueued, token); err != nil {
			r.Log.Debug().Err(err).Msg("a job is deferred, and will be looked at before its time")
		}
	}
	return err
}

// retryDelay is the time until which a job is deferred.
func retryDelay(failures int, err error, _ *asynq.Task) time.Duration {
	var deferred *deferredError
	switch {
	case !errors.As(err, &deferred):
		return backoff(failures) // it was not ours to defer
	case deferred.at.IsZero():
		return 0
	}
	// asynq adds this to its clock and cuts the sum to whole seconds.
	now := time.Now()
	return max(0, ceilSecond(deferred.at).Sub(now))
}

func isFailure(err error) bool {
	var deferred *deferredError
	return err != nil && (!errors.As(err, &deferred) || deferred.failed)
}
