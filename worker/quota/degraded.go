package quota

import (
	"slices"
	"time"
)

// snapshot is what a process has to know to go on without the ledger.
type snapshot struct {
	Members []string `json:"members"` // the processes that share
	Calls   []int    `json:"calls"`   // that leave the window in each second from then on
	Tokens  []int    `json:"tokens"`  // the same of tokens
	// Busy has the users of whom over half of the own limit was used lately, or of whom the
	// upstream wants no calls, and for how many milliseconds they are told of.
	Busy map[string]int64 `json:"busy"`
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
// What a user has left of the tokens of a day it does not know at all: nothing is sent for
// whom that is limited.
//
// Of the limit of one user it takes half to be used, and all of it if the snapshot says that
// it was more than half (see busy).
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
	blind    bool // the snapshot is so old that the process stood still: it waits until whole
	members  int  // of the snapshot, this one included; 0 if there is none
	rank     int  // of this process among them
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
// without: the others have to make do without that (see owe in the ledger).
func (d *degraded) paced(limit, least int, t time.Time) int {
	part := float64(limit) / newcomers
	if d.members > 0 {
		part = float64(limit) / float64(d.members)
	}
	return max(least, int(part*(degradedBurst+t.Sub(d.since).Seconds()/d.window.Seconds())))
}

// share returns what of a limit this process may have in its window at t. leave is what
// of it leaves the window in each second, as the snapshot told.
func (d *degraded) share(limit int, t time.Time, leave []int) int {
	if d.members == 0 {
		return limit / newcomers
	}
	free := limit
	if t.Before(d.whole) {
		used, left := 0, 0 // since the ledger was lost
		for i, n := range leave {
			used += n
			if from := d.seen.Add(time.Duration(i) * time.Second); !from.Before(d.since) && !from.Add(time.Second).After(t) {
				left += n
			}
		}
		free = min(limit, max(0, (limit-used)/2)+left)
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
		Requests:     d.share(b.Requests, t, d.snapshot.Calls),
		Tokens:       d.share(b.Tokens, t, d.snapshot.Tokens),
		UserRequests: d.share(b.UserRequests, t, nil),
	}
}

// allows reports whether a call may start at t, given the calls this process made: those
// that the snapshot does not have are of its share.
func (d *degraded) allows(b bounds, user string, tokens int, t time.Time, made map[*reservation]struct{}) bool {
	if d.blind && t.Before(d.whole) {
		return false
	}
	calls, ofUser := 0, 0
	for c := range made {
		if c.asked.Before(d.seen) || !c.expires.After(t) {
			continue // part of the snapshot, or of no window any more
		}
		calls++
		tokens += c.Tokens
		if c.Name == user {
			ofUser++
		}
	}
	fits := func(n, limit int, leave []int, least int) bool {
		return limit == 0 || n <= min(d.share(limit, t, leave), d.paced(limit, least, t))
	}
	return fits(calls+1, b.Requests, d.snapshot.Calls, degradedCalls) && fits(tokens, b.Tokens, d.snapshot.Tokens, 0) &&
		// Who used how much of one user's limit is not known, but for who used more than half.
		(user == "" || !d.busy(user, t) && fits(ofUser+1, b.UserRequests, nil, degradedCalls))
}

// busy reports whether more of a user's own limit may be used than the half that is taken to
// be: until all calls from before have left every window.
func (d *degraded) busy(user string, t time.Time) bool {
	left, busy := d.snapshot.Busy[user]
	return busy && (t.Before(d.whole) || t.Before(d.seen.Add(time.Duration(left)*time.Millisecond)))
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
		b.degraded.blind = known != nil && now.Sub(b.snapshotAt) > 3*b.timing.beat+tripTimeout
		b.free, b.revoked = false, now
	}
	b.resync(t)
	b.due = now.Add(probe)
	waiting := append(t.asked, b.asking...)
	b.asking = nil
	for _, c := range t.asked {
		b.settled = append(b.settled, settlement{Call: c.Call, Name: c.Name, Unsent: true, arrivedBy: now})
		c.Call = b.unique()
	}
	for _, c := range waiting {
		b.decideDegraded(c)
	}
}

// resync makes the batcher tell all the ledger should know, which may have been emptied
// or has seen a later batch of this process.
func (b *batcher) resync(t *batch) {
	b.returning = true
	b.settled = append(t.told, b.settled...)
	for c := range b.calls {
		c.known = false
	}
}

// decideDegraded answers a call without the ledger.
func (b *batcher) decideDegraded(c *reservation) {
	now := b.now()
	next, budgeted := now.Add(recheck), b.held.DailyTokens > 0 && c.Name != ""
	switch {
	case b.stopUntil.After(now):
		next = b.stopUntil
	case budgeted: // only the ledger can grant it
	case b.degraded.allows(b.held, c.Name, min(c.Tokens, b.held.Tokens), now, b.calls):
		b.grant(c, 0, now)
		return
	}
	switch {
	case !next.After(c.until):
		b.decide(c, decision{wait: next.Sub(now)})
	case budgeted:
		b.decide(c, decision{err: &Exhausted{API: b.api, Until: now.Add(time.Minute),
			Reason: "what is left of the user's tokens for the day is in the ledger of quotas, which is away"}})
	default:
		at := c.until.Add(time.Second)
		if b.stopUntil.After(at) {
			at = b.stopUntil
		}
		b.decide(c, decision{err: &Deferred{API: b.api, Limit: "the ledger of quotas, which is away", At: at}})
	}
}
