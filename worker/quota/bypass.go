package quota

import "time"

// bypass is the right to call without asking, where no limit is set. It holds for an
// upstream that does not say what is left of its own limits either: where it does,
// each call counts. Whatever comes up is published over the channel of stops; who
// misses that hears of it with the next beat.
type bypass struct {
	granted bool
	revoked time.Time
	silent  bool // the last answer said nothing of what is left
}

// grant takes note of what the ledger said to a trip that began at began.
func (p *bypass) grant(r reply, began time.Time) { p.granted = r.Free && began.After(p.revoked) }

// revoke makes calls ask again: the upstream said something.
func (p *bypass) revoke(now time.Time) { p.granted, p.revoked = false, now }

// hear takes note of what an answer says of limits.
func (p *bypass) hear(a answer, now time.Time) {
	if a.outcome == answeredOK {
		p.silent = a.Left == nil && a.TokensLeft == nil
	}
	if a.says() {
		p.revoke(now)
	}
}

// bypassed gives a call its turn at once, nil if it has to ask.
func (b *batcher) bypassed(user string) *lease {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.bypass.granted || !b.bypass.silent || b.closed {
		return nil
	}
	now := b.now()
	return &lease{call: b.unique(), user: user, at: now, asked: now}
}
