package googletest

import (
	"strings"
	"time"

	"google.golang.org/api/calendar/v3"
)

// Layouts of the times in the IDs of occurrences, which are the series' ID, an
// underscore and where the series puts them.
const (
	instanceLayout     = "20060102T150405Z"
	instanceDateLayout = "20060102"
)

// instanceID returns the ID of the occurrence that a series puts at original.
func instanceID(series string, original time.Time, allDay bool) string {
	if allDay {
		return series + "_" + original.UTC().Format(instanceDateLayout)
	}
	return series + "_" + original.UTC().Format(instanceLayout)
}

// splitInstanceID takes the ID of an occurrence apart.
func splitInstanceID(id string) (series string, original time.Time, ok bool) {
	i := strings.LastIndexByte(id, '_')
	if i < 0 {
		return "", time.Time{}, false
	}
	for _, layout := range [...]string{instanceLayout, instanceDateLayout} {
		if t, err := time.Parse(layout, id[i+1:]); err == nil {
			return id[:i], t, true
		}
	}
	return "", time.Time{}, false
}

// instance returns the record of the unchanged occurrence that the series r has
// at original.
func (r *record) instance(original time.Time) *record {
	e := *r.event
	e.Id = instanceID(r.event.Id, original, r.span.allDay)
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
		if r.series != "" {
			e.OriginalStartTime = eventTime(r.original.In(zone), false, r.event.OriginalStartTime.TimeZone)
		}
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
