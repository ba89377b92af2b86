package worker

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"

	"foreday/cache/freshness"
	"foreday/events"
	"foreday/summarizer/memo"
	"foreday/worker/replicas"
)

// Ingester applies messages: it invalidates what they make stale and sees to
// the refreshes they ask for. It is safe for concurrent use.
type Ingester struct {
	store       *freshness.Store
	queue       *Queue
	refreshDays int
	now         func() time.Time
	// zones remembers in which zone each user's summaries are kept. It may be
	// out of date: the invalidation says so and is computed again.
	zones  *memo.Cache[string, *time.Location]
	likely *time.Location // of users not seen before
	seldom zerolog.BurstSampler

	// Log is told which messages were applied, by their IDs, and which refreshes they asked
	// for; at the level debug, if others had asked for those. Zero tells nobody.
	Log zerolog.Logger
	// Tracer is told of messages that have a trace, which then go into the state of their
	// days, for the runs that answer them; nil does neither.
	Tracer trace.Tracer
	// ReplicaTimeout is how long replicas may take to confirm what was written, if the
	// client waits for them.
	ReplicaTimeout time.Duration
}

// NewIngester returns an Ingester that regenerates refreshDays days, from today
// on, ahead of any reader. zone is the likely one of users not seen before,
// and now the clock that says what day it is.
func NewIngester(store *freshness.Store, queue *Queue, zone *time.Location, refreshDays int, now func() time.Time) *Ingester {
	return &Ingester{
		store: store, queue: queue, likely: zone, refreshDays: refreshDays, now: now,
		zones:  memo.New[string](memo.Config[*time.Location]{Entries: 100_000}),
		seldom: zerolog.BurstSampler{Burst: 1, Period: 10 * time.Second},
	}
}

var _ events.Handler = (*Ingester)(nil)

