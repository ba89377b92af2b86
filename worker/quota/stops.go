package quota

import (
	"context"
	"strconv"
	"time"
)

// bypassed gives a call its turn at once, nil if it has to ask. Where no limit is set,
// nobody has to, unless the upstream says what is left of its own limits: then each call
// counts. Whatever comes up is published over the channel of stops; who misses that hears
// of it with the next beat.
func (b *batcher) bypassed(user string) *reservation {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.free || !b.silent || b.closed {
		return nil
	}
	now := b.now()
	return &reservation{ask: ask{Call: b.unique(), Name: user}, at: now, asked: now}
}

// hear takes note of what an answer says of limits.
func (b *batcher) hear(a answer) {
	if a.outcome == answeredOK {
		b.silent = a.LeftRequests == nil && a.LeftTokens == nil
	}
	if a.Refused && !a.OnlyUser {
		b.hearStop(max(a.hold(), time.Second))
	} else if a.says() {
		b.hearStop(0)
	}
}

// hearStop takes note that the upstream wants no calls for a while, or, if that is
// 0, that it said something else.
func (b *batcher) hearStop(wait time.Duration) {
	now := b.now()
	b.free, b.revoked = false, now
	if till := now.Add(wait); till.After(b.stopUntil) {
		b.stopUntil, b.stopHeard = till, now
	}
}

// recalled reports whether the upstream stopped all calls after a turn was given, for
// longer than a notice takes.
func (b *batcher) recalled(c *reservation) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return c.asked.Before(b.stopHeard) && b.stopUntil.Sub(b.now()) > 50*time.Millisecond
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
				b.mu.Lock()
				b.hearStop(min(time.Duration(wait)*time.Millisecond, maxHold))
				b.mu.Unlock()
			}
		}
	}
}
