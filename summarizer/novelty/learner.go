package novelty

import (
	"context"
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

// Config is what a Learner is made of. Source is required.
type Config struct {
	Source   summarizer.Source
	TTL      time.Duration    // how long a routine is used before it is learnt anew; DefaultTTL if zero
	MaxUsers int              // routines kept in memory at most; DefaultMaxUsers if zero
	Now      func() time.Time // the clock; time.Now if nil
}

// Learner learns each user's routine from a year of the Source's history and
// keeps it in memory, and nowhere else, for its TTL. It is safe for concurrent
// use: however many callers ask for a user's routine, one reads the history and
// the others wait for it.
type Learner struct {
	source   summarizer.Source
	routines *otter.Cache[stretch, *Reference]
}

var _ summarizer.Routines = (*Learner)(nil)

// stretch is what one reading of history serves: a user's days of one week in
// one zone. It takes in the year before the first of them and all up to the
// last, and the judge picks what lies before the day it is asked about. So
// today and tomorrow mostly share one reading, and neither is judged by itself.
type stretch struct {
	user  string
	zone  string
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
	return &Learner{
		source: c.Source,
		routines: otter.Must(&otter.Options[stretch, *Reference]{
			MaximumSize:      c.MaxUsers,
			ExpiryCalculator: otter.ExpiryWriting[stretch, *Reference](c.TTL),
			Clock:            clock(c.Now),
		}),
	}
}

// Routine returns what was usual for the user before the day, as of at most the
// TTL ago. The first call for a user blocks while a year of history is read; its
// errors are the Source's, and are not remembered.
func (l *Learner) Routine(ctx context.Context, user string, day summarizer.Day) (summarizer.Routine, error) {
	sinceMonday := (int(day.Date.Weekday()) + 6) % 7
	key := stretch{user, day.Zone.String(), day.Date.AddDays(-sinceMonday)}
	routine, err := l.routines.Get(ctx, key, otter.LoaderFunc[stretch, *Reference](
		func(ctx context.Context, key stretch) (*Reference, error) {
			return l.learn(ctx, key, day.Zone)
		}))
	if err != nil {
		return nil, err
	}
	return routine, nil
}

func (l *Learner) learn(ctx context.Context, key stretch, zone *time.Location) (*Reference, error) {
	from := summarizer.Day{Date: key.first.AddDays(-memory), Zone: zone}
	to := summarizer.Day{Date: key.first.AddDays(6), Zone: zone}
	history, err := l.source.History(ctx, key.user, from.Start(), to.Start())
	if err != nil {
		return nil, fmt.Errorf("history from %s to %s: %w", from.Date, to.Date, err)
	}
	return LearnReference(history, to), nil
}

// clock is a clock for otter. Without ticks it starts no goroutine of its own:
// what has expired is never returned, and leaves memory as the cache is used.
type clock func() time.Time

func (c clock) NowNano() int64                    { return c().UnixNano() }
func (clock) Tick(time.Duration) <-chan time.Time { return nil }
