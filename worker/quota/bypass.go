package quota

import "time"

// bypassFor is how long a process may call without asking, once the ledger has said
// that nothing holds anybody up. Whatever comes up in between is published over the
// channel of stops; only one who misses that goes on for so long.
const bypassFor = 100 * time.Millisecond

// bypass is the right to call without asking, where no limit is set. It holds for an
// upstream that does not say what is left of its own limits either: where it does,
// each call counts.
type bypass struct {
	until   time.Time
	revoked time.Time
	silent  bool // the last answer said nothing of what is left
}

// grant takes note of what the ledger said to a trip that began at began.
func (p *bypass) grant(r reply, began time.Time) {
	if r.Free && began.After(p.revoked) {
		p.until = began.Add(bypassFor)
	}
}

// revoke makes calls ask again: the upstream said something.
func (p *bypass) revoke(now time.Time) { p.until, p.revoked = time.Time{}, now }

func (p *bypass) heard(a answer) {
	if a.outcome == answeredOK {
		p.silent = a.Left == nil && a.TokensLeft == nil
	}
}

// bypassed gives a call its turn at once, nil if it has to ask.
func (b *batcher) bypassed(c claim) *lease {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	if !b.bypass.silent || !now.Before(b.bypass.until) || b.closed {
		return nil
	}
	return &lease{call: b.unique(), claim: c, at: now, asked: now, bypassed: true}
}
