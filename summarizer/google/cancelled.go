package google

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"

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

// series is what a cancelled occurrence shares with its series. Nil stands for one
// that was deleted, or that cannot be made sense of.
type series struct {
	title      string
	uid        string
	kind       string
	declined   bool
	allDay     bool
	days       int           // how long it lasts, if it is all-day
	length     time.Duration // how long it lasts, if not
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
	item, err := s.api.Events.Get(key.calendar, key.series).MaxAttendees(1).Fields(seriesFields).Context(asUser(ctx, key.user)).Do()
	if err == nil && item == nil {
		err = errEmptyAnswer
	}
	var answer *googleapi.Error
	switch {
	case errors.As(err, &answer) && (answer.Code == http.StatusNotFound || answer.Code == http.StatusGone):
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
	zone := time.UTC
	if item.Start.TimeZone != "" {
		var err error
		if zone, err = recur.LoadZone(item.Start.TimeZone); err != nil {
			return nil
		}
	}
	start, startDate, err := when(item.Start, zone)
	end, endDate, err2 := when(item.End, zone)
	of := &series{
		title: item.Summary, uid: item.ICalUID, kind: cmp.Or(item.EventType, "default"), declined: declined(item),
		allDay: !startDate.IsZero(), days: startDate.DaysUntil(endDate), length: end.Sub(start),
	}
	if of.allDay {
		start = midnightUTC(startDate)
	}
	var err3 error
	of.recurrence, err3 = recur.Parse(item.Recurrence, start, of.allDay)
	if errors.Join(err, err2, err3) != nil || of.allDay == endDate.IsZero() {
		return nil
	}
	return of
}

// occurrence returns the cancelled occurrence where its series had put it, and
// false if the series has none there any more, or nobody can say what it was.
func (of *series) occurrence(item *calendar.Event, c calendarEntry, zone *time.Location) (found, bool) {
	original, date, err := when(item.OriginalStartTime, zone)
	title := cmp.Or(item.Summary, of.title)
	if err != nil || title == "" || of.allDay == date.IsZero() || !of.has(original, date) {
		return found{}, false
	}
	title, _ = titleOf(title, item.Status)
	e := summarizer.Event{
		ID: item.Id, SeriesID: item.RecurringEventId, CalendarID: c.id, Calendar: c.name, Title: title,
		Original: original, OriginalDate: date, Start: original, StartDate: date, AllDay: of.allDay,
		Status: summarizer.Cancelled, Kind: of.kind,
	}
	if e.AllDay {
		e.EndDate = date.AddDays(of.days)
	} else {
		e.End = original.Add(of.length)
	}
	return found{event: withoutNegativeLength(e), uid: of.uid, declined: of.declined, primary: c.primary, asked: !c.usual}, true
}

// has reports whether the series has an occurrence there.
func (of *series) has(at time.Time, date summarizer.Date) bool {
	if of.allDay {
		at = midnightUTC(date)
	}
	return len(of.recurrence.Between(at, at.Add(time.Second))) > 0
}

func midnightUTC(d summarizer.Date) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}
