package google

import (
	"context"
	"errors"
	"time"

	"google.golang.org/api/calendar/v3"

	"foreday/summarizer"
	"foreday/summarizer/memo"
)

// mostSettings is as many as Google puts on a page; there are about twenty.
const mostSettings = 250

// Settings returns what the user has set in Calendar. Without a zone there, it is
// that of their primary calendar.
func (s *Source) Settings(ctx context.Context, user string) (summarizer.Settings, error) {
	const op = "settings.list"
	if err := s.notice(ctx, op, user); err != nil {
		return summarizer.Settings{}, err
	}
	set, err := known(ctx, s.settings, user, s.readSettings)
	return set, s.typed(op, user, err)
}

const (
	// maxJoined is how long whoever holds a place that others wait for waits for what
	// somebody else has asked for, and joinAgain how much later they may come again.
	maxJoined = 400 * time.Millisecond
	joinAgain = 4 * time.Second
)

// known returns what is kept about the user, or loads it, or waits for whoever does.
func known[V any](ctx context.Context, kept *memo.Cache[string, V], user string, load func(context.Context, string) (V, error)) (V, error) {
	joined, leave := context.WithCancelCause(ctx)
	defer leave(nil)
	timer := time.AfterFunc(maxJoined, func() {
		if summarizer.HoldsPlace(ctx) {
			leave(askedElsewhere{time.Now().Add(joinAgain)})
		}
	})
	defer timer.Stop()
	v, err := kept.Load(joined, user, func(_ context.Context, user string) (V, error) {
		timer.Stop() // it is we who ask
		return load(ctx, user)
	})
	var elsewhere askedElsewhere
	if err != nil && errors.As(context.Cause(joined), &elsewhere) {
		err = &Error{Op: "wait", User: user, Kind: Temporary, RetryAfter: joinAgain, Err: elsewhere}
	}
	return v, err
}

// askedElsewhere says that another has asked, and waits for the answer. It is a
// summarizer.Deferred.
type askedElsewhere struct{ until time.Time }

func (a askedElsewhere) Error() string {
	return "the calendar takes long to answer, and is waited for by others"
}
func (a askedElsewhere) DeferredUntil() time.Time { return a.until }

func (s *Source) readSettings(ctx context.Context, user string) (summarizer.Settings, error) {
	const op = "settings.list"
	list, err := s.api.Settings.List().MaxResults(mostSettings).Fields("items(id,value)").Context(asUser(ctx, user)).Do()
	switch {
	case isNotFound(err):
		zone, err := s.calendarZone(ctx, user)
		return summarizer.Settings{Zone: zone}, err
	case err != nil:
		return summarizer.Settings{}, newError(op, user, "", err, s.now())
	case list == nil:
		return summarizer.Settings{}, newError(op, user, "", errEmptyAnswer, s.now())
	}
	set, named := understandSettings(list)
	if !named {
		set.Zone, err = s.calendarZone(ctx, user)
	}
	return set, err
}

// understandSettings also reports whether a zone is named, known or not.
func understandSettings(list *calendar.Settings) (set summarizer.Settings, named bool) {
	for _, item := range list.Items {
		if item == nil {
			continue
		}
		switch item.Id {
		case "timezone":
			set.Zone, named = zoneNamed(item.Value), true
		case "locale":
			set.Language = languageNamed(item.Value)
		case "format24HourTime":
			set.Clock12 = item.Value == "false"
		}
	}
	return set, named
}

// languageNamed returns the tag that Google gives, or "" if it is none.
func languageNamed(tag string) string {
	if (summarizer.Preferences{Language: tag}).Validate() != nil {
		return ""
	}
	return tag
}

// calendarZone returns the zone of the user's primary calendar, for accounts without
// settings; nil if there is no such calendar in their list either.
func (s *Source) calendarZone(ctx context.Context, user string) (*time.Location, error) {
	const op = "calendarList.get"
	entry, err := s.api.CalendarList.Get(summarizer.PrimaryCalendar).Fields("timeZone").Context(asUser(ctx, user)).Do()
	switch {
	case isNotFound(err):
		return nil, nil
	case err != nil:
		return nil, newError(op, user, "", err, s.now())
	case entry == nil:
		return nil, newError(op, user, "", errEmptyAnswer, s.now())
	}
	return zoneNamed(entry.TimeZone), nil
}

// zoneNamed returns the zone, or nil if this system knows none of that name: the
// caller's default is better than no summary.
func zoneNamed(name string) *time.Location {
	if name == "" || name == "Local" { // names only to package time
		return nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return zone
}
