package quota

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"foreday/cache/redistest"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
)

// heard is a log that tests look into.
type heard struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.Write(p)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.String()
}

func (h *heard) count(line string) int {
	return strings.Count(h.String(), line)
}

func (h *heard) gate(t *testing.T, client redis.UniversalClient, w time.Duration, limits Limits) *Gate {
	g, err := New(Config{Client: client, Limits: limits, Log: zerolog.New(h), span: w})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g
}

// holds reports whether the gate goes by so many requests to the model.
func (g *Gate) holds(limit int, mixed bool) bool {
	d := g.openAI.batcher
	d.mu.Lock()
	defer d.mu.Unlock()
	return !d.joined.IsZero() && d.held.Requests == limit && d.mixed == mixed
}

// since returns the calls from a time on.
func since(from time.Time, calls []time.Time) []time.Time {
	for i, at := range calls {
		if !at.Before(from) {
			return calls[i:]
		}
	}
	return nil
}

func TestOfDifferentLimitsTheLowestHoldsUntilAllHaveTheSame(t *testing.T) {
	t.Parallel()
	const w, low = 1500 * time.Millisecond, 10
	for name, high := range map[string]int{"a higher one": 60, "none": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newUpstream(t, ok)
			server := redistest.New(t)
			var careful, bold heard
			a := careful.gate(t, server.Client(t), w, Limits{OpenAIRPM: low})
			b := bold.gate(t, server.Client(t), w, Limits{OpenAIRPM: high})
			waitUntil(t, func() bool { return a.holds(low, true) && b.holds(low, true) })
			stop := make(chan struct{})
			done := flood(t, []*Gate{b, a}, f.URL, 4, stop)
			waitUntil(t, func() bool { return len(f.times()) >= 4*low })
			if worst := fullest(f.times(), w); worst > low {
				t.Errorf("a window held %d calls, the lower limit is %d", worst, low)
			}
			close(stop)
			done.Wait()
			_ = a.Close()
			waitUntil(t, func() bool { return b.holds(high, false) })
			stop = make(chan struct{})
			left := time.Now()
			done = flood(t, []*Gate{b}, f.URL, 30, stop)
			waitUntil(t, func() bool { return fullest(since(left, f.times()), w) > 2*low })
			close(stop)
			done.Wait()
			if worst := fullest(f.times(), w); high > 0 && worst > high {
				t.Errorf("a window held %d calls, the higher limit is %d", worst, high)
			}
			for who, log := range map[string]*heard{"lower": &careful, "higher": &bold} {
				if n := log.count("different limits"); n != 1 {
					t.Errorf("the process with the %s limit said %d times that they differ", who, n)
				}
			}
			if n := bold.count("the same limits again"); n != 1 {
				t.Errorf("it was said %d times that they do not differ any more", n)
			}
		})
	}
}

func TestALimitThatOnlyOneProcessSetsForEachUserHolds(t *testing.T) {
	t.Parallel()
	f := newUpstream(t, ok)
	server := redistest.New(t)
	a := newGate(t, server.Client(t), minute, Limits{GoogleUserRPM: 2})
	b := newGate(t, server.Client(t), minute, Limits{})
	waitUntil(t, func() bool { return a.google.batcher.isMixed() && b.google.batcher.isMixed() })
	went := 0
	for range 5 {
		if _, err := call(as(t.Context(), "u1"), b.Google(newTransport(t)), "GET", f.URL, ""); err == nil {
			went++
		}
	}
	if went != 2 {
		t.Errorf("%d calls of one user went, want 2", went)
	}
}

func (d *batcher) isMixed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.mixed
}

func TestARollingChangeOfALimitIsNeverOverTheHigherOne(t *testing.T) {
	t.Parallel()
	const w = 1500 * time.Millisecond
	for name, c := range map[string]struct{ from, to int }{"up": {10, 40}, "down": {40, 10}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newUpstream(t, ok)
			server := redistest.New(t)
			var gates []*Gate
			for range 3 {
				gates = append(gates, newGate(t, server.Client(t), w, Limits{OpenAIRPM: c.from}))
			}
			stop := make(chan struct{})
			done := flood(t, gates, f.URL, 16, stop)
			waitUntil(t, func() bool { return len(f.times()) >= c.from })
			first := time.Now()
			var last time.Time
			for _, old := range gates {
				g := newGate(t, server.Client(t), w, Limits{OpenAIRPM: c.to})
				gates = append(gates, g)
				more := flood(t, []*Gate{g}, f.URL, 16, stop)
				done.Go(more.Wait)
				waitUntil(t, func() bool { return g.holds(10, true) })
				last = time.Now()
				_ = old.Close()
			}
			changed := time.Now()
			waitUntil(t, func() bool { return gates[5].holds(c.to, false) })
			waitUntil(t, func() bool { return len(since(changed.Add(w), f.times())) > c.to })
			close(stop)
			done.Wait()
			calls := f.times()
			if worst := fullest(calls, w); worst > 40 {
				t.Errorf("a window held %d calls, the higher limit is 40", worst)
			}
			mixed := since(first.Add(w+time.Second), calls)
			for len(mixed) > 0 && mixed[len(mixed)-1].After(last) {
				mixed = mixed[:len(mixed)-1]
			}
			if worst := fullest(mixed, w); worst > 10 {
				t.Errorf("a window held %d calls while the limits differed, the lower one is 10", worst)
			}
			if worst := fullest(since(changed.Add(time.Second), calls), w); worst > c.to || c.to > 10 && worst <= 10 {
				t.Errorf("a window held %d calls when all had the new limit of %d", worst, c.to)
			}
		})
	}
}
