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
