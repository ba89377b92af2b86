package events

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"foreday/summarizer"
)

// The fields of a message on the stream.
const (
	fieldType     = "type"
	fieldUser     = "user"
	fieldCalendar = "calendar"
	fieldEvent    = "event"
	fieldStart    = "start"
	fieldEnd      = "end"
	fieldWasStart = "was_start"
	fieldWasEnd   = "was_end"

	fieldTraceparent = "traceparent"
)

// Fields returns the names of the fields that are read.
func Fields() []string {
	return []string{
		fieldType, fieldUser, fieldCalendar, fieldEvent, fieldStart, fieldEnd, fieldWasStart, fieldWasEnd, fieldTraceparent,
	}
}

// Limits on what a message may hold.
const (
	maxID = 1024 // bytes, of a calendar or an event
	// Offsets from UTC, in seconds, that some place on Earth has.
	minOffset = -12 * 60 * 60
	maxOffset = +14 * 60 * 60
)

// The first and the last year that a message may name.
const (
	minYear = 1900
	maxYear = 2200
)

// Validate returns nil if the message can be acted on, or else a *FieldError
// for the first field that is wrong. It accepts exactly what Parse returns.
func (m Message) Validate() error {
	if problem := m.problem(); problem != nil {
		return problem
	}
	return nil
}

// problem returns a *FieldError, typed, so that no caller mistakes a nil one
// for an error.
func (m Message) problem() *FieldError {
	switch m.Type {
	case EventCreated, EventUpdated, EventDeleted, CalendarChanged:
	default:
		return wrong(fieldType, string(m.Type), "is none of event.created, event.updated, event.deleted and calendar.changed")
	}
	if problem := summarizer.UserProblem(m.User); problem != "" {
		return wrong(fieldUser, m.User, problem)
	}
	if e := checkID(fieldCalendar, m.Calendar); e != nil {
		return e
	}
	if e := checkID(fieldEvent, m.Event); e != nil {
		return e
	}
	if m.Type != CalendarChanged {
		if m.Event == "" {
			return wrong(fieldEvent, "", "is missing; send the calendar's ID of the event")
		}
		const needed = "is missing; send when the event starts and when it ends, to say which days it touches"
		if m.Span.Start.IsZero() {
			return wrong(fieldStart, "", needed)
		}
		if m.Span.End.IsZero() {
			return wrong(fieldEnd, "", needed)
		}
	}
	if e := m.Span.problem(fieldStart, fieldEnd); e != nil {
		return e
	}
	if m.Type != EventUpdated && !m.Was.IsZero() {
		return wrong(fieldWasStart, m.Was.format(m.Was.Start), "goes with event.updated only; leave it and was_end out")
	}
	return m.Was.problem(fieldWasStart, fieldWasEnd)
}

func wrong(field, value, problem string) *FieldError {
	return &FieldError{Field: field, Value: value, Problem: problem}
}

func checkID(field, id string) *FieldError {
	switch {
	case len(id) > maxID:
		return wrong(field, id, fmt.Sprintf("is %d bytes long; send at most %d", len(id), maxID))
	case !utf8.ValidString(id):
		return wrong(field, id, "is not UTF-8; send it as UTF-8")
	case strings.ContainsFunc(id, unicode.IsControl):
		return wrong(field, id, "holds a control character; send the ID as the calendar gave it")
	}
	return nil
}

// problem says what is wrong with a span, whose ends go by the given names. A
// span that is left out altogether is sound.
func (s Span) problem(startField, endField string) *FieldError {
	if s.IsZero() {
		return nil
	}
	switch {
	case s.Start.IsZero():
		return wrong(startField, "", "is missing, though "+endField+" is there; send both or neither")
	case s.End.IsZero():
		return wrong(endField, "", "is missing, though "+startField+" is there; send both or neither")
	case !saneYear(s.Start):
		return wrong(startField, s.format(s.Start), yearProblem)
	case !saneYear(s.End):
		return wrong(endField, s.format(s.End), yearProblem)
	case s.AllDay && !midnight(s.End).After(midnight(s.Start)):
		return wrong(endField, s.format(s.End), fmt.Sprintf("is not after %s %s; the end of all-day events is exclusive, so send the day "+
			"after the last", startField, s.format(s.Start)))
	case !s.AllDay && s.End.Before(s.Start):
		return wrong(endField, s.format(s.End), fmt.Sprintf("is before %s %s; send an end that is not", startField, s.format(s.Start)))
	}
	return nil
}

var yearProblem = fmt.Sprintf("is not in the years %d to %d; send the year meant", minYear, maxYear)

func saneYear(t time.Time) bool { return t.Year() >= minYear && t.Year() <= maxYear }
