package worker

import (
	"context"
	"slices"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/errgroup"

	"foreday/cache"
	"foreday/events"
)

// Ingester applies messages: it invalidates what they make stale and sees to
// the refreshes they ask for. It is safe for concurrent use.
type Ingester struct {
	store       *cache.Store
	queue       *Queue
	refreshDays int
	now         func() time.Time
	// zones remembers in which zone each user's summaries are kept. It may be
	// out of date: the invalidation says so and is computed again.
	zones  *otter.Cache[string, *time.Location]
	likely *time.Location // of users not seen before
}

// NewIngester returns an Ingester that regenerates refreshDays days, from today
// on, ahead of any reader. zone is the likely one of users not seen before,
// and now the clock that says what day it is.
func NewIngester(store *cache.Store, queue *Queue, zone *time.Location, refreshDays int, now func() time.Time) *Ingester {
	return &Ingester{
		store: store, queue: queue, likely: zone, refreshDays: refreshDays, now: now,
		zones: otter.Must(&otter.Options[string, *time.Location]{MaximumSize: 100_000}),
	}
}

var _ events.Handler = (*Ingester)(nil)

// Handle applies a batch. When it returns nil, no reader is given as fresh what
// was fetched before, and every refresh that is due is tracked and queued: the
// messages may be acknowledged.
func (g *Ingester) Handle(ctx context.Context, batch []events.Delivery) error {
	changes := make(map[string]*change)
	var list []cache.Invalidation
	for _, d := range batch {
		c := changes[d.Message.User]
		if c == nil {
			c = &change{user: d.Message.User}
			changes[c.user] = c
		}
		c.deliveries = append(c.deliveries, d)
	}
	now := g.now()
	for _, c := range changes {
		zone, known := g.zones.GetIfPresent(c.user)
		if !known {
			zone = g.likely
		}
		list = append(list, c.invalidation(zone, !known, now, g.refreshDays, nil))
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(chunksAtOnce)
	for chunk := range slices.Chunk(list, chunkUsers) {
		group.Go(func() error { return g.apply(ctx, chunk, changes, now) })
	}
	return group.Wait()
}

// A batch is applied in chunks of so many users, several at once, so that Redis
// works on one while the next is made ready and the last is read.
const (
	chunkUsers   = 256
	chunksAtOnce = 4
)

// apply invalidates the days of some users, and promises their refreshes.
func (g *Ingester) apply(ctx context.Context, list []cache.Invalidation, changes map[string]*change, now time.Time) error {
	tasks, err := invalidateAll(ctx, g.store, list, func(in *cache.Invalidation, out cache.Outcome) {
		zone, err := time.LoadLocation(out.Zone)
		if err != nil {
			zone = g.likely
		}
		g.zones.Set(in.User, zone)
		*in = changes[in.User].invalidation(zone, false, now, g.refreshDays, out.Known)
		if err != nil {
			in.Zone = "" // what is kept there is no zone; replace it
		}
	})
	if err != nil {
		return err
	}
	for _, in := range list {
		g.zones.SetIfAbsent(in.User, g.likely) // the guess was right
	}
	return promise(ctx, g.store.Ledger(), g.queue, tasks)
}
