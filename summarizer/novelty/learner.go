package novelty

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/maypok86/otter/v2"

	"foreday/summarizer"
)

// What a Config's zero fields stand for.
const (
	DefaultTTL      = 24 * time.Hour
	DefaultMaxUsers = 10_000
)

const (
	// relearnt is how many days before what is known by now are read again when a
	// routine is brought up to date, as calendars change in hindsight.
	relearnt = 28
	// wholeFor is the number of days after which all of it is read again.
	wholeFor = 28
	// kept is how long a routine that is not used stays in memory.
	kept = 14 * 24 * time.Hour
)

// Config is what a Learner is made of. Source is required.
type Config struct {
	Source summarizer.Source
	// Store keeps routines beyond the process; without one they are in memory only.
	Store Store
	// Secret is what the users' keys are made from: routines in the Store can be
	// used again only under the same. None is a random one.
	Secret   []byte
	TTL      time.Duration    // how long a routine is used before it is brought up to date; DefaultTTL if zero
	MaxUsers int              // routines kept in memory at most; DefaultMaxUsers if zero
	Now      func() time.Time // the clock; time.Now if nil
	// Failed is told of each error of the Store, which costs time and no more;
	// nil is allowed. It must be safe for concurrent use.
	Failed func(user string, err error)
}

// Store keeps one encoded routine for each user. It must be safe for concurrent
// use and honour ctx.
type Store interface {
	// Load returns what was saved last, and false if there is nothing.
	Load(ctx context.Context, user string) (routine []byte, ok bool, err error)
	// Save keeps the routine, of up to a megabyte or so, in place of any other.
	Save(ctx context.Context, user string, routine []byte) error
}

// Learner learns each user's routine from a year of the Source's history. It
// keeps it for its TTL and then reads the latest weeks only to bring it up to
// date; all of it again about once a month. It is safe for concurrent use:
// however many callers ask for a user's routine, one reads the history and the
// others wait for it.
type Learner struct {
	config  Config
	lessons *otter.Cache[stretch, *Model]
	latest  *otter.Cache[person, *Model] // to go on from when a lesson is over
}

var _ summarizer.Routines = (*Learner)(nil)

// person is a user in the zone they live in; elsewhere they have other habits.
type person struct{ user, zone string }

// stretch is what one reading of history serves: a person's days of one week. It
// takes in the year before the first of them and two weeks after the last, and
// the judge picks what lies before the day it is asked about. So today and
// tomorrow mostly share one reading, and neither is judged by itself.
type stretch struct {
	person
	first summarizer.Date // the Monday
}

