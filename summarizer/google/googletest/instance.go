package googletest

import (
	"time"

	"foreday/summarizer/google/recur"

	"google.golang.org/api/calendar/v3"
)

// instance returns the record of the unchanged occurrence that the series r has
// at original.
func (r *record) instance(original time.Time) *record {
	e := *r.event
	e.Id = recur.InstanceID(r.event.Id, original, r.span.allDay)
	e.RecurringEventId = r.event.Id
	e.Recurrence = nil
	occurrence := r.span.at(original)
	e.Start = eventTime(occurrence.start, r.span.allDay, r.event.Start.TimeZone)
	e.End = eventTime(occurrence.end, r.span.allDay, r.event.End.TimeZone)
	e.OriginalStartTime = e.Start
	return &record{event: &e, span: occurrence, series: r.event.Id, original: original, change: r.change, updated: r.updated}
}

// has reports whether the series has an occurrence at original.
func (r *record) has(original time.Time) bool {
	return r.recurrence != nil && len(r.between(original, original.Add(time.Second))) > 0
}

// eventTime writes a time as a resource has it; that of an all-day event is at
// midnight UTC.
func eventTime(t time.Time, allDay bool, zone string) *calendar.EventDateTime {
	if allDay {
		return &calendar.EventDateTime{Date: t.UTC().Format(time.DateOnly)}
	}
	return &calendar.EventDateTime{DateTime: t.Format(time.RFC3339), TimeZone: zone}
}

// shownIn returns the record's resource with its times in zone, as responses
// give them. What a cancelled occurrence was about is not told.
func (r *record) shownIn(zone *time.Location) *calendar.Event {
	if r.cancelled() && r.series != "" {
		return r.stub(zone)
	}
	e := *r.event
	if !r.span.allDay {
		e.Start = eventTime(r.span.start.In(zone), false, r.event.Start.TimeZone)
		e.End = eventTime(r.span.end.In(zone), false, r.event.End.TimeZone)
	}
	if original := e.OriginalStartTime; original != nil && original.Date == "" {
		e.OriginalStartTime = eventTime(r.original.In(zone), false, original.TimeZone)
	}
	return &e
}

// stub is what is left of a deleted event: enough to delete it elsewhere.
func (r *record) stub(zone *time.Location) *calendar.Event {
	e := &calendar.Event{Kind: r.event.Kind, Etag: r.event.Etag, Id: r.event.Id, Status: "cancelled"}
	if original := r.event.OriginalStartTime; original != nil {
		e.RecurringEventId, e.OriginalStartTime = r.series, original
		if original.Date == "" {
			e.OriginalStartTime = eventTime(r.original.In(zone), false, original.TimeZone)
		}
	}
	return e
}
