package summarizer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"foreday/summarizer/loggable"
)

// Source reads a person's calendars. Implementations must be safe for
// concurrent use, honour ctx, and return errors that tell the kinds below apart.
type Source interface {
	// Settings returns what the user has set in their calendar.
	Settings(ctx context.Context, user string) (Settings, error)
	// Day returns the events that touch the day, from all of the user's
	// calendars that count.
	Day(ctx context.Context, user string, day Day, count Selection) (Listing, error)
	// History returns the events of those calendars that start in [from, to),
	// from which the user's routine is learnt. Cancelled and declined ones are
	// left out. With an error that is ErrCut the events are some of them.
	History(ctx context.Context, user string, from, to time.Time, count Selection) ([]Event, error)
}

// Settings are what a user has set in their calendar for all that they see there.
type Settings struct {
	Zone     *time.Location // nil if the calendar does not say, or none is known by its name
	Language string         // a BCP 47 tag, as the calendar writes it; "" if it does not say
	Clock12  bool           // times are shown by the 12-hour clock
}

// ErrAccess is wrapped by a Source's error when the user's calendar may not be
// read: access was never given, or was revoked. Trying again does not help.
var ErrAccess = errors.New("no access to the calendar")

// ErrTemporary is wrapped by a Source's error when the calendar, or what gives
// access to it, does not answer as it should. Trying again later may help.
var ErrTemporary = errors.New("the calendar cannot be read for now")

// Routine knows what is usual for one person. It must be safe for concurrent use.
type Routine interface {
	// Judge returns a verdict on each event, in the order given. It keeps
	// nothing of what it is given.
	Judge(day Day, events []Event) []Verdict
	// Usual returns what such days are like, and what is due on the day that the
	// events, which are all of it, do not hold. It keeps nothing of what it is given.
	Usual(day Day, events []Event) Usual
}

// Routines provides each user's Routine, learnt from the Source's history.
type Routines interface {
	// Routine returns what was usual for the user before the day, in the calendars
	// that count. It may be somewhat out of date, and may block while the history
	// is read.
	Routine(ctx context.Context, user string, day Day, count Selection) (Routine, error)
}

// Brief is all that a Writer is told. It holds nothing that may not leave the
// house: no description, no attendee, no link.
type Brief struct {
	Day     Day
	Novel   []Verdict // in order of time
	Routine []Verdict // the other events, in order of time
	Unread  int       // how many events there are besides that nobody looked at: they are too many
	Usual   Usual     // what such days are like
	// Language is the reader's, as a BCP 47 tag; "" is English.
	Language string
	// Clock12 has times told by the 12-hour clock where the language knows one.
	Clock12 bool
}

// Text is what a Writer wrote.
type Text struct {
	Headline string // one sentence, at most MaxHeadline characters
	Body     string // at most MaxText characters
	// Writer is who wrote it, if not the one who was asked; "" otherwise.
	Writer string
	// Reasons say why each of Brief.Told is news.
	Reasons []string
	// Language is the one it is written in, as a BCP 47 tag.
	Language string
}

// Writer turns a Brief into a few lines. Implementations must be safe for
// concurrent use and never return text that breaks the limits or says what the
// brief does not.
type Writer interface {
	// Name is what Summary.Writer says: "openai:MODEL", or PlainWriter.
	Name() string
	// Version changes whenever the same brief would be written up differently:
	// with the prompt, the model, the settings. It is part of the fingerprint.
	Version() string
	// Write writes up the brief. It may block until ctx is done.
	Write(ctx context.Context, b Brief) (Text, error)
}

// ErrCut is wrapped by the error of a Source whose history holds more events than are
// read: what is usual cannot be told from those.
var ErrCut = errors.New("the history holds too many events to be read")

type placeKey struct{}

// HoldingPlace returns the context of work that has one of a few places which others
// wait for: it should not be waited long in it for what may be long in coming, but
// returned a Deferred.
func HoldingPlace(ctx context.Context) context.Context {
	return context.WithValue(ctx, placeKey{}, true)
}

// HoldsPlace reports whether the context is one of HoldingPlace.
func HoldsPlace(ctx context.Context) bool { return ctx.Value(placeKey{}) != nil }

// Deferred is implemented by errors that say the work is sound but must wait: a
// quota is used up. Such errors are passed on, never papered over by the Fallback.
type Deferred interface {
	error
	// DeferredUntil is the time from which it is worth trying again.
	DeferredUntil() time.Time
}

// Summarizer makes summaries. Its fields must be set before use and not be
// changed after; then it is safe for concurrent use.
type Summarizer struct {
	Source   Source
	Routines Routines
	Writer   Writer
	Fallback Writer           // writes when Writer fails; must not fail itself
	Zone     *time.Location   // for users whose calendar names none
	Language string           // for users whose calendar names none, as a BCP 47 tag; "" is English
	Now      func() time.Time // the clock
	// Failed is told of each error of Writer that Fallback covered for; nil is allowed.
	Failed func(user string, err error)
}

// Draft is a day fetched and judged, ready to be written up.
type Draft struct {
	Brief     Brief
	FetchedAt time.Time // taken before the calendar was asked
	Listing   Listing
	Verdicts  []Verdict // of all events, routine ones included
}

