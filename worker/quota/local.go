package quota

import (
	"context"
	"slices"
	"sort"
	"sync"
	"time"
)

// localLedger keeps one process within its limits by a log of its calls, first
// come, first served.
type localLedger struct {
	api     string
	bounds  bounds
	maxWait time.Duration
	now     func() time.Time

	mu    sync.Mutex
	calls []*lease // by expires
}

// lease is the right to send one request.
type lease struct {
	claim   claim
	at      time.Time // not to be sent earlier
	expires time.Time // no window of the far side that ends later can hold it
}

// claim is what a call wants of the limits.
type claim struct {
	caller Caller
	tokens int
}

// report is how a leased call went.
type report struct {
	sent      bool      // the far side may have seen it
	arrivedBy time.Time // the far side had it by then
	answer    answer
}

// reserve blocks until the call may be sent, at most maxWait.
func (l *localLedger) reserve(ctx context.Context, c claim) (*lease, error) {
	lease, err := l.place(c)
	if err != nil {
		return nil, err
	}
	if err := sleep(ctx, lease.at.Sub(l.now())); err != nil {
		l.settle(lease, report{})
		return nil, err
	}
	return lease, nil
}

func (l *localLedger) place(c claim) (*lease, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.forget(now)
	at, limit := l.turn(now, c)
	if at.Sub(now) > l.maxWait {
		return nil, &Later{API: l.api, Limit: limit, At: at}
	}
	lease := &lease{claim: c, at: at, expires: at.Add(onTheWire + arrival + window)}
	l.insert(lease)
	return lease, nil
}

// turn returns when the call fits in all limits, and which holds it up longest.
func (l *localLedger) turn(now time.Time, c claim) (at time.Time, limit string) {
	at = now
	for _, b := range []struct {
		name string
		max  int
		cost func(*lease) int
	}{
		{"requests a minute", l.bounds.requests, func(*lease) int { return 1 }},
		{"requests a minute of one user", l.bounds.userRequests, func(o *lease) int {
			if o.claim.caller.User == "" || o.claim.caller.User != c.caller.User {
				return 0
			}
			return 1
		}},
		{"tokens a minute", l.bounds.tokens, func(o *lease) int { return o.claim.tokens }},
	} {
		if b.max == 0 {
			continue
		}
		if t := l.fits(now, b.max, b.cost, &lease{claim: c}); t.After(at) {
			at, limit = t, b.name
		}
	}
	return at, limit
}

// fits returns when enough of the calls have left the window for one more. A
// call larger than the whole limit fits when the window is empty.
func (l *localLedger) fits(now time.Time, limit int, cost func(*lease) int, next *lease) time.Time {
	over := min(cost(next), limit) - limit
	for _, o := range l.calls {
		over += cost(o)
	}
	for _, o := range l.calls {
		if over <= 0 {
			break
		}
		if over -= cost(o); over <= 0 {
			return o.expires
		}
	}
	return now
}

// settle records how the call went, which bounds how long it counts.
func (l *localLedger) settle(s *lease, r report) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.calls, s)
	if i < 0 {
		return
	}
	l.calls = slices.Delete(l.calls, i, i+1)
	if !r.sent {
		return
	}
	if u := r.answer.usage; u != nil {
		s.claim.tokens = u.total()
	}
	s.expires = r.arrivedBy.Add(window)
	l.insert(s)
}

func (l *localLedger) insert(s *lease) {
	i := sort.Search(len(l.calls), func(i int) bool { return l.calls[i].expires.After(s.expires) })
	l.calls = slices.Insert(l.calls, i, s)
}

func (l *localLedger) forget(now time.Time) {
	i := sort.Search(len(l.calls), func(i int) bool { return l.calls[i].expires.After(now) })
	l.calls = slices.Delete(l.calls, 0, i)
}

// sleep waits for d, or until ctx is done.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
