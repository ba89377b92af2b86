package quota

import "time"

// settled is a call that the ledger is still to be told of.
type settled struct {
	settlement
	user      string
	arrivedBy time.Time
	at        time.Time
}

// heardStop takes note that the far side wants no calls for a while, or, if that is
// 0, that it said something else.
func (d *desk) heardStop(wait time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.revokePass()
	if wait > 0 {
		d.noteStop(wait)
	}
}

func (d *desk) noteStop(wait time.Duration) {
	now := d.now()
	if till := now.Add(wait); till.After(d.stopped) {
		d.stopped, d.notice = till, now
	}
}

// settle says how a leased call went.
func (d *desk) settle(l *lease, r report) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tell(l, r)
}

func (d *desk) tell(l *lease, r report) {
	d.landed(l, r)
	d.calls.settle(l, r, time.Duration(d.timing.Window))
	if len(d.settled) >= maxBacklog {
		return
	}
	s := settlementOf(l, r, d.now())
	if d.held.none() && !d.worthTelling(s) {
		return
	}
	if s.Word != nil {
		s.Flying = d.pass.flying
		d.revokePass()
	}
	d.settled = append(d.settled, s)
	if w := s.Word; w != nil && (w.Refused || w.Broke || d.surprising(w, l.stand)) {
		d.urgent = true
		if w.Refused && !w.User {
			d.noteStop(max(r.answer.retryAfter, time.Second))
		}
	}
	d.stir()
}

// worthTelling reports whether the ledger can use what a call tells that no limit
// counts: what the far side says of its own, and, for a while after it refused,
// that it does so no more.
func (d *desk) worthTelling(s settled) bool {
	if s.Word == nil {
		return false
	}
	return *s.Word != (word{}) || d.now().Before(d.stopped.Add(time.Duration(d.timing.MaxHold)))
}

// surprising reports whether the far side may have much less left than was
// thought when it was called.
func (d *desk) surprising(w *word, then stand) bool {
	const few = 20
	less := func(left *int, limit int, free int64) bool {
		switch {
		case left == nil:
			return false
		case limit == 0:
			return *left <= few
		}
		return 2*int64(*left) < free && free-int64(*left) > few
	}
	return less(w.Left, d.held.Requests, then.Free) || less(w.TokensLeft, d.held.Tokens, then.TokensFree)
}