// ZoneOf returns the zone in which the user lives their days.
func (s *Summarizer) ZoneOf(ctx context.Context, user string) (*time.Location, error) {
	set, err := s.Source.Settings(ctx, user)
	if err != nil {
		return nil, fmt.Errorf("time zone of user %s: %w", user, err)
	}
	return cmp.Or(set.Zone, s.Zone), nil
}

// Fetch reads the day from the calendar and judges it, as the user prefers. What is usual
// is asked for at the same time, unless the day is likely to be refused: where one who has
// very much waits for others. It is given up if the day cannot be read.
func (s *Summarizer) Fetch(ctx context.Context, user string, day Day, prefer Preferences) (Draft, error) {
	fetchedAt := s.Now()
	ctx, giveUp := context.WithCancel(ctx)
	defer giveUp()
	var listing Listing
	var reading errgroup.Group
	reading.Go(func() (err error) {
		defer loggable.Recovered(&err) // of a goroutine, it would end the process
		if listing, err = s.Source.Day(ctx, user, day, prefer.Selection); err != nil {
			giveUp()
		}
		return err
	})
	if source, ok := s.Source.(interface{ Large(user string) bool }); ok && source.Large(user) {
		_ = reading.Wait()
	}
	routine, err := s.Routines.Routine(ctx, user, day, prefer.Selection)
	if err := reading.Wait(); err != nil {
		return Draft{}, fmt.Errorf("events of user %s on %s: %w", user, day, err)
	}
	if err != nil {
		return Draft{}, fmt.Errorf("routine of user %s: %w", user, err)
	}
	verdicts := routine.Judge(day, listing.Events)
	prefer.apply(verdicts)
	set, err := s.Source.Settings(ctx, user)
	if err != nil {
		return Draft{}, fmt.Errorf("settings of user %s: %w", user, err)
	}
	brief := Brief{
		Day: day, Unread: listing.Unread,
		Usual:    routine.Usual(day, listing.Events),
		Language: cmp.Or(prefer.Language, set.Language, s.Language),
		Clock12:  prefer.clock12(set.Clock12),
	}
	if brief.Unread > 0 {
		brief.Usual.Missing = nil // it may be among them
	}
	for _, v := range verdicts {
		if v.Novel {
			brief.Novel = append(brief.Novel, v)
		} else {
			brief.Routine = append(brief.Routine, v)
		}
	}
	return Draft{Brief: brief, FetchedAt: fetchedAt, Listing: listing, Verdicts: verdicts}, nil
}

// Write writes the draft up. When the Writer fails, the Fallback stands in and
// the summary is marked degraded; only a Deferred and the end of ctx are errors.
// A day with too much to tell is the Fallback's, and not degraded.
func (s *Summarizer) Write(ctx context.Context, user string, d Draft) (Summary, error) {
	if d.Brief.Unread > 0 || len(d.Brief.Novel) > MaxEvents {
		// More than a model could tell in a few lines, and all of it would be paid for.
		return s.fallBack(ctx, user, d)
	}
	text, err := s.Writer.Write(ctx, d.Brief)
	if err == nil {
		return s.summary(user, d, text, s.Writer.Name()), nil
	}
	var deferred Deferred
	if ctx.Err() != nil || errors.As(err, &deferred) {
		return Summary{}, fmt.Errorf("write summary of user %s: %w", user, err)
	}
	if s.Failed != nil {
		s.Failed(user, err)
	}
	return s.Plain(ctx, user, d)
}

// Plain has the Fallback write the draft up. The summary is marked degraded.
func (s *Summarizer) Plain(ctx context.Context, user string, d Draft) (Summary, error) {
	sum, err := s.fallBack(ctx, user, d)
	sum.Degraded = err == nil
	return sum, err
}

func (s *Summarizer) fallBack(ctx context.Context, user string, d Draft) (Summary, error) {
	text, err := s.Fallback.Write(ctx, d.Brief)
	if err != nil {
		return Summary{}, fmt.Errorf("write plain summary of user %s: %w", user, err)
	}
	return s.summary(user, d, text, s.Fallback.Name()), nil
}

// summary is the summary of the draft whose text the writer wrote.
func (s *Summarizer) summary(user string, d Draft, text Text, writer string) Summary {
	day, told := d.Brief.Day, d.Brief.Told()
	sum := Summary{
		User: user, Date: day.Date, Timezone: day.Zone.String(),
		Language: text.Language, Headline: text.Headline, Text: text.Body,
		Events:      make([]SummaryEvent, 0, len(told)),
		TotalEvents: len(d.Brief.Novel) + len(d.Brief.Routine) + d.Brief.Unread, NovelEvents: len(d.Brief.Novel),
		Writer:    cmp.Or(text.Writer, writer),
		FetchedAt: d.FetchedAt.UTC(), GeneratedAt: s.Now().UTC(),
		Fingerprint: s.Fingerprint(d),
	}
	for i, v := range told {
		reason := ""
		if i < len(text.Reasons) {
			reason = text.Reasons[i]
		}
		sum.Events = append(sum.Events, summaryEvent(v, day.Zone, reason))
	}
	return sum
}

// Summarize fetches, judges and writes up one day, without any cache.
func (s *Summarizer) Summarize(ctx context.Context, user string, day Day, prefer Preferences) (Summary, error) {
	draft, err := s.Fetch(ctx, user, day, prefer)
	if err != nil {
		return Summary{}, err
	}
	return s.Write(ctx, user, draft)
}
