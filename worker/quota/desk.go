package quota

import (
	"context"
	"errors"
	"fmt"
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
	bounds  bounds
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

	epoch     string
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

// waiter is a call that waits for its turn.
type waiter struct {
	claim  claim
	call   string
	ticket string
	until  time.Time // the longest it may wait
	again  time.Time // when to ask again
	gone   bool      // its caller gave up
	answer chan decision
}

type decision struct {
	lease *lease
	err   error
}

// settled is a call that the ledger is still to be told of.
type settled struct {
	settlement
	user      string
	arrivedBy time.Time
	at        time.Time
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
		api: api, gate: gate, bounds: b, timing: c.timing,
		client: c.Client, now: c.Now, metrics: c.Metrics,
		log:     c.Log.With().Str("api", api).Logger(),
		wake:    make(chan struct{}, 1),
		slots:   make(chan struct{}, maxTrips),
		waiting: map[*waiter]struct{}{},
		tickets: map[string]bool{},
	}
}

// reserve blocks until the call may be sent, or says that it would have to wait
// beyond until.
func (d *desk) reserve(ctx context.Context, c claim, until time.Time) (*lease, error) {
	for {
		w := d.enter(c, until)
		l, err := d.await(ctx, w)
		if err != nil {
			return nil, err
		}
		if err := sleep(ctx, l.at.Sub(d.now())); err != nil {
			d.settle(l, report{unsent: true})
			return nil, err
		}
		if !d.calledBack(l) {
			return l, nil
		}
		d.settle(l, report{unsent: true})
	}
}

// enter puts a call in line.
func (d *desk) enter(c claim, until time.Time) *waiter {
	d.mu.Lock()
	defer d.mu.Unlock()
	w := &waiter{claim: c, until: until, answer: make(chan decision, 1)}
	w.call = d.unique()
	w.ticket = d.takeTicket(c.caller)
	if d.closed {
		d.decide(w, decision{err: errClosed})
		return w
	}
	if d.alone != nil {
		d.decideAlone(w)
		return w
	}
	d.fresh = append(d.fresh, w)
	d.stir()
	return w
}

// await waits for the answer, unless ctx ends.
func (d *desk) await(ctx context.Context, w *waiter) (*lease, error) {
	select {
	case got := <-w.answer:
		return got.lease, got.err
	case <-ctx.Done():
	}
	d.withdraw(w)
	select {
	case got := <-w.answer:
		if got.err == nil {
			d.settle(got.lease, report{unsent: true})
		}
	default:
	}
	return nil, ctx.Err()
}

// withdraw takes a call out of line whose caller gave up.
func (d *desk) withdraw(w *waiter) {
	d.mu.Lock()
	defer d.mu.Unlock()
	w.gone = true
	if _, waits := d.waiting[w]; waits {
		delete(d.waiting, w)
		d.giveUp(w)
	}
	for i, f := range d.fresh {
		if f == w {
			d.fresh = append(d.fresh[:i], d.fresh[i+1:]...)
			d.giveUp(w)
			break
		}
	}
}

// giveUp gives up the place of a call that is in line no more.
func (d *desk) giveUp(w *waiter) {
	delete(d.tickets, w.ticket)
	if len(d.left) < maxBacklog {
		d.left = append(d.left, w.ticket)
	}
}

// decide tells a waiter and frees its ticket. A turn whose caller gave up
// meanwhile is given back.
func (d *desk) decide(w *waiter, got decision) {
	delete(d.waiting, w)
	delete(d.tickets, w.ticket)
	if w.gone && got.lease != nil {
		d.tell(got.lease, report{unsent: true})
		return
	}
	w.answer <- got
}

// calledBack reports whether the far side stopped all calls after the lease was
// given, for longer than a notice takes.
func (d *desk) calledBack(l *lease) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return l.asked.Before(d.notice) && d.stopped.Sub(d.now()) > 50*time.Millisecond
}

// heardStop takes note that the far side wants no calls for a while, or, if that is
// 0, that it said something else.
func (d *desk) heardStop(wait time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.revokePass()
	if wait > 0 {
		d.noteStop(wait)
	}
}

func (d *desk) noteStop(wait time.Duration) {
	now := d.now()
	if till := now.Add(wait); till.After(d.stopped) {
		d.stopped, d.notice = till, now
	}
}

// settle says how a leased call went.
func (d *desk) settle(l *lease, r report) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tell(l, r)
}

func (d *desk) tell(l *lease, r report) {
	d.landed(l, r)
	d.calls.settle(l, r, time.Duration(d.timing.Window))
	if len(d.settled) >= maxBacklog {
		return
	}
	s := settlementOf(l, r, d.now())
	if d.bounds.none() && !d.worthTelling(s) {
		return
	}
	if s.Word != nil {
		s.Flying = d.pass.flying
		d.revokePass()
	}
	d.settled = append(d.settled, s)
	if w := s.Word; w != nil && (w.Refused || w.Broke || d.surprising(w, l.stand)) {
		d.urgent = true
		if w.Refused && !w.User {
			d.noteStop(max(r.answer.retryAfter, time.Second))
		}
	}
	d.stir()
}

// worthTelling reports whether the ledger can use what a call tells that no limit
// counts: what the far side says of its own, and, for a while after it refused,
// that it does so no more.
func (d *desk) worthTelling(s settled) bool {
	if s.Word == nil {
		return false
	}
	return *s.Word != (word{}) || d.now().Before(d.stopped.Add(time.Duration(d.timing.MaxHold)))
}

// surprising reports whether the far side may have much less left than was
// thought when it was called.
func (d *desk) surprising(w *word, then stand) bool {
	const few = 20
	less := func(left *int, limit int, free int64) bool {
		switch {
		case left == nil:
			return false
		case limit == 0:
			return *left <= few
		}
		return 2*int64(*left) < free && free-int64(*left) > few
	}
	return less(w.Left, d.bounds.Requests, then.Free) || less(w.TokensLeft, d.bounds.Tokens, then.TokensFree)
}

// takeTicket names the place in the queue of a call: by its work, so that the
// work finds it again, or by a name of its own.
func (d *desk) takeTicket(c Caller) string {
	if c.Job == "" {
		return d.unique()
	}
	ticket := c.User + " " + c.Job
	for n := 2; d.tickets[ticket]; n++ {
		ticket = fmt.Sprintf("%s %s %d", c.User, c.Job, n)
	}
	d.tickets[ticket] = true
	return ticket
}

func (d *desk) unique() string {
	d.serial++
	return fmt.Sprintf("%s-%d", d.gate, d.serial)
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
