package events

import (
	"slices"
	"time"

	"foreday/summarizer"
)

// The stream and the group that apps and workers meet on unless told otherwise.
const (
	DefaultStream     = "foreday:events"
	DefaultDeadStream = "foreday:dead"
	DefaultGroup      = "foreday"
)

// PrimaryCalendar is the calendar meant when a message names none.
const PrimaryCalendar = "primary"

// Type says what happened.
type Type string

// What can happen. CalendarChanged says that anything in the calendar may have.
const (
	EventCreated    Type = "event.created"
	EventUpdated    Type = "event.updated"
	EventDeleted    Type = "event.deleted"
	CalendarChanged Type = "calendar.changed"
)

// FieldError says which field of a message is wrong, and what to do about it.
type FieldError = summarizer.FieldError

// Message says that something changed in a user's calendar. It holds nothing
// personal beyond IDs: no title, no description, no attendee.
type Message struct {
	Type Type
	// User is an opaque ID of 1 to 128 bytes, without whitespace, control
	// characters and braces.
	User string
	// Calendar is the calendar's ID, PrimaryCalendar if empty.
	Calendar string
	// Event is the calendar's ID of the event. CalendarChanged needs none.
	Event string
	// Span is when the event takes place, or took place if it was deleted.
	// CalendarChanged needs none.
	Span Span
	// Was is when an updated event took place before. Left zero, it might have
	// been on any day. Only EventUpdated may have it.
	Was Span
	// Traceparent is the W3C Trace Context in which the change was made: the traces of
	// the refreshes that answer the message are linked to it. One that makes no sense is
	// left out. A [Publisher] fills it in from its context.
	Traceparent string
}

// Span is a stretch of time: two instants, or whole days in no time zone. The
// end is exclusive.
type Span struct {
	// AllDay says that Start and End are dates: midnights in UTC, of which only
	// year, month and day mean anything.
	AllDay     bool
	Start, End time.Time
}

// Between returns the span from one instant to another.
func Between(start, end time.Time) Span { return Span{Start: start, End: end} }

// Days returns the span of whole days from the date of first until before the
// date of end, each as seen in its own location.
func Days(first, end time.Time) Span {
	return Span{AllDay: true, Start: midnight(first), End: midnight(end)}
}

// IsZero reports whether s is no span at all.
func (s Span) IsZero() bool { return s == Span{} }

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// Values returns the message's fields, each name followed by its value, in the
// form that XADD takes. Fields that are not set are left out.
func (m Message) Values() []string {
	values := make([]string, 0, 16)
	add := func(field, value string) {
		if value != "" {
			values = append(values, field, value)
		}
	}
	add(fieldType, string(m.Type))
	add(fieldUser, m.User)
	add(fieldCalendar, m.Calendar)
	add(fieldEvent, m.Event)
	add(fieldStart, m.Span.format(m.Span.Start))
	add(fieldEnd, m.Span.format(m.Span.End))
	add(fieldWasStart, m.Was.format(m.Was.Start))
	add(fieldWasEnd, m.Was.format(m.Was.End))
	add(fieldTraceparent, soundTraceparent(m.Traceparent))
	return values
}

// fields returns the message's fields by name.
func (m Message) fields() map[string]string {
	fields := make(map[string]string)
	for values := range slices.Chunk(m.Values(), 2) {
		fields[values[0]] = values[1]
	}
	return fields
}

// format writes an end of the span as it goes on the stream.
func (s Span) format(t time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case s.AllDay:
		return t.Format(time.DateOnly)
	}
	// Zones of long ago were off by odd seconds, which RFC 3339 cannot say.
	if _, offset := t.Zone(); offset%60 != 0 || offset < minOffset || offset > maxOffset {
		t = t.UTC()
	}
	return t.Format(time.RFC3339Nano)
}
