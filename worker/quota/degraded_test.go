package quota

import (
	"fmt"
	"testing"
	"time"

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
