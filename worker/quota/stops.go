package quota

import (
	"context"
	"strconv"
	"time"
)

// stop is the last known wish of the upstream to be left alone.
type stop struct {
	until time.Time
	heard time.Time
}

func (s *stop) hear(now time.Time, wait time.Duration) {
	if till := now.Add(wait); till.After(s.until) {
		s.until, s.heard = till, now
	}
}

// recalled reports whether the upstream stopped all calls after the lease was given,
// for longer than a notice takes.
func (b *batcher) recalled(l *lease) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return l.asked.Before(b.stop.heard) && b.stop.until.Sub(b.now()) > 50*time.Millisecond
}

// heardStop takes note that the upstream wants no calls for a while, or, if that is
// 0, that it said something else.
func (b *batcher) heardStop(wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	b.bypass.revoke(now)
	if wait > 0 {
		b.stop.hear(now, wait)
	}
}

// hearStops hears at once when the upstream, through whatever process, asked to be left
// alone, which recalls turns that were given already, or said something else that ends
// bypasses. Who misses a notice hears of it with the next turn. It blocks until ctx ends.
func (b *batcher) hearStops(ctx context.Context) {
	sub := b.client.Subscribe(ctx, stopChannel(b.api))
	defer func() { _ = sub.Close() }() // nothing depends on a clean end
	notices := sub.Channel()
	for {
		select {
		case <-ctx.Done():
			return
		case n, ok := <-notices:
			if !ok {
				return
			}
			if wait, err := strconv.ParseInt(n.Payload, 10, 64); err == nil {
				b.heardStop(min(time.Duration(wait)*time.Millisecond, maxHold))
			}
		}
	}
}
