package google

import (
	"context"
	"time"

	"github.com/maypok86/otter/v2"
	"google.golang.org/api/calendar/v3"

	"foreday/summarizer"
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
	set, err := s.settings.Get(ctx, user, otter.LoaderFunc[string, summarizer.Settings](s.readSettings))
	return set, s.typed(op, user, err)
}

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
