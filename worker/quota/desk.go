package quota

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
)

// desk is where the calls of this process to one service get their turns. It
// carries what they ask, and how they went, to the ledger that all processes
// share: all that comes up during one trip goes with the next. While the
// ledger cannot be reached it goes on alone.
//
//	           answers                   trip fails or lasts too long
//	┌─────────┐ ◄──────  ┌────────┐  ───────────────────────────────► ┌───────┐
//	│ callers │ ──────►  │ shared │                                   │ alone │
//	└─────────┘ ask,     └────────┘  ◄─────────────────────────────── └───────┘
//	            settle               a trip succeeds, all is reported
type desk struct {
	api     string
	gate    string // names this process
	bounds  bounds // of this process's settings
	timing  timing
	client  redis.UniversalClient
	now     func() time.Time
	log     zerolog.Logger
	metrics *Metrics

	wake  chan struct{} // there may be something to do earlier than planned
	trips sync.WaitGroup
	slots chan struct{} // bounds the trips that nobody waits for any more

	mu      sync.Mutex
	fresh   []*waiter            // to be asked for at once
	waiting map[*waiter]struct{} // to be asked for at their time
	tickets map[string]bool      // in use by a waiter
	settled []settled
	left    []string // tickets given up
	calls   callLog
	serial  int64     // counts calls, tickets and batches
	urgent  bool      // do not wait for more to take along
	more    bool      // a batch was full
	stopped time.Time // the far side wants no calls until then
	notice  time.Time // when that was heard
	pass    pass
	revoked time.Time // when the pass last was

	held      bounds // the lowest of all processes', which hold
	mixed     bool   // they are not the same for all
	epoch     string
	born      time.Time
	tripped   time.Time // when the last successful trip began
	joined    time.Time // when the first did
	crowded   time.Time // when a call last could not go at once
	beatAt    time.Time // when the next outlook is due
	outlook   *outlook
	looked    time.Time // when outlook was asked for
	returning bool      // the ledger must be told what it may not know
	alone     *alone    // nil while the ledger answers
	closed    bool
}

const (
	maxAsks        = 200
	maxSettlements = 500
	maxReported    = 500
	// maxBacklog bounds what is remembered while the ledger is away. What is
	// forgotten counts for a whole window, which is safe.
	maxBacklog = 10_000
	// maxTrips bounds the trips that nobody waits for any more.
	maxTrips = 4
	// lull is how long a settlement waits for company, if it gives something
	// back that nobody waits for. One that gives nothing has time until the next
	// beat.
	lull = 250 * time.Millisecond
	// company is how much earlier than planned a waiter is asked for if there
	// is a trip anyway.
	company = 100 * time.Millisecond
	// crowd is how far apart trips are at least that carry calls only which are
	// to wait anyway: turns were not to be had at once within crowdedFor.
	crowd      = 25 * time.Millisecond
	crowdedFor = time.Second
	// outlookAge is from when on an outlook is renewed if there is a trip anyway.
	outlookAge = 250 * time.Millisecond
	// probe is how often a process alone looks for the ledger.
	probe = 250 * time.Millisecond
)

func newDesk(c Config, api, gate string, b bounds) *desk {
	return &desk{
		api: api, gate: gate, bounds: b, held: b, timing: c.timing,
		client: c.Client, now: c.Now, metrics: c.Metrics, born: c.Now(),
		log:     c.Log.With().Str("api", api).Logger(),
		wake:    make(chan struct{}, 1),
		slots:   make(chan struct{}, maxTrips),
		waiting: map[*waiter]struct{}{},
		tickets: map[string]bool{},
	}
}

// stir wakes the loop, which looks what there is to do.
func (d *desk) stir() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// run makes trips when they are due, until ctx ends. Then it tells the ledger
// what is left to tell, and takes leave.
func (d *desk) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-d.wake:
		case <-timer.C:
		}
		for ctx.Err() == nil {
			wait := d.untilTrip()
			if wait > 0 {
				timer.Reset(wait)
				break
			}
			d.trip(false)
		}
	}
	d.close()
	d.trip(true)
	d.trips.Wait()
}

// close sends everybody away who waits.
func (d *desk) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	for w := range d.waiting {
		d.fresh = append(d.fresh, w)
	}
	for _, w := range d.fresh {
		d.left = append(d.left, w.ticket)
		d.decide(w, decision{err: errClosed})
	}
	d.fresh = nil
}

// errClosed is the error of calls through a Gate that was closed.
var errClosed = errors.New("quota: the gate is closed")

// untilTrip returns how long the next trip has time.
func (d *desk) untilTrip() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	due := d.beatAt
	if d.alone == nil {
		if d.urgent || d.more {
			return 0
		}
		if len(d.fresh) > 0 {
			due = now
			if now.Sub(d.crowded) < crowdedFor {
				due = d.tripped.Add(crowd)
			}
		}
		for w := range d.waiting {
			due = earlier(due, w.again)
		}
		for _, s := range d.settled {
			if s.Tokens != nil || s.Unsent {
				due = earlier(due, s.at.Add(d.flush(now)))
				break
			}
		}
	}
	return due.Sub(now)
}

// flush is how long a settlement that gives something back waits for company.
func (d *desk) flush(now time.Time) time.Duration {
	if now.Sub(d.crowded) < crowdedFor {
		return crowd
	}
	return lull
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// sleep waits for d, or until ctx is done.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
