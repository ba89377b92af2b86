package novelty

import (
	"context"
	"errors"
	"fmt"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/bulk"
	"foreday/summarizer/memo"
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
	// kept is how long a routine that is not used is kept, in memory and in the
	// Store; at least.
	kept = 14 * 24 * time.Hour
	// maxKept is how many bytes the routines kept in memory may take, about: those of a
	// few hundred users. The others are kept by the Store.
	maxKept = 64 << 20
)

// Config is what a Learner is made of. Source is required.
type Config struct {
	Source summarizer.Source
	// Store keeps routines beyond the process, for all who share it; without one
	// they are in memory only.
	Store    Store
	TTL      time.Duration    // how long a routine is used before it is brought up to date; DefaultTTL if zero
	MaxUsers int              // routines kept in memory at most, but for maxKept; DefaultMaxUsers if zero
	Now      func() time.Time // the clock; time.Now if nil
	// Failed is told of each error of the Store, which costs time and no more;
	// nil is allowed. It must be safe for concurrent use.
	Failed func(user string, err error)
}

// Store keeps one encoded routine for each user. It must be safe for concurrent
// use, honour ctx, and give up soon: verdicts wait for it.
type Store interface {
	// Secret returns what the users' keys are made from. It is the same for all
	// who share the Store, for as long as what they saved can be loaded.
	Secret(ctx context.Context) ([]byte, error)
	// Load returns what was saved last, and false if there is nothing.
	Load(ctx context.Context, user string) (routine []byte, ok bool, err error)
	// Save keeps the routine, of up to a megabyte or so, in place of any other,
	// for the time given.
	Save(ctx context.Context, user string, routine []byte, keep time.Duration) error
}

// Learner learns each user's routine from a year of the Source's history. It
// keeps it for its TTL and then reads the latest weeks only to bring it up to
// date; all of it again about once a month. It is safe for concurrent use:
// however many callers ask for a user's routine, one reads the history and the
// others wait for it. Learners that share a Store share what each has learnt, and
// how old it is.
type Learner struct {
	config    Config
	secrets   *secrets
	snapshots *memo.Cache[stretch, *Model]
	latest    *memo.Cache[person, *Model] // to go on from when a snapshot is over
}

var _ summarizer.Routines = (*Learner)(nil)

// person is a user in the zone they live in, and by the calendars that count:
// elsewhere, and by others, they have other patterns.
type person struct{ user, zone, calendars string }

// stretch is what one reading of history serves: a person's days of one week. It
// takes in the year before the first of them and two weeks after the last, and
// the judge picks what lies before the day it is asked about. So today and
// tomorrow mostly share one reading, and neither is judged by itself.
type stretch struct {
	person
	first summarizer.Date // the Monday
}

// until is the day up to which a stretch takes in what is planned.
func (s stretch) until() summarizer.Date { return s.first.AddDays(7 + ahead) }

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
	l := &Learner{config: c, secrets: newSecrets(c.Store)}
	l.snapshots = keep[stretch](c, func(l *Model) time.Duration { return c.TTL - l.age(c.Now()) })
	l.latest = keep[person](c, func(*Model) time.Duration { return c.keptFor() })
	return l
}

func keep[K comparable](c Config, usable func(*Model) time.Duration) *memo.Cache[K, *Model] {
	return memo.New[K](memo.Config[*Model]{
		Weight: maxKept,
		Weigh:  func(s *Model) uint32 { return uint32(max(s.size(), maxKept/c.MaxUsers)) },
		TTL:    usable,
		Now:    c.Now,
	})
}

// keptFor is how long a routine that is not used is kept.
func (c Config) keptFor() time.Duration { return max(kept, 2*c.TTL) }

// Routine returns what was usual for the user before the day, as of at most the
// TTL ago. It blocks while history is read: a year of it at a user's first call,
// a few weeks later on. Its errors are the Source's, and are not remembered.
func (l *Learner) Routine(ctx context.Context, user string, day summarizer.Day, count summarizer.Selection) (summarizer.Routine, error) {
	sinceMonday := (int(day.Date.Weekday()) + 6) % 7
	key := stretch{person{user, day.Zone.String(), count.Key()}, day.Date.AddDays(-sinceMonday)}
	model, err := l.snapshots.Load(ctx, key,
		func(ctx context.Context, key stretch) (*Model, error) { return l.learn(ctx, key, day.Zone, count) })
	if err != nil {
		return nil, err
	}
	return model, nil
}

