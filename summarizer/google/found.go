package google

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"google.golang.org/api/calendar/v3"

	"foreday/summarizer"
)

// found is an event of one calendar, whether or not it is to be listed.
type found struct {
	event    summarizer.Event
	uid      string // iCalUID: the same for copies of the event in other calendars
	declined bool
	in       calendarEntry
}

// understand turns an event of the API that takes place into ours, its times in zone.
func understand(item *calendar.Event, c calendarEntry, zone *time.Location) (found, error) {
	if item == nil {
		return found{}, errors.New("the list holds an event that is null")
	}
	e := summarizer.Event{
		ID:         item.Id,
		SeriesID:   item.RecurringEventId,
		CalendarID: c.id,
		Calendar:   c.name,
		Kind:       cmp.Or(item.EventType, "default"),
	}
	e.Title, e.Status = titleOf(item.Summary, item.Status)
	f := found{uid: item.ICalUID, declined: declined(item), in: c}
	var err error
	if e.Start, e.StartDate, err = when(item.Start, zone); err != nil {
		return found{}, fmt.Errorf("start of an event: %w", err)
	}
	if e.End, e.EndDate, err = when(item.End, zone); err != nil {
		return found{}, fmt.Errorf("end of an event: %w", err)
	}
	if item.OriginalStartTime != nil {
		if e.Original, e.OriginalDate, err = when(item.OriginalStartTime, zone); err != nil {
			return found{}, fmt.Errorf("original start of an event: %w", err)
		}
	}
	e.AllDay = !e.StartDate.IsZero()
	if e.AllDay == e.EndDate.IsZero() {
		return found{}, errors.New("an event has a date on one end and a time on the other")
	}
	f.event = withoutNegativeLength(e)
	return f, nil
}

func withoutNegativeLength(e summarizer.Event) summarizer.Event {
	switch {
	case e.AllDay && !e.StartDate.Before(e.EndDate):
		e.EndDate = e.StartDate.AddDays(1)
	case !e.AllDay && e.End.Before(e.Start):
		e.End = e.Start
	}
	return e
}

// when reads a time, which is either an instant or a date.
func when(t *calendar.EventDateTime, zone *time.Location) (time.Time, summarizer.Date, error) {
	switch {
	case t == nil:
		return time.Time{}, summarizer.Date{}, errors.New("it is missing")
	case t.DateTime != "":
		at, err := time.Parse(time.RFC3339, t.DateTime)
		if err != nil {
			return time.Time{}, summarizer.Date{}, errors.New("it is not RFC 3339")
		}
		return at.In(zone), summarizer.Date{}, nil
	}
	date, err := summarizer.ParseDate(t.Date)
	if err != nil {
		return time.Time{}, summarizer.Date{}, errors.New("it is neither a time nor a date")
	}
	return time.Time{}, date, nil
}

// declined reports whether the calendar's owner said no to the event.
func declined(item *calendar.Event) bool {
	return slices.ContainsFunc(item.Attendees, func(a *calendar.EventAttendee) bool {
		return a != nil && a.Self && a.ResponseStatus == "declined"
	})
}

// listed reports whether a person would say they have the event. Birthdays are
// of those in a calendar that is read because the user asked for it.
func (f found) listed() bool {
	return !f.declined && f.event.Kind != "workingLocation" && (f.event.Kind != "birthday" || !f.in.usual)
}

// merge returns the events to be listed, each once, in order of time. Of copies
// in several calendars the first counts. The primary calendar, which is first,
// decides for the others: what the user declined there, they do not have.
func merge(all []found) []summarizer.Event {
	type copyKey struct {
		uid   string
		start int64           // of what is not all-day
		date  summarizer.Date // of what is
	}
	var events []summarizer.Event
	taken := map[copyKey]string{} // the calendar whose copy counts
	for _, f := range all {
		key := copyKey{f.uid, f.event.Start.Unix(), f.event.StartDate}
		if by, copied := taken[key]; copied && f.uid != "" && by != f.event.CalendarID {
			continue
		}
		if f.listed() {
			events = append(events, f.event)
		}
		if f.listed() || f.in.primary {
			taken[key] = f.event.CalendarID
		}
	}
	slices.SortStableFunc(events, inOrder)
	return events
}

// inOrder puts all-day events first and events that run alike always in the
// same order, so that an unchanged day reads the same every time.
func inOrder(a, b summarizer.Event) int {
	return cmp.Or(
		trueFirst(a.AllDay, b.AllDay),
		a.StartDate.Compare(b.StartDate), a.EndDate.Compare(b.EndDate),
		a.Start.Compare(b.Start), a.End.Compare(b.End),
		cmp.Compare(a.Title, b.Title), cmp.Compare(a.CalendarID, b.CalendarID), cmp.Compare(a.ID, b.ID),
	)
}

// trueFirst compares what is true with what is not.
func trueFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
