package quota

import (
	"sort"
	"time"
)

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
	asked time.Time // when the ledger was asked for it
	// expires is when no window of the far side can hold the call any more.
	expires time.Time
	// stand is zero if the process took the lease alone.
	stand  stand
	onPass bool
	// known is set once the ledger has the call in its log.
	known bool
}

// report is how a leased call went.
type report struct {
	unsent    bool      // the far side has not seen it
	arrivedBy time.Time // the far side had it by then
	answer    answer
}

// callLog holds the calls of this process that a window of the far side can
// still hold, by when they leave it. With it the process can go on alone, and
// tell others what it did.
type callLog []*lease

func (l *callLog) add(s *lease) {
	i := l.after(s.expires)
	*l = append(*l, nil)
	copy((*l)[i+1:], (*l)[i:])
	(*l)[i] = s
}

func (l *callLog) remove(s *lease) bool {
	for i := l.after(s.expires) - 1; i >= 0 && (*l)[i].expires.Equal(s.expires); i-- {
		if (*l)[i] == s {
			*l = append((*l)[:i], (*l)[i+1:]...)
			return true
		}
	}
	return false
}

// forget drops what has left the window.
func (l *callLog) forget(now time.Time) {
	if i := l.after(now); i > 0 {
		*l = append(callLog(nil), (*l)[i:]...)
	}
}

// settle records how a call went: when it leaves the window, and its tokens.
func (l *callLog) settle(s *lease, r report, window time.Duration) {
	if !l.remove(s) || r.unsent {
		return
	}
	if u := r.answer.usage; u != nil {
		s.claim.tokens = u.total()
	}
	s.expires = r.arrivedBy.Add(window)
	l.add(s)
}

// after returns the index of the first call that leaves after t.
func (l *callLog) after(t time.Time) int {
	return sort.Search(len(*l), func(i int) bool { return (*l)[i].expires.After(t) })
}
