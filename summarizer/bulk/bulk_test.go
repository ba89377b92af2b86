package bulk_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/bulk"
)

func TestOneAtATimeIsInsideUntilItLeaves(t *testing.T) {
	t.Parallel()
	gate := bulk.NewGate(1)
	var inside, most atomic.Int32
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			ctx, leave := bulk.Within(t.Context())
			for range 2 { // the second time it is inside already
				if err := gate.Enter(ctx); err != nil {
					t.Error(err)
				}
			}
			if n := inside.Add(1); n > most.Load() {
				most.Store(n)
			}
			time.Sleep(time.Millisecond)
			inside.Add(-1)
			leave()
			leave() // is harmless
		})
	}
	all.Wait()
	if n := most.Load(); n != 1 {
		t.Errorf("%d were inside at the same time", n)
	}
}

// Work within other work leaves by itself; what is part of it stays.
func TestWhoeverIsInsideLeavesWithItsOwnWork(t *testing.T) {
	t.Parallel()
	outer, inner := bulk.NewGate(1), bulk.NewGate(1)
	ctx, leave := bulk.Within(t.Context())
	part, leavePart := bulk.Ensure(ctx)
	within, leaveWithin := bulk.Within(ctx)
	if err := errors.Join(outer.Enter(part), inner.Enter(within)); err != nil {
		t.Fatal(err)
	}
	leavePart()
	leaveWithin()
	wantRoom(t, outer, false)
	wantRoom(t, inner, true)
	bulk.Leave(ctx)
	wantRoom(t, outer, true)
	leave()
	own, leaveOwn := bulk.Ensure(t.Context())
	if err := outer.Enter(own); err != nil {
		t.Fatal(err)
	}
	leaveOwn()
	wantRoom(t, outer, true)
}

func wantRoom(t *testing.T, gate *bulk.Gate, want bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	ctx, leave := bulk.Within(ctx)
	defer leave()
	if err := gate.Enter(ctx); (err == nil) != want {
		t.Errorf("Enter = %v, want room: %v", err, want)
	}
}

// Whoever holds a place that others wait for is sent away: the first after a moment,
// the others at once. Readers wait for as long as they may.
func TestNoPlaceIsHeldForLongAtAGate(t *testing.T) {
	t.Parallel()
	gate := bulk.NewGate(1)
	ctx, leave := bulk.Within(t.Context())
	if err := gate.Enter(ctx); err != nil {
		t.Fatal(err)
	}
	var tried sync.WaitGroup
	var waited atomic.Int32
	for range 8 {
		tried.Go(func() {
			began := time.Now()
			ctx, leave := bulk.Within(summarizer.HoldingPlace(t.Context()))
			defer leave()
			var later summarizer.Deferred
			if err := gate.Enter(ctx); !errors.As(err, &later) || !later.DeferredUntil().After(time.Now()) {
				t.Errorf("Enter = %v, want to be put off", err)
			}
			if time.Since(began) > 200*time.Millisecond {
				waited.Add(1)
			}
		})
	}
	tried.Wait()
	if n := waited.Load(); n != 1 {
		t.Errorf("%d waited while others had no place, want 1", n)
	}
	entered := make(chan error)
	go func() {
		ctx, leave := bulk.Within(t.Context())
		defer leave()
		entered <- gate.Enter(ctx)
	}()
	time.Sleep(300 * time.Millisecond)
	leave()
	if err := <-entered; err != nil {
		t.Errorf("a reader was told %v", err)
	}
}
