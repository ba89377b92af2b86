package quota

import "time"

// passFor is how long a process may call without asking, once the ledger has said
// that nothing holds anybody up. Whatever comes up in between is made known over
// the channel of stops; only one who misses that goes on for so long.
const passFor = 100 * time.Millisecond

// pass is the right to call without asking, where no limit is set. It holds for a
// far side that does not say what is left of its own limits either: where it does,
// each call counts.
type pass struct {
	until  time.Time
	stand  stand // how the ledger stood when it gave the pass
	silent bool  // the last answer said nothing of what is left
	flying int   // calls on a pass that have not ended
}

// onPass gives a call its turn at once, nil if it has to ask.
func (d *desk) onPass(c claim) *lease {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	if !d.pass.silent || !now.Before(d.pass.until) || d.closed {
		return nil
	}
	d.pass.flying++
	l := &lease{call: d.unique(), claim: c, at: now, asked: now, stand: d.pass.stand, onPass: true}
	l.expires = now.Add(time.Duration(d.timing.Provisional))
	return l
}

// grantPass takes note of what the ledger said to a trip that began at began.
func (d *desk) grantPass(r reply, began time.Time) {
	if !r.Free || began.Before(d.revoked) {
		return
	}
	d.pass.until = began.Add(passFor)
	d.pass.stand = r.Answers[len(r.Answers)-1].stand
}

// revokePass makes calls ask again: somebody has spoken.
func (d *desk) revokePass() { d.pass.until, d.revoked = time.Time{}, d.now() }

// landed takes note that a call on a pass has ended, and of what its answer says
// that all calls go by.
func (d *desk) landed(l *lease, r report) {
	if l.onPass {
		d.pass.flying--
	}
	if !r.unsent && r.answer.outcome == answeredOK {
		d.pass.silent = r.answer.requests == nil && r.answer.tokens == nil
	}
}
