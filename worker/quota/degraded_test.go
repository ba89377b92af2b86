package quota

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
	"pgregory.net/rapid"
)

func TestSharesTogetherAreNeverMoreThanTheLimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 10_000).Draw(t, "limit")
		o := &snapshot{Calls: make([]int, 65)}
		for i := range rapid.IntRange(1, 20).Draw(t, "processes") {
			o.Members = append(o.Members, fmt.Sprint("gate", i))
		}
		for i := range rapid.IntRange(0, limit).Draw(t, "used") {
			o.Calls[(i+1)%65]++
		}
		seen := time.Unix(1_795_413_600, 0)
		lost := seen.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "lost")) * time.Millisecond)
		at := lost.Add(time.Duration(rapid.IntRange(0, 90_000).Draw(t, "at")) * time.Millisecond)
		sum := 0
		if newcomer := newDegraded(lost, "new", newTiming(minute), time.Time{}, nil); at.After(newcomer.whole) {
			sum = newcomer.share(limit, at, nil)
		}
		stillUsed := 0
		for i, n := range o.Calls {
			if at.Before(seen.Add(time.Duration(i) * time.Second)) {
				stillUsed += n
			}
		}
		for _, gate := range o.Members {
			a := newDegraded(lost, gate, newTiming(minute), seen, o)
			own := a.share(limit, at, o.Calls)
			sum += own
		}
		if sum+stillUsed > limit {
			t.Fatalf("shares of %d and %d still used: the limit is %d", sum, stillUsed, limit)
		}
	})
}

func TestLongAfterTheLossNineTenthsAreShared(t *testing.T) {
	t.Parallel()
	seen := time.Unix(1_795_413_600, 0)
	o := &snapshot{Members: []string{"a", "b", "c", "d"}, Calls: make([]int, 65)}
	o.Calls[64] = 600
	sum := 0
	for _, gate := range o.Members {
		sum += newDegraded(seen, gate, newTiming(minute), seen, o).share(600, seen.Add(2*time.Minute), o.Calls)
	}
	if sum != 540 {
		t.Errorf("four processes share %d of 600, want 540", sum)
	}
}

func TestAProcessThatKnowsOfNobodyTakesATenth(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_795_413_600, 0)
	if got := newDegraded(now, "new", newTiming(minute), time.Time{}, nil).share(600, now, nil); got != 60 {
		t.Errorf("got %d of 600, want 60", got)
	}
}

// Of a ledger that was emptied, the first to come back knows of few others.
func TestAProcessThatJustJoinedALedgerTakesATenth(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_795_413_600, 0)
	cfg := Config{span: minute, Now: func() time.Time { return now }, Metrics: NewMetrics(prometheus.NewRegistry())}
	b := newBatcher(cfg, Google, "a", bounds{Requests: 600})
	heard := func(epoch string, members ...string) {
		b.arrived(&batch{}, now, reply{Epoch: epoch, Limits: b.bounds, Snapshot: &snapshot{Members: members}})
	}
	share := func() int {
		b.lose(&batch{}, errors.New("no redis"))
		defer func() { b.degraded = nil }()
		return b.degraded.share(600, now.Add(2*time.Minute), nil)
	}
	heard("one", "a", "b", "c", "d")
	now = now.Add(time.Minute)
	heard("one", "a", "b", "c", "d")
	if got := share(); got != 135 {
		t.Errorf("one of four takes %d of 600", got)
	}
	heard("two", "a")
	if got := share(); got != 60 {
		t.Errorf("one of a ledger that has just begun takes %d of 600", got)
	}
}

// What the others did while a process stood still it cannot know.
func TestAProcessThatStoodStillWaitsForTheLedgerOrAWindow(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_795_413_600, 0)
	cfg := Config{span: minute, Now: func() time.Time { return now }, Metrics: NewMetrics(prometheus.NewRegistry())}
	for still, want := range map[time.Duration]bool{2 * time.Second: true, 70 * time.Second: false} {
		b := newBatcher(cfg, Google, "a", bounds{Requests: 600})
		for range 2 {
			b.arrived(&batch{}, now, reply{Epoch: "one", Limits: b.bounds, Snapshot: &snapshot{Members: []string{"a", "b"}}})
			now = now.Add(10 * time.Second)
		}
		now = now.Add(still - 10*time.Second)
		b.lose(&batch{}, errors.New("no redis"))
		if got := b.degraded.allows(b.held, "u", 0, now, nil); got != want {
			t.Errorf("after %v it may call: %t", still, got)
		}
		if !b.degraded.allows(b.held, "u", 0, now.Add(2*time.Minute), nil) {
			t.Errorf("after %v and a window it may not call", still)
		}
	}
}

func TestAnAnswerThatComesTooLateIsNone(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_795_413_600, 0)
	client := redistest.Mini(t).Client(t)
	b := newBatcher(Config{
		span: minute, Client: client, Now: func() time.Time { return now }, Metrics: NewMetrics(prometheus.NewRegistry()),
	}, Google, "a", bounds{Requests: 600})
	if b.trip(false); b.degraded != nil {
		t.Fatal("the ledger does not answer")
	}
	client.AddHook(standstill{now: &now, lasts: 70 * time.Second})
	if b.trip(false); b.degraded == nil {
		t.Error("an answer of 70 s ago was taken")
	}
}

// standstill lets time pass between what Redis answers and what the process does with it.
type standstill struct {
	now   *time.Time
	lasts time.Duration
}

func (standstill) DialHook(next redis.DialHook) redis.DialHook { return next }

func (s standstill) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := next(ctx, cmd)
		*s.now = s.now.Add(s.lasts)
		return err
	}
}

func (standstill) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}
