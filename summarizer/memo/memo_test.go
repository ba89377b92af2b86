package memo_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"foreday/summarizer/memo"
)

func TestWhatIsRememberedIsForgottenInTime(t *testing.T) {
	t.Parallel()
	var now atomic.Int64 // in seconds
	c := memo.New[string](memo.Config[time.Duration]{
		Entries: 10, TTL: func(d time.Duration) time.Duration { return d }, Now: func() time.Time { return time.Unix(now.Load(), 0) },
	})
	c.Set("short", time.Second)
	c.Set("long", time.Hour)
	now.Add(60)
	if _, ok := c.Get("short"); ok {
		t.Error("it is remembered for longer than it may be")
	}
	if d, ok := c.Get("long"); !ok || d != time.Hour {
		t.Errorf("it was forgotten too soon: %v, %v", d, ok)
	}
	if c.SetIfAbsent("long", time.Minute) || !c.SetIfAbsent("short", time.Minute) {
		t.Error("what is there is replaced, or what is not is not set")
	}
	c.ForgetIf("long", func(d time.Duration) bool { return d == time.Minute })
	c.ForgetIf("short", func(d time.Duration) bool { return d == time.Minute })
	if _, ok := c.Get("long"); !ok {
		t.Error("what was not meant was forgotten")
	}
	if _, ok := c.Get("short"); ok {
		t.Error("what was meant was not forgotten")
	}
	c.Forget("long")
	if _, ok := c.Get("long"); ok {
		t.Error("it was not forgotten")
	}
}

func TestErrorsOfLoadingAreNotRemembered(t *testing.T) {
	t.Parallel()
	c := memo.New[int](memo.Config[error]{Entries: 10})
	broken := errors.New("broken")
	load := func(value, err error) func(context.Context, int) (error, error) {
		return func(context.Context, int) (error, error) { return value, err }
	}
	if _, err := c.Load(t.Context(), 1, load(nil, broken)); !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
	for _, value := range []error{nil, broken} { // the first stays
		if got, err := c.Load(t.Context(), 1, load(value, nil)); got != nil || err != nil {
			t.Errorf("it is %v, %v", got, err)
		}
	}
}
