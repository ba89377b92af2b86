package quota

import (
	"math"
	"slices"
	"time"
)

// snapshot is what a process has to know to go on without the ledger.
type snapshot struct {
	Members     []string `json:"members"` // the processes that share
	Calls       int      `json:"calls"`   // in the window
	Tokens      int      `json:"tokens"`
	CallsLeave  []int    `json:"callsLeave"` // the window in each second from then on
	TokensLeave []int    `json:"tokensLeave"`
}

// degraded is a process without the ledger. It keeps to its share of the limits,
// so that all together keep to the whole.
//
// It does not know what the others did last. What was used when it last heard,
// it takes to be used until it leaves the window; of what was free, it takes
// half to have been used since. What is free after that it shares with the
// others last seen, but for a tenth, which is for processes that start while
// the ledger is away and know of nobody.
//
// What it may have, it takes at a pace (see paced).
//
// Two things it cannot know. That tenth is sure to be free only when a window
// has passed since the ledger was lost. And a process that loses Redis alone,
// while the others do not, shares with nobody who knows: that much can be used
// twice, until its connection is back.
type degraded struct {
	since  time.Time
	window time.Duration
	// whole is when all calls from before have left every window.
	whole time.Time
	// seen is when the snapshot was asked for, which is empty if there is none.
	seen     time.Time
	snapshot snapshot
	members  int // of the snapshot, this one included; 0 if there is none
	rank     int // of this process among them
}

const (
	// newcomers is the part of the limits, one in so many, that is kept for
	// processes that know of nobody.
	newcomers = 10
	// degradedCalls is how many calls a process may make at once when it loses the
	// ledger (a refresh with history, and a little), and degradedBurst which part of
	// what would be its own if the limits were divided. ledger/processes.lua has them, too.
	degradedCalls = 8
	degradedBurst = 1. / 12
	// probe is how often the ledger is looked for, and recheck how often a call that
	// waits looks whether it may go.
	probe   = 250 * time.Millisecond
	recheck = 100 * time.Millisecond
)

func newDegraded(now time.Time, process string, by timing, seen time.Time, s *snapshot) *degraded {
	d := &degraded{since: now, seen: seen, window: by.window, whole: now.Add(farAhead + by.provisional)}
	if s != nil && slices.Contains(s.Members, process) {
		d.snapshot, d.members, d.rank = *s, len(s.Members), slices.Index(s.Members, process)
	}
	return d
}

// paced bounds what this process may have so soon after it lost the ledger: least,
// or a little of its part, at once, and the rest evenly over a window. So what a
// process can have done that dies without the ledger is as little as the time it was
// without: the others have to make do without that (see awaitOthers in the ledger).
func (d *degraded) paced(limit, least int, t time.Time) int {
	part := float64(limit) / newcomers
	if d.members > 0 {
		part = float64(limit) / float64(d.members)
	}
	return max(least, int(part*(degradedBurst+t.Sub(d.since).Seconds()/d.window.Seconds())))
}

// share returns what of a limit this process may have in its window at t.
// used and leave tell of that limit what the snapshot told.
func (d *degraded) share(limit int, t time.Time, used int, leave []int) int {
	if d.members == 0 {
		return limit / newcomers
	}
	free := limit
	if t.Before(d.whole) {
		free = min(limit, max(0, (limit-used)/2)+d.left(t, leave))
	}
	free = max(0, free-limit/newcomers)
	share := free / d.members
	if d.rank < free%d.members {
		share++ // the first ones get what is left over
	}
	return share
}

// ofEach returns what each member may have in its window at t; nil if nobody knows.
func (d degraded) ofEach(b bounds, t time.Time) *bounds {
	if d.members == 0 {
		return nil
	}
	d.rank = 0 // whose share is the largest
	return &bounds{
		Requests:     d.share(b.Requests, t, d.snapshot.Calls, d.snapshot.CallsLeave),
		Tokens:       d.share(b.Tokens, t, d.snapshot.Tokens, d.snapshot.TokensLeave),
		UserRequests: d.share(b.UserRequests, t, 0, nil),
	}
}

// left returns how much of what was used has left the window from the time the
// ledger was lost until t.
func (d *degraded) left(t time.Time, leave []int) int {
	from := int(math.Ceil(d.since.Sub(d.seen).Seconds()))
	to := int(math.Floor(t.Sub(d.seen).Seconds()))
	sum := 0
	for i := max(from, 0); i < min(to, len(leave)); i++ {
		sum += leave[i]
	}
	return sum
}

// allows reports whether a call may start at t, given the calls this process made
// since it is without the ledger.
func (d *degraded) allows(b bounds, user string, tokens int, t time.Time, made map[*lease]struct{}) bool {
	calls, ofUser := 0, 0
	for l := range made {
		if l.asked.Before(d.since) || !l.expires.After(t) {
			continue // part of the snapshot, or of no window any more
		}
		calls++
		tokens += l.tokens
		if l.user == user {
			ofUser++
		}
	}
	fits := func(n, limit, used int, leave []int, least int) bool {
		return limit == 0 || n <= min(d.share(limit, t, used, leave), d.paced(limit, least, t))
	}
	s := d.snapshot
	return fits(calls+1, b.Requests, s.Calls, s.CallsLeave, degradedCalls) &&
		fits(tokens, b.Tokens, s.Tokens, s.TokensLeave, 0) &&
		// Who used how much of one user's limit is not known: half of it may be.
		(user == "" || fits(ofUser+1, b.UserRequests, 0, nil, degradedCalls))
}

// lose goes on without the ledger. What was under way may or may not have reached it:
// turns are given back when it returns, the rest is told again.
func (b *batcher) lose(t *batch, err error) {
	now := b.now()
	if b.degraded == nil {
		b.log.Warn().Err(err).Msg("quota ledger is away: going on with this process's share")
		known := b.snapshot
		if now.Sub(b.joined) < 2*b.timing.beat {
			known = nil // the others do not count this process yet
		}
		b.degraded = newDegraded(now, b.process, b.timing, b.snapshotAt, known)
		b.bypass.revoke(now)
	}
	b.resync(t)
	b.due = now.Add(probe)
	waiting := append(t.asked, b.asking...)
	b.asking = nil
	for _, w := range t.asked {
		b.settled = append(b.settled, settlement{Call: w.Call, Name: w.Name, Unsent: true, arrivedBy: now})
		w.Call = b.unique()
	}
	for _, w := range waiting {
		b.decideDegraded(w)
	}
}

// resync makes the batcher tell all the ledger should know, which may have been emptied
// or has seen a later batch of this process.
func (b *batcher) resync(t *batch) {
	b.returning = true
	b.settled = append(t.told, b.settled...)
	for l := range b.calls {
		l.known = false
	}
}

// decideDegraded answers a waiter without the ledger.
func (b *batcher) decideDegraded(w *waiter) {
	now := b.now()
	next := now.Add(recheck)
	switch {
	case b.stop.until.After(now):
		next = b.stop.until
	case b.degraded.allows(b.held, w.Name, min(w.Tokens, b.held.Tokens), now, b.calls):
		b.lend(w, now, now)
		return
	}
	if next.After(w.until) {
		at := w.until.Add(time.Second)
		if b.stop.until.After(at) {
			at = b.stop.until
		}
		b.decide(w, decision{err: &Deferred{API: b.api, Limit: "the ledger of quotas, which is away", At: at}})
		return
	}
	b.decide(w, decision{wait: next.Sub(now)})
}