// Handle applies a batch. For the users that the error does not name, no reader is
// given as fresh what was fetched before, and every refresh that is due is tracked
// and queued: their messages may be acknowledged. Whoever has so many known days
// that others would wait is left to [Ingester.Retry]. If the client waits for replicas,
// enough of them have confirmed all this.
func (g *Ingester) Handle(ctx context.Context, batch []events.Delivery) error {
	ctx = replicas.Require(ctx)
	changes := changesOf(batch)
	var list []freshness.Invalidation
	now := g.now()
	for _, c := range changes {
		list = append(list, g.invalidation(c, now))
	}
	var mu sync.Mutex
	unfinished := &events.Unfinished{Users: make(map[string]error)}
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(chunksAtOnce)
	for _, chunk := range chunks(list) {
		group.Go(func() error {
			failed, err := g.apply(groupCtx, chunk, changes, now)
			mu.Lock()
			defer mu.Unlock()
			for user, err := range failed {
				unfinished.Users[user] = classify(err)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	if len(unfinished.Users) > 0 {
		g.tellUnconfirmed(unfinished.Users)
		return unfinished
	}
	return nil
}

// tellUnconfirmed logs a line, though not for each batch, if messages wait for replicas.
func (g *Ingester) tellUnconfirmed(users map[string]error) {
	n, last := 0, error(nil)
	for _, err := range users {
		if errors.Is(err, replicas.ErrTooFew) {
			n, last = n+1, err
		}
	}
	if n > 0 {
		seldom := g.Log.Sample(&g.seldom)
		seldom.Warn().Err(last).Int("users", n).Msg("messages are applied again until enough replicas have what they changed")
	}
}

// A batch is applied in chunks of so many users and days, several at once, so that
// Redis works on one while the next is made ready and the last is read.
const (
	chunkUsers   = 256
	chunkDays    = 2048
	chunksAtOnce = 4
)

// chunks cuts a list, each piece of which Redis is done with soon.
func chunks(list []freshness.Invalidation) [][]freshness.Invalidation {
	var all [][]freshness.Invalidation
	first, days := 0, 0
	for i, in := range list {
		if days += len(in.Days); i > first && (days > chunkDays || i-first == chunkUsers) {
			all = append(all, list[first:i])
			first, days = i, len(in.Days)
		}
	}
	if first < len(list) {
		all = append(all, list[first:])
	}
	return all
}

// ErrUserData is the reason of a dead letter, and of what cannot be looked at. What Redis says would tell of scripts.
var ErrUserData = errors.New("under a key of the user's, Redis holds something of another kind: " +
	"find it with TYPE, and delete or rename it")

// classify tells the consumer what to do about the messages of one user.
func classify(err error) error {
	switch {
	case errors.Is(err, errMany):
		return events.ErrLong
	case freshness.IsDataError(err):
		return &events.Rejected{Err: ErrUserData}
	}
	return err
}

// invalidation says what a change makes stale, in the zone that its user had last.
func (g *Ingester) invalidation(c *change, now time.Time) freshness.Invalidation {
	zone, known := g.zones.Get(c.user)
	if !known {
		zone = g.likely
	}
	return g.withTraces(c, c.invalidation(zone, !known, now, g.refreshDays, nil))
}

// withTraces adds the traces of the messages, if they are of use.
func (g *Ingester) withTraces(c *change, in freshness.Invalidation) freshness.Invalidation {
	if g.Tracer != nil {
		in.Traces = c.traces()
	}
	return in
}

// recompute computes a change anew, in the zone that the user turned out to have.
func (g *Ingester) recompute(c *change, now time.Time) func(*freshness.Invalidation, freshness.Outcome) {
	return func(in *freshness.Invalidation, out freshness.Outcome) {
		zone, err := time.LoadLocation(out.Zone)
		if err != nil {
			zone = g.likely
		}
		g.zones.Set(in.User, zone)
		*in = g.withTraces(c, c.invalidation(zone, false, now, g.refreshDays, out.Known))
		if err != nil {
			in.Zone = "" // what is kept there is no zone; replace it
		}
	}
}

// apply invalidates the days of some users, and tracks their refreshes. It returns
// the users for whom it failed.
func (g *Ingester) apply(ctx context.Context, list []freshness.Invalidation, changes map[string]*change,
	now time.Time) (map[string]error, error) {
	began := time.Now()
	// One node of a cluster that does not answer holds up the users of others no
	// longer than this.
	limited, cancel := context.WithTimeout(ctx, applyTimeout+2*g.ReplicaTimeout)
	defer cancel()
	tasks, failed, err := invalidateAll(limited, g.store, list, func(in *freshness.Invalidation, out freshness.Outcome) {
		g.recompute(changes[in.User], now)(in, out)
	})
	if err != nil {
		return nil, err
	}
	for _, in := range list {
		if failed[in.User] == nil {
			g.zones.SetIfAbsent(in.User, g.likely) // the guess was right
		}
	}
	if err := trackAndEnqueue(ctx, g.store.Ledger(), g.queue, tasks); err != nil {
		return failed, err
	}
	g.tell(began, list, changes, tasks, failed)
	return failed, nil
}

// tell logs a line for each user whose messages were applied, and has them traced.
func (g *Ingester) tell(began time.Time, list []freshness.Invalidation, changes map[string]*change, tasks []freshness.Task,
	failed map[string]error) {
	if !g.Log.Info().Enabled() && g.Tracer == nil {
		return
	}
	asked := make(map[string][]string, len(tasks))
	for _, t := range tasks {
		asked[t.Token.User] = append(asked[t.Token.User], t.Token.Date.String()+" "+t.Token.ID)
	}
	for _, in := range list {
		if failed[in.User] == nil {
			changes[in.User].log(g.Log, asked[in.User])
			g.trace(changes[in.User], in.Traces, asked[in.User], began)
		}
	}
}

// log says that the messages were applied, and which refreshes they asked for: each is
// named by its date and its token.
func (c *change) log(log zerolog.Logger, asked []string) {
	event := log.Info()
	if len(asked) == 0 {
		event = log.Debug()
	}
	last := len(c.deliveries) - 1
	if last > 0 {
		event.Str("first_message_id", c.deliveries[0].ID)
	}
	event.Str("message_id", c.deliveries[last].ID).Int("messages", last+1).Str("user", c.user).Strs("tokens", asked).Msg("messages applied")
}

// applyTimeout bounds one chunk, which takes Redis a few hundredths of a second. The
// messages of a batch wait for it, and those of the next for both.
const applyTimeout = 400 * time.Millisecond

// Retry applies messages of one user, however long it takes.
func (g *Ingester) Retry(ctx context.Context, batch []events.Delivery) error {
	ctx = replicas.Require(ctx)
	c, now, began := &change{user: batch[0].User, deliveries: batch}, g.now(), time.Now()
	in := g.invalidation(c, now)
	err := invalidateOne(ctx, g.store, g.queue, in, g.recompute(c, now))
	if err == nil {
		c.log(g.Log, nil)
		g.trace(c, in.Traces, nil, began)
	}
	return classify(err)
}

// GiveUp deletes every fresh copy of the user, so that none is read that the
// messages made stale.
func (g *Ingester) GiveUp(ctx context.Context, batch []events.Delivery) error {
	return g.store.DropAll(replicas.Require(ctx), batch[0].User, events.FirstDate, events.LastDate)
}
