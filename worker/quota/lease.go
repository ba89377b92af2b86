package quota

import "time"

// claim is what a call wants of the limits.
type claim struct {
	caller Caller
	tokens int
}

// lease is the right to send one request.
type lease struct {
	call  string // unique
	claim claim
	at    time.Time // not to be sent earlier
	asked time.Time // when it was asked for
	// expires is when no window of the upstream can hold the call any more.
	expires  time.Time
	bypassed bool // the ledger does not know of it
}

// report is how a leased call went.
type report struct {
	unsent    bool      // the upstream has not seen it
	arrivedBy time.Time // the upstream had it by then
	answer    answer
}

// settled is a call that the ledger is still to be told of.
type settled struct {
	settlement
	arrivedBy time.Time
}

// settle says how a leased call went.
func (b *batcher) settle(l *lease, r report) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.note(l, r)
}

func (b *batcher) note(l *lease, r report) {
	now, a := b.now(), r.answer
	b.bypass.hear(a, now)
	s := settled{settlement{Call: l.call, Name: l.claim.caller.User, Unsent: r.unsent, feedback: a.feedback}, r.arrivedBy}
	if u := a.usage; u != nil {
		total := u.total()
		l.claim.tokens, s.Tokens = total, &total
	}
	if r.unsent {
		s.arrivedBy = now
		delete(b.calls, l)
	}
	l.expires = s.arrivedBy.Add(b.timing.window)
	if len(b.settled) >= maxBacklog || l.bypassed && !a.says() {
		return
	}
	b.settled = append(b.settled, s)
	switch {
	case a.Refused && !a.OnlyUser:
		b.stop.hear(now, max(time.Duration(a.Hold), time.Second))
		b.want(now)
	case a.Refused || a.NoCredit:
		b.want(now)
	case r.unsent || s.Tokens != nil || a.says():
		b.want(now.Add(lull))
	}
}

// expireCalls forgets the calls that have left the window.
func (b *batcher) expireCalls(now time.Time) {
	for l := range b.calls {
		if !l.expires.After(now) {
			delete(b.calls, l)
		}
	}
}
