package worker

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestAJobPutOffComesBackInTheSecondAfterItsTimeAndNotBefore(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"2026-11-23T09:00:00Z":           "2026-11-23T09:00:00Z",
		"2026-11-23T09:00:00.000000001Z": "2026-11-23T09:00:01Z",
		"2026-11-23T09:00:00.5Z":         "2026-11-23T09:00:01Z",
		"2026-11-23T09:00:59.999999999Z": "2026-11-23T09:01:00Z",
	} {
		if got := ceilSecond(mustTime(time.RFC3339, given)); !got.Equal(mustTime(time.RFC3339, want)) {
			t.Errorf("%s becomes %v, want %s", given, got, want)
		}
	}
	until := time.Now().Add(90*time.Second + 300*time.Millisecond)
	err := fmt.Errorf("wrapped: %w", &deferredError{at: until, err: errCooldown})
	for _, failures := range []int{0, 50} {
		before := time.Now()
		pause := retryDelay(failures, err, nil)
		back := time.Now().Add(pause).Truncate(time.Second) // as asynq has it
		if back.Before(until) || back.Sub(until) > time.Second+time.Since(before) {
			t.Errorf("after %d failures, put off until %v, it comes back at %v", failures, until, back)
		}
	}
}

func TestAJobHandedBackOrOverdueComesBackAtOnce(t *testing.T) {
	t.Parallel()
	for _, at := range []time.Time{{}, time.Now().Add(-time.Hour)} {
		if d := retryDelay(3, &deferredError{at: at, err: errShutdown}, nil); d != 0 {
			t.Errorf("put off until %v, it comes back in %v", at, d)
		}
	}
}

func TestFailuresAreTriedAgainAfterPausesThatGrowAndDiffer(t *testing.T) {
	t.Parallel()
	seen := make(map[time.Duration]bool)
	for failures := range 2 * maxRetry {
		longest := min(firstRetry<<min(failures, 20), maxPause) + firstRetry
		for range 20 {
			d := retryDelay(failures, errors.New("it broke"), nil)
			if d < firstRetry || d >= longest {
				t.Fatalf("after %d failures it waits %v, want at least %v and less than %v", failures, d, firstRetry, longest)
			}
			seen[d] = true
		}
	}
	if len(seen) < 1000 {
		t.Errorf("only %d different pauses", len(seen))
	}
}

func TestOnlyFailuresCountAsFailed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{errors.New("it broke"), true},
		{&deferredError{at: time.Now(), err: errCooldown}, false},
		{fmt.Errorf("wrapped: %w", &deferredError{err: errShutdown}), false},
	} {
		if got := isFailure(c.err); got != c.want {
			t.Errorf("%v counts as failed: %v, want %v", c.err, got, c.want)
		}
	}
}

func TestTheSweepLooksAtAWaitingJobTheLessOftenTheLongerItHasWaited(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name            string
		age, next, want time.Duration
	}{
		{"a new job", 0, 0, graceQueued},
		{"a job that has waited half a minute", 30 * time.Second, 0, 15 * time.Second},
		{"a job that has waited a day", 24 * time.Hour, 0, graceMax},
		{"a job put off", time.Hour, time.Hour, time.Hour + graceMax},
		{"a job put off a little", 0, 2 * time.Second, 2*time.Second + graceQueued},
		{"a job that was to be processed already", 0, -time.Hour, graceQueued},
	} {
		if got := later(c.age, c.next); got != c.want {
			t.Errorf("%s is looked at in %v, want %v", c.name, got, c.want)
		}
	}
}
