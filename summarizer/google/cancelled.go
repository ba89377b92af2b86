package google

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"google.golang.org/api/calendar/v3"

	"foreday/summarizer"
	"foreday/summarizer/google/recur"
)

const (
	// maxCancelled bounds the cancelled occurrences of one calendar that are
	// looked into: each may take a request.
	maxCancelled = 25
	// seriesTTL is how long a series is kept, unless its ETag changes before.
	seriesTTL = time.Hour
	// seriesFields is the part of a series that is asked for.
	seriesFields = "status,summary,start(date,dateTime,timeZone),end(date,dateTime),recurrence,iCalUID,eventType," +
		"attendees(self,responseStatus)"
)

// Of an occurrence that was cancelled, Google guarantees no more than its ID, its
// series and when the series had put it. The same, or less, is left of whatever
// is no occurrence any more: because its series was deleted, ends before it, or
// goes by another rule by now. So the series itself is looked at.

// seriesState names a series as it stood: Google gives an occurrence that was
// cancelled a new ETag whenever its series changes.
type seriesState struct{ user, calendar, series, etag string }

// series is the resource of a series, and when it takes place. Nil stands for one that
// was deleted, or that cannot be made sense of.
type series struct {
	item       *calendar.Event
	first      summarizer.Event // as if it were a single event
	recurrence *recur.Set
}

// cancelledOf returns those of the cancelled items that are occurrences of a
// series that goes on, and that are wanted.
func (s *Source) cancelledOf(ctx context.Context, user string, c calendarEntry, items []*calendar.Event, w window) ([]found, error) {
	var all []found
	for _, item := range items[:min(len(items), maxCancelled)] {
		of, err := s.series.Load(ctx, seriesState{user, c.id, item.RecurringEventId, item.Etag}, s.readSeries)
		if err != nil {
			return nil, s.typed("events.get", user, err)
		}
		if of == nil {
			continue
		}
		if f, ok := of.occurrence(item, c, w.zone); ok && w.want(f.event) {
			all = append(all, f)
		}
	}
	return all, nil
}

// isOccurrence reports whether a cancelled event was one of a series.
func isOccurrence(item *calendar.Event) bool {
	return item.RecurringEventId != "" && item.OriginalStartTime != nil
}

func (s *Source) readSeries(ctx context.Context, key seriesState) (*series, error) {
	item, err := answer(s.api.Events.Get(key.calendar, key.series).MaxAttendees(1).Fields(seriesFields).Context(asUser(ctx, key.user)).Do)
	switch {
	case isGone(err, http.StatusNotFound, http.StatusGone):
		return nil, nil
	case err != nil:
		return nil, newError("events.get", key.user, key.calendar, err, s.now())
	}
	return seriesOf(item), nil
}

func seriesOf(item *calendar.Event) *series {
	if item.Status == string(summarizer.Cancelled) || item.Start == nil {
		return nil
	}
	zone, err := recur.LoadZone(cmp.Or(item.Start.TimeZone, "UTC"))
	if err != nil {
		return nil
	}
	first, err := understand(item, calendarEntry{}, zone)
	if err != nil {
		return nil
	}
	set, err := recur.Parse(item.Recurrence, startOf(first.event.Start, first.event.StartDate), first.event.AllDay)
	if err != nil {
		return nil
	}
	return &series{item, first.event, set}
}

// occurrence returns the cancelled occurrence where its series had put it, and
// false if the series has none there any more, or nobody can say what it was.
func (of *series) occurrence(item *calendar.Event, c calendarEntry, zone *time.Location) (found, bool) {
	original, date, err := when(item.OriginalStartTime, zone)
	if err != nil || of.first.AllDay == date.IsZero() || !of.recurrence.Has(startOf(original, date)) {
		return found{}, false
	}
	// What is left of an occurrence says no more; the series has the rest.
	whole := *of.item
	whole.Id, whole.RecurringEventId, whole.Status = item.Id, item.RecurringEventId, item.Status
	whole.Summary = cmp.Or(item.Summary, of.item.Summary)
	f, err := understand(&whole, c, zone)
	f.event.Original, f.event.OriginalDate, f.event.Start, f.event.StartDate = original, date, original, date
	if of.first.AllDay {
		f.event.EndDate = date.AddDays(of.first.StartDate.DaysUntil(of.first.EndDate))
	} else {
		f.event.End = original.Add(of.first.End.Sub(of.first.Start))
	}
	return f, err == nil && whole.Summary != ""
}

// startOf is the start of an occurrence as package recur has it.
func startOf(at time.Time, date summarizer.Date) time.Time {
	if date.IsZero() {
		return at
	}
	return time.Date(date.Year, date.Month, date.Day, 0, 0, 0, 0, time.UTC)
}
