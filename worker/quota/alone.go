package quota

import (
	"math"
	"slices"
	"time"
)

// alone is a process without the ledger. It keeps to its share of the limits,
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
type alone struct {
	since time.Time
	// whole is when all calls from before have left every window.
	whole time.Time
	// seen is when outlook was heard; nil if the ledger was never heard.
	seen    time.Time
	outlook *outlook
	members int // of the outlook, this one included
	rank    int // of this process among them
	timing  timing
}

// newcomers is the part of the limits, one in so many, that is kept for
// processes that know of nobody.
const newcomers = 10

func newAlone(now time.Time, gate string, by timing, seen time.Time, o *outlook) *alone {
	a := &alone{since: now, seen: seen, timing: by, whole: now.Add(time.Duration(by.Far + by.Provisional))}
	if o == nil {
		return a
	}
	rank := slices.Index(o.Gates, gate)
	if rank < 0 {
		return a
	}
	a.outlook, a.members, a.rank = o, len(o.Gates), rank
	return a
}

// paced bounds what this process may have so soon after it lost the ledger: least,
// or a little of its part, at once, and the rest evenly over a window. So what a
// process can have done that dies without the ledger is as little as the time it was
// alone: the others have to make do without that (see oweEach in the ledger).
func (a *alone) paced(limit, least int, t time.Time) int {
	part := float64(limit) / newcomers
	if a.outlook != nil {
		part = float64(limit) / float64(a.members)
	}
	return max(least, int(part*(a.timing.AloneBurst+t.Sub(a.since).Seconds()/time.Duration(a.timing.Window).Seconds())))
}

// share returns what of a limit this process may have in its window at t.
// used and leave tell of that limit what the outlook told.
func (a *alone) share(limit int, t time.Time, used int, leave []int) int {
	if a.outlook == nil {
		return limit / newcomers
	}
	free := limit
	if t.Before(a.whole) {
		free = min(limit, max(0, (limit-used)/2)+a.left(t, leave))
	}
	return a.part(free - limit/newcomers)
}

// ofEach returns what each member may have in its window at t; nil if nobody
// knows.
func (a *alone) ofEach(b bounds, t time.Time) *bounds {
	if a.outlook == nil {
		return nil
	}
	first := *a
	first.rank = 0 // whose share is the largest
	return &bounds{
		Requests:     first.share(b.Requests, t, a.outlook.Calls, a.outlook.CallsLeave),
		Tokens:       first.share(b.Tokens, t, a.outlook.Tokens, a.outlook.TokensLeave),
		UserRequests: first.ofUser(b.UserRequests, t),
	}
}

// ofUser is share for the limit of one user. Who used how much of it is not
// known: half of it may be.
func (a *alone) ofUser(limit int, t time.Time) int {
	var leave []int
	if a.outlook != nil {
		leave = make([]int, len(a.outlook.CallsLeave))
	}
	return a.share(limit, t, 0, leave)
}

// left returns how much of what was used has left the window from the time the
// ledger was lost until t.
func (a *alone) left(t time.Time, leave []int) int {
	from := int(math.Ceil(a.since.Sub(a.seen).Seconds()))
	to := int(math.Floor(t.Sub(a.seen).Seconds()))
	sum := 0
	for i := max(from, 0); i < min(to, len(leave)); i++ {
		sum += leave[i]
	}
	return sum
}

// part divides a whole among the members; the first ones get what is left over.
func (a *alone) part(whole int) int {
	if whole <= 0 {
		return 0
	}
	part := whole / a.members
	if a.rank < whole%a.members {
		part++
	}
	return part
}

// allows reports whether a call may start at t, given what this process did
// since it is alone.
func (a *alone) allows(b bounds, c claim, t time.Time, log callLog) bool {
	calls, tokens, ofUser := 0, 0, 0
	for _, l := range log[log.after(t):] {
		if l.asked.Before(a.since) {
			continue // part of the outlook
		}
		calls++
		tokens += l.claim.tokens
		if l.claim.caller.User == c.caller.User {
			ofUser++
		}
	}
	o := a.outlook
	if o == nil {
		o = &outlook{}
	}
	few := a.timing.AloneCalls
	if b.Requests > 0 && calls+1 > min(a.share(b.Requests, t, o.Calls, o.CallsLeave), a.paced(b.Requests, few, t)) {
		return false
	}
	if b.Tokens > 0 && tokens+min(c.tokens, b.Tokens) > min(a.share(b.Tokens, t, o.Tokens, o.TokensLeave), a.paced(b.Tokens, 0, t)) {
		return false
	}
	return b.UserRequests == 0 || c.caller.User == "" || ofUser+1 <= min(a.ofUser(b.UserRequests, t), a.paced(b.UserRequests, few, t))
}

// step is how finely turns are looked for.
const step = 100 * time.Millisecond

// turn returns when a call may start, and false if not until `until`.
func (a *alone) turn(b bounds, c claim, from, until time.Time, log callLog) (time.Time, bool) {
	for t := from; !t.After(until); t = t.Add(step) {
		if a.allows(b, c, t, log) {
			return t, true
		}
	}
	return until, false
}
