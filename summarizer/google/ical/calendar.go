package ical

import (
	"fmt"
	"time"

	"google.golang.org/api/calendar/v3"
)

// Calendar is what a file holds.
type Calendar struct {
	// Name is the calendar's own name (X-WR-CALNAME), "" if it has none.
	Name string
	// Zone is the calendar's zone (X-WR-TIMEZONE), nil if it names none that
	// is known.
	Zone *time.Location
	// Events are resources as Google would list them with singleEvents=false:
	// single events, series, and changed or cancelled occurrences of series,
	// the latter with RecurringEventId and OriginalStartTime. Their order is
	// that of the file. The caller owns them.
	Events []*calendar.Event
	// Series are some of the series, by their IDs, with what a resource cannot say.
	Series map[string]Series
	// Skipped lists the events that could not be read.
	Skipped []Skipped
	// Notes say what else was not taken as it is written, in the order of the
	// file. MoreNotes counts those that are not kept.
	Notes     []Note
	MoreNotes int
}

// Series is what a resource cannot say of a series.
type Series struct {
	// Length is a DURATION with days: each occurrence ends by the clock.
	Length Length
	// Zone is whose clocks the series follows, if that is none of IANA's; else nil.
	// Its resource has its times in UTC then.
	Zone *time.Location
}

// Skipped is an event that could not be read.
type Skipped struct {
	Line   int    // where its BEGIN:VEVENT stands, counted from 1
	UID    string // "" if it has none
	Reason string // for a person to read; holds no title
}

// Options say how to read what a file leaves open. The zero value is useful.
type Options struct {
	// Zone is where times hang that name no zone in a calendar that names none
	// either; nil is UTC.
	Zone *time.Location
	// Owner is the e-mail address of the person whose calendar it is. Their
	// answer to an invitation is kept; other attendees are left out. "" takes
	// the calendar's name, if that is an address.
	Owner string
	// MaxBytes bounds the file; 0 is 64 MiB.
	MaxBytes int64
}

// Note says what of a file was not taken as it is written.
type Note struct {
	Line int    // of the file, from 1: where the event begins, or the property stands
	Text string // for a person to read; holds no title
}

// maxNotes bounds how many notes are kept; the rest is counted.
const maxNotes = 100

// note adds what there is to say of the file.
func (cal *Calendar) note(line int, format string, args ...any) {
	if len(cal.Notes) == maxNotes {
		cal.MoreNotes++
		return
	}
	cal.Notes = append(cal.Notes, Note{Line: line, Text: fmt.Sprintf(format, args...)})
}
