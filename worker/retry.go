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

// laterError says when a job is to be tried again.
type laterError struct {
	at     time.Time // zero: as soon as anybody has time
	err    error
	failed bool // it counts as a failure
}

func (e *laterError) Error() string {
	if e.failed {
		return e.err.Error()
	}
	return fmt.Sprintf("put off until %s: %v", e.at.UTC().Format(time.RFC3339Nano), e.err)
}

func (e *laterError) Unwrap() error { return e.err }

// backoff is the pause after so many failures before the next: exponential, with
// full jitter.
func backoff(failures int) time.Duration {
	return firstRetry + rand.N(min(firstRetry<<min(failures, 20), maxPause))
}

// putOffError is the error of a job that is put off, for so long.
type putOffError struct {
	pause time.Duration
	error
}

func (e *putOffError) Unwrap() error { return e.error }

// putOff decides when a job that failed, or must wait, is tried again, and tells the
// ledger: its time is that of Redis, while asynq puts a job off by this process's
// clock, which may be wrong, and which nobody may read any more once it is gone.
func (r *Refresher) putOff(ctx context.Context, token freshness.Token, err error) error {
	retried, _ := asynq.GetRetryCount(ctx)
	put := &putOffError{retryDelay(retried, err, nil), err}
	if put.pause > 0 {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if err := r.Store.Ledger().Track(ctx, put.pause+graceQueued, token); err != nil {
			r.Log.Debug().Err(err).Msg("a job is put off, and will be looked at before its time")
		}
	}
	return put
}

// retryDelay is the time put off to, or that of the next try.
func retryDelay(failures int, err error, _ *asynq.Task) time.Duration {
	var put *putOffError
	if errors.As(err, &put) {
		return put.pause
	}
	var later *laterError
	if errors.As(err, &later) {
		if later.at.IsZero() {
			return 0
		}
		// asynq adds this to its clock and cuts the sum to whole seconds.
		now := time.Now()
		return max(0, ceilSecond(later.at).Sub(now))
	}
	return backoff(failures)
}

func isFailure(err error) bool {
	var later *laterError
	return err != nil && (!errors.As(err, &later) || later.failed)
}
