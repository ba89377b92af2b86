package quota

import (
	"context"
	"maps"
	"sync"
	"time"

	"foreday/summarizer"
)

// leastPatience is how long a call may last at least before it is slow.
var leastPatience = map[string]time.Duration{Google: 1500 * time.Millisecond, OpenAI: 2500 * time.Millisecond}

// errSlow is why a call was given up.
var errSlow = safeError{text: "given up: it was slow when too many others were"}

// bulkhead keeps some calls that are never answered from holding up all that a process
// does. Of the places that it has for jobs of a priority, slow calls may hold half, and
// those of one user a quarter. A call that becomes slow when they do is given up, and its
// user's calls to that upstream fail for a while, twice as long each time until one is
// answered; those that were let be go on. Where an upstream answers, but slowly, only what
// lasts longer than its answers usually do is slow: to give up what would have been
// answered helps nobody.
type bulkhead struct {
	most int // jobs of a priority that slow calls may hold; 0 is no bound

	mu       sync.Mutex
	patience map[string]time.Duration // by API: how long a call may last before it is slow
	slow     map[Caller]int           // jobs, by how many slow calls they wait for
	stalled  map[party]stall
}

// party is a user as one upstream knows them.
type party struct{ api, user string }

// stall says for how long a user's calls fail, and how long that is.
type stall struct {
	until time.Time
	pause time.Duration
}

const (
	firstStall, longestStall = 4 * time.Second, 32 * time.Second
	maxStalls                = 10_000
)

func newBulkhead(places int) *bulkhead {
	b := &bulkhead{most: (places + 1) / 2, patience: map[string]time.Duration{}, slow: map[Caller]int{}, stalled: map[party]stall{}}
	for api, least := range leastPatience {
		b.patience[api] = 4 * least // until it has shown that it answers faster
	}
	return b
}

// watch watches over a call that is being sent, until end is called. It gives the call
// up if it is one slow call too many. Calls of those who hold no place are let be.
func (b *bulkhead) watch(ctx context.Context, api string, giveUp context.CancelCauseFunc) (end func()) {
	if b.most == 0 || !summarizer.HoldsPlace(ctx) {
		return func() {}
	}
	who, ended, counted := CallerOf(ctx), false, false
	b.mu.Lock()
	defer b.mu.Unlock()
	timer := time.AfterFunc(b.patience[api], func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch {
		case ended:
		case b.full(who):
			giveUp(errSlow)
			b.stall(party{api, who.User})
		default:
			b.slow[who]++
			counted = true
		}
	})
	return func() {
		timer.Stop()
		b.mu.Lock()
		defer b.mu.Unlock()
		if counted {
			if b.slow[who]--; b.slow[who] == 0 {
				delete(b.slow, who)
			}
		}
		ended, counted = true, false
	}
}

// stall has the party's calls fail for a while.
func (b *bulkhead) stall(p party) {
	now, last := time.Now(), b.stalled[p]
	if now.Before(last.until) {
		return // another call of theirs was given up just now
	}
	if len(b.stalled) >= maxStalls {
		maps.DeleteFunc(b.stalled, func(_ party, s stall) bool { return s.until.Before(now) })
	}
	pause := min(max(2*last.pause, firstStall), longestStall)
	b.stalled[p] = stall{now.Add(pause), pause}
}

// refuses reports whether a call of the party would fail.
func (b *bulkhead) refuses(ctx context.Context, p party) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return summarizer.HoldsPlace(ctx) && time.Now().Before(b.stalled[p].until)
}

// full reports whether a slow call of the job is one too many.
func (b *bulkhead) full(who Caller) bool {
	all, own := 0, 0
	for job := range b.slow {
		if job.Priority == who.Priority && job != who {
			all++
			if job.User == who.User {
				own++
			}
		}
	}
	return b.slow[who] == 0 && (all >= b.most || own >= (b.most+1)/2)
}

// answered learns from how long an answer took how long they usually do: patience tends
// to twice their median.
func (b *bulkhead) answered(p party, took time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.stalled, p)
	api := p.api
	if took > b.patience[api]/2 {
		b.patience[api] = b.patience[api] * 3 / 2
	} else {
		b.patience[api] = max(b.patience[api]*2/3, leastPatience[api])
	}
}
