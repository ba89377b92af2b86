package quota

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
)

// batcher is this process's client of the ledger of one service. It carries what calls
// ask, and how they went, to the ledger that all processes share: all that comes up
// during one trip goes with the next. While the ledger cannot be reached it decides
// by itself.
//
//	           answers                   trip fails or lasts too long
//	┌─────────┐ ◄──────  ┌────────┐  ───────────────────────────────► ┌──────────┐
//	│ callers │ ──────►  │ shared │                                   │ degraded │
//	└─────────┘ ask,     └────────┘  ◄─────────────────────────────── └──────────┘
//	            settle               a trip succeeds, all is reported
type batcher struct {
	api     string
	process string // names this process
	bounds  bounds // of this process's settings
	span    time.Duration
	timing  timing
	client  redis.UniversalClient
	now     func() time.Time
	log     zerolog.Logger
	metrics *Metrics

	wake    chan struct{} // a trip is due earlier than planned
	closing chan struct{} // closed when the gate is

	mu      sync.Mutex
	closed  bool
	serial  int64                     // counts calls, tickets and batches
	due     time.Time                 // of the next trip
	left    time.Time                 // when the last trip began
	crowded time.Time                 // when a call last could not go at once
	tickets map[string]bool           // in use by a call
	calls   map[*reservation]struct{} // that a window of the upstream can still hold

	// What the upstream has said.
	free, silent         bool      // calls bypass the ledger; the last answer did not say what is left
	revoked              time.Time // when they last had to ask again
	stopUntil, stopHeard time.Time // it wants no calls until then, as was heard at

	// What goes along on the next trip.
	asking   []*reservation
	settled  []settlement
	released []string // tickets given up

	// What the ledger has said.
	held       bounds // the lowest limits of all processes, which hold
	mixed      bool   // they are not the same for all
	epoch      string
	answered   int64     // the last batch of which the answer has come
	tripped    time.Time // when the last successful trip began, or this process
	joined     time.Time // when the first trip did
	beatAt     time.Time // when the next snapshot is due
	snapshot   *snapshot
	snapshotAt time.Time // when it was asked for

	degraded  *degraded // nil while the ledger answers
	returning bool      // the ledger must be told which calls it may not know
}

const (
	maxAsks        = 200
	maxSettlements = 500
	maxReported    = 500
	// maxBacklog bounds what is remembered while the ledger is away. What is
	// forgotten counts for a whole window, which is safe.
	maxBacklog = 10_000
	// lull is how long a settlement waits for company, if others can use what it
	// tells. One of which they cannot has time until the next beat, and one that gives
	// something back while they wait has only the time of a crowd.
	lull = 250 * time.Millisecond
	// company is how much earlier than planned a call is asked for if there is a trip
	// anyway.
	company = 100 * time.Millisecond
	// crowd is how far apart trips are while turns are not to be had at once, as was
	// seen within crowdedFor: most asks are to wait anyway.
	crowd      = 25 * time.Millisecond
	crowdedFor = time.Second
	// snapshotAge is from when on a snapshot is renewed if there is a trip anyway.
	snapshotAge = 250 * time.Millisecond
)

func newBatcher(c Config, api, process string, b bounds) *batcher {
	return &batcher{
		api: api, process: process, bounds: b, held: b, span: c.span, timing: newTiming(c.span),
		client: c.Client, now: c.Now, metrics: c.Metrics, tripped: c.Now(),
		log:     c.Log.With().Str("api", api).Logger(),
		wake:    make(chan struct{}, 1),
		closing: make(chan struct{}),
		tickets: map[string]bool{},
		calls:   map[*reservation]struct{}{},
	}
}

// run makes trips when they are due, until ctx ends. Then it tells the ledger
// what is left to tell, and takes leave.
func (b *batcher) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		wait := b.untilTrip()
		if wait <= 0 {
			b.trip(false)
			continue
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
		case <-b.wake:
		case <-timer.C:
		}
	}
	b.close()
	b.trip(true)
}

func (b *batcher) untilTrip() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.due.Sub(b.now())
}

// want makes the next trip due by a time. Degraded mode looks for the ledger at its
// own pace.
func (b *batcher) want(by time.Time) {
	if b.degraded != nil || !by.Before(b.due) {
		return
	}
	b.due = by
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// wantCrowd makes the next trip due by a time, or in crowded times by another.
func (b *batcher) wantCrowd(by, crowded time.Time) {
	if b.now().Sub(b.crowded) < crowdedFor {
		by = crowded
	}
	b.want(by)
}

// errClosed is the error of calls through a Gate that was closed.
var errClosed = errors.New("quota: the gate is closed")

// close sends everybody away who waits.
func (b *batcher) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	close(b.closing)
	for _, c := range b.asking {
		b.decide(c, decision{err: errClosed})
	}
	b.asking = nil
	for ticket := range b.tickets {
		b.released = append(b.released, ticket)
	}
}

// sleep waits for d, until ctx is done, or until the gate is closed, if it can be.
func sleep(ctx context.Context, d time.Duration, closing <-chan struct{}) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-closing:
		return errClosed
	case <-t.C:
		return nil
	}
}