// NewLearner returns a Learner that has learnt nothing yet. It panics if
// c.Source is nil.
func NewLearner(c Config) *Learner {
	if c.Source == nil {
		panic("novelty: Config.Source is nil")
	}
	if c.TTL <= 0 {
		c.TTL = DefaultTTL
	}
	if c.MaxUsers <= 0 {
		c.MaxUsers = DefaultMaxUsers
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Failed == nil {
		c.Failed = func(string, error) {}
	}
	if len(c.Secret) == 0 {
		c.Secret = make([]byte, 32)
		rand.Read(c.Secret) // never fails
	}
	return &Learner{config: c, lessons: keep[stretch](c, c.TTL), latest: keep[person](c, max(kept, c.TTL))}
}

func keep[K comparable](c Config, ttl time.Duration) *otter.Cache[K, *Model] {
	return otter.Must(&otter.Options[K, *Model]{
		MaximumSize:      c.MaxUsers,
		ExpiryCalculator: otter.ExpiryWriting[K, *Model](ttl),
		Clock:            clock(c.Now),
	})
}

// Routine returns what was usual for the user before the day, as of at most the
// TTL ago. It blocks while history is read: a year of it at a user's first call,
// a few weeks later on. Its errors are the Source's, and are not remembered.
func (l *Learner) Routine(ctx context.Context, user string, day summarizer.Day) (summarizer.Routine, error) {
	sinceMonday := (int(day.Date.Weekday()) + 6) % 7
	key := stretch{person{user, day.Zone.String()}, day.Date.AddDays(-sinceMonday)}
	model, err := l.lessons.Get(ctx, key, otter.LoaderFunc[stretch, *Model](
		func(ctx context.Context, key stretch) (*Model, error) { return l.lesson(ctx, key, day.Zone) }))
	if err != nil {
		return nil, err
	}
	return model, nil
}

// lesson goes on from what was learnt before, if it can, and learns anew if not.
func (l *Learner) lesson(ctx context.Context, key stretch, zone *time.Location) (*Model, error) {
	until := key.first.AddDays(7 + ahead)
	if before := l.before(ctx, key); before != nil {
		from := earlier(before.until, key.first).AddDays(-relearnt)
		events, err := l.read(ctx, key.user, from, until, zone)
		if err != nil {
			return nil, err
		}
		model := before.Update(from, until, events)
		l.remember(ctx, key.person, model)
		return model, nil
	}
	from := key.first.AddDays(-remembered)
	events, err := l.read(ctx, key.user, from, until, zone)
	if err != nil {
		return nil, err
	}
	model := Learn(NewKey(l.config.Secret, key.user), zone, from, until, events)
	l.remember(ctx, key.person, model)
	return model, nil
}

func (l *Learner) read(ctx context.Context, user string, from, until summarizer.Date, zone *time.Location) ([]summarizer.Event, error) {
	events, err := l.config.Source.History(ctx, user, summarizer.Day{Date: from, Zone: zone}.Start(), summarizer.Day{Date: until, Zone: zone}.Start())
	if err != nil {
		return nil, fmt.Errorf("history from %s to %s: %w", from, until, err)
	}
	return events, nil
}

// before returns what was learnt last, in memory or in the Store, if the stretch
// can go on from there; nil if not.
func (l *Learner) before(ctx context.Context, key stretch) *Model {
	model, ok := l.latest.GetIfPresent(key.person)
	if !ok && l.config.Store != nil {
		model, ok = l.load(ctx, key.person)
	}
	if !ok || !model.leadsTo(key.first) {
		return nil
	}
	return model
}

// leadsTo reports whether the model knows the year before the week and reaches
// near it, and has been learnt as a whole not long ago.
func (m *Model) leadsTo(week summarizer.Date) bool {
	since := m.whole.DaysUntil(week.AddDays(7 + ahead))
	return !week.AddDays(-memory).Before(m.from) && -wholeFor <= since && since <= wholeFor
}

func (l *Learner) load(ctx context.Context, who person) (*Model, bool) {
	data, ok, err := l.config.Store.Load(ctx, who.user)
	if err != nil {
		l.config.Failed(who.user, fmt.Errorf("load routine of user %s: %w", who.user, err))
	}
	if err != nil || !ok {
		return nil, false
	}
	model, err := Decode(NewKey(l.config.Secret, who.user), data)
	if err != nil {
		l.config.Failed(who.user, fmt.Errorf("routine of user %s: %w", who.user, err))
		return nil, false
	}
	return model, model.zone.String() == who.zone
}

// remember keeps the model to go on from, unless one is kept that knows later
// days: somebody has looked at the past.
func (l *Learner) remember(ctx context.Context, who person, model *Model) {
	if kept, ok := l.latest.GetIfPresent(who); ok && model.until.Before(kept.until) {
		return
	}
	l.latest.Set(who, model)
	if l.config.Store == nil {
		return
	}
	if err := l.config.Store.Save(ctx, who.user, model.Encode()); err != nil {
		l.config.Failed(who.user, fmt.Errorf("save routine of user %s: %w", who.user, err))
	}
}

// clock is a clock for otter. Without ticks it starts no goroutine of its own:
// what has expired is never returned, and leaves memory as the cache is used.
type clock func() time.Time

func (c clock) NowNano() int64                    { return c().UnixNano() }
func (clock) Tick(time.Duration) <-chan time.Time { return nil }