// learn takes what was learnt before, by whomever, if that will do; goes on from
// it, if it can; and learns anew if not.
func (l *Learner) learn(ctx context.Context, key stretch, zone *time.Location, count summarizer.Selection) (*Model, error) {
	ctx, leave := bulk.Within(ctx)
	defer leave() // nothing of the history is in memory then
	own, shared, last := l.recall(ctx, key.person)
	asOf := l.config.Now()
	if last != nil && last.serves(key) && last.age(asOf) < l.config.TTL {
		l.latest.Set(key.person, last)
		return last, nil
	}
	from, until := key.first.AddDays(-remembered), key.until()
	goesOn := last != nil && last.leadsTo(key.first)
	if goesOn {
		until = later(until, last.until)
		from = earlier(last.until, key.first).AddDays(-relearnt)
	}
	events, err := l.config.Source.History(ctx, key.user,
		summarizer.Day{Date: from, Zone: zone}.Start(), summarizer.Day{Date: until, Zone: zone}.Start(), count)
	cut := errors.Is(err, summarizer.ErrCut)
	if err != nil && !cut {
		return nil, fmt.Errorf("history from %s to %s: %w", from, until, err)
	}
	var next *Model
	if goesOn {
		next = last.Update(from, until, events)
	} else {
		next = Learn(own, zone, from, until, events)
	}
	next.asOf, next.calendars, next.cut = asOf, hashOfCalendars(own, key.calendars), next.cut || cut
	if last == nil || !next.until.Before(last.until) { // otherwise somebody has looked at the past
		l.remember(ctx, key.person, next, shared)
	}
	return next, nil
}

// recall returns the user's key, whether all who share the Store have the same,
// and what was learnt last under it, in memory or in the Store; nil if nothing was.
func (l *Learner) recall(ctx context.Context, who person) (own Key, shared bool, last *Model) {
	var others *Model
	for again := range 2 {
		var err error
		if own, shared = l.secrets.key(ctx, who.user, l.config.Failed); shared {
			others, err = l.load(ctx, who, own)
		}
		if again > 0 || !errors.Is(err, ErrUnusable) {
			break
		}
		l.secrets.doubt() // the Store may have lost it, and been given another
	}
	mine, ok := l.latest.Get(who)
	if !ok || mine.key != own {
		return own, shared, others
	}
	if others != nil && others.supersedes(mine) {
		return own, shared, others
	}
	return own, shared, mine
}

// load returns what the Store keeps, nil if that is nothing of use. Its error has
// been told.
func (l *Learner) load(ctx context.Context, who person, own Key) (*Model, error) {
	data, ok, err := l.config.Store.Load(ctx, who.user)
	var loaded *Model
	if err == nil && ok {
		loaded, err = Decode(own, data)
	}
	switch {
	case err != nil:
		l.config.Failed(who.user, fmt.Errorf("load routine of user %s: %w", who.user, err))
	case !ok || loaded.zone.String() != who.zone || loaded.calendars != hashOfCalendars(own, who.calendars):
		return nil, nil // about somebody who lives elsewhere, or by other calendars
	case loaded.asOf.After(l.config.Now()):
		loaded.asOf = l.config.Now() // by a clock that is ahead
	}
	return loaded, err
}

func (l *Learner) remember(ctx context.Context, who person, next *Model, shared bool) {
	l.latest.Set(who, next)
	if !shared {
		return
	}
	if err := l.config.Store.Save(ctx, who.user, next.Encode(), l.config.keptFor()); err != nil {
		l.config.Failed(who.user, fmt.Errorf("save routine of user %s: %w", who.user, err))
	}
}

func hashOfCalendars(key Key, calendars string) mark {
	return newHasher(key).hash("calendars", calendars)
}
