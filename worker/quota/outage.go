package quota

import "time"

// lose goes on without the ledger. What was under way may or may not have
// reached it: turns are given back when it returns, the rest is told again.
func (d *desk) lose(asked []*waiter, told []settled, err error) {
	now := d.now()
	if d.alone == nil {
		d.log.Warn().Err(err).Msg("quota ledger is away: going on with this process's share")
		known := d.outlook
		if now.Sub(d.joined) < 2*time.Duration(d.timing.Beat) {
			known = nil // the others do not count this process yet
		}
		d.alone = newAlone(now, d.gate, d.timing, d.looked, known)
		d.forgetKnown() // it may come back empty
	}
	d.returning = true
	d.revokePass()
	d.beatAt = now.Add(probe)
	d.settled = append(told, d.settled...)
	for _, w := range asked {
		d.settled = append(d.settled, settled{settlement: settlement{Call: w.call, Unsent: true}, user: w.claim.caller.User, arrivedBy: now, at: now})
		w.call = d.unique()
	}
	if over := len(d.settled) - maxBacklog; over > 0 {
		d.settled = d.settled[over:]
	}
	for w := range d.waiting {
		asked = append(asked, w)
	}
	asked = append(asked, d.fresh...)
	d.fresh = nil
	for _, w := range asked {
		d.decideAlone(w)
	}
}

// decideAlone answers a waiter without the ledger.
func (d *desk) decideAlone(w *waiter) {
	now := d.now()
	from := now
	if d.stopped.After(now) {
		from = d.stopped
	}
	d.calls.forget(now)
	at, ok := d.alone.turn(d.held, w.claim, from, w.until, d.calls)
	if !ok {
		d.decide(w, decision{err: &Later{API: d.api, Limit: "the ledger of quotas, which is away", At: d.laterAlone(at)}})
		return
	}
	l := &lease{call: w.call, claim: w.claim, at: at, asked: now}
	l.expires = at.Add(time.Duration(d.timing.Provisional))
	d.lend(w, l)
}

// laterAlone is when to try again that finds no turn before t.
func (d *desk) laterAlone(t time.Time) time.Time {
	if d.stopped.After(t) {
		return d.stopped
	}
	return t.Add(time.Second)
}

// tellAll makes the desk tell a ledger that is not the one it knew, or has seen
// a later batch of this process, all it should know.
func (d *desk) tellAll(asked []*waiter, told []settled) {
	d.forgetKnown()
	d.returning, d.more = true, true
	d.settled = append(told, d.settled...)
	d.fresh = append(asked, d.fresh...)
}

// forgetKnown makes the desk report all its calls when it reaches the ledger.
func (d *desk) forgetKnown() {
	for _, l := range d.calls {
		l.known = false
	}
}
