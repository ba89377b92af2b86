package freshness

import (
	"context"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/summarizer"
)

// awaiting gathers those who wait for summaries and look for them at about the same time.
type awaiting struct {
	mu   sync.Mutex
	next *awaited // nil if nobody looks
}

// awaited are days that are looked at together.
type awaited struct {
	days  []userDay
	at    map[userDay]int // where a day is among them
	found []foundAwaited
	done  chan struct{} // closed when all were looked at
}

type userDay struct {
	user string
	date summarizer.Date
}

// foundAwaited is what is there of one of the days.
type foundAwaited struct {
	Lookup
	err error // of this day alone
}

// awaitedMost bounds the days of one look.
const awaitedMost = 256

// LookupAwaited is Lookup for those who wait for a run, which may have failed. All who look
// within the window share a round trip to each node that has some of their days.
func (s *Store) LookupAwaited(ctx context.Context, user string, date summarizer.Date, window time.Duration) (Lookup, error) {
	s.awaiting.mu.Lock()
	together := s.awaiting.next
	if together == nil || len(together.days) == awaitedMost {
		together = &awaited{at: map[userDay]int{}, done: make(chan struct{})}
		s.awaiting.next = together
		go s.lookTogether(together, window)
	}
	day := userDay{user, date}
	at, known := together.at[day]
	if !known {
		at = len(together.days)
		together.at[day], together.days = at, append(together.days, day)
	}
	s.awaiting.mu.Unlock()
	select {
	case <-ctx.Done():
		return Lookup{}, wrapRead(ctx.Err(), user, date)
	case <-together.done:
		return together.found[at].Lookup, together.found[at].err
	}
}

// lookTogether looks at the days of all who come within the window.
func (s *Store) lookTogether(together *awaited, window time.Duration) {
	time.Sleep(window)
	s.awaiting.mu.Lock()
	if s.awaiting.next == together {
		s.awaiting.next = nil
	}
	s.awaiting.mu.Unlock()
	defer close(together.done)
	ctx, cancel := context.WithTimeout(context.Background(), gatherTimeout)
	defer cancel()
	copies, faults := make([]copyCmds, len(together.days)), make([]*redis.StringCmd, len(together.days))
	began := time.Now()
	_, _ = s.client.Pipelined(ctx, func(p redis.Pipeliner) error { // each command has its own error
		for i, day := range together.days {
			copies[i] = getCopy(ctx, p, freshKey(day.user, day.date))
			faults[i] = p.HGet(ctx, stateKey(day.user, day.date), "fault")
		}
		return nil
	})
	together.found = make([]foundAwaited, len(together.days))
	for i, day := range together.days {
		found := &together.found[i]
		found.Lookup, found.err = s.looked(day.user, day.date, copies[i], nil, began)
		if found.Fresh == nil {
			found.Failed = faults[i].Val()
		}
	}
}
