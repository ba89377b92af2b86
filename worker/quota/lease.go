package quota

import "time"

// lease is the right to send one request.
type lease struct {
	call   string // unique
	user   string
	tokens int
	at     time.Time // not to be sent earlier
	asked  time.Time // when it was asked for
	// expires is when no window of the upstream can hold the call any more.
	expires time.Time
	known   bool // the ledger has it in its log
}

// report is how a leased call went.
type report struct {
	unsent    bool      // the upstream has not seen it
	arrivedBy time.Time // the upstream had it by then
	answer    answer
}

// settle says how a leased call went.
func (b *batcher) settle(l *lease, r report) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.note(l, r)
}

func (b *batcher) note(l *lease, r report) {
	now, a := b.now(), r.answer
	_, counts := b.calls[l]
	b.bypass.hear(a, now)
	s := settlement{Call: l.call, Name: l.user, Unsent: r.unsent, feedback: a.feedback, arrivedBy: r.arrivedBy}
	if u := a.usage; u != nil {
		l.tokens = u.total()
		s.Tokens = &l.tokens
	}
	if r.unsent {
		s.arrivedBy = now
		delete(b.calls, l)
	}
	l.expires = s.arrivedBy.Add(b.timing.window)
	// A call that bypassed the ledger is not settled, but what the upstream says is told.
	if len(b.settled) >= maxBacklog || !counts && !a.says() {
		return
	}
	b.settled = append(b.settled, s)
	switch {
	case a.Refused || a.NoCredit:
		b.want(now)
		if a.Refused && !a.OnlyUser {
			b.stop.hear(now, max(time.Duration(a.Hold), time.Second))
		}
	case r.unsent || s.Tokens != nil || a.says():
		b.wantWithin(lull)
	}
}
