package facts

import (
	"time"

	"foreday/summarizer"
)

// Day is all that may be said of a day. It is not to be changed.
type Day struct {
	summarizer.Brief
	Events  []Event // the brief's novel ones that are told, in order of time
	Routine []Event // the brief's routine ones that take place, in order of time
	Facts   []Fact  // those about an event in the order of events, then those about the day
}

// Event is an event of the day.
type Event struct {
	summarizer.Verdict
	Span         // how it lies to the day
	ID    string // "e1", "e2"; "" for routine ones
	Title string // the title as it may be shown: of one line, cleaned, MaxTitle characters at most; may be ""
}

// MaxTitle is how much of a title is told at most, in characters.
const MaxTitle = 100

// Fact is one thing that is true of the day, beside what events there are and when.
type Fact struct {
	ID    string // "f1", "f2"
	Kind  Kind
	Event int // the index in Day.Events of what it is about; None if it is about the day
	Other int // the index, as Day.At has it, of the event that it lies to; None if there is none
	// From and To are what two events share of the day, with Overlaps and Inside.
	// With BeginsEarlier From is when the day begins, with EndsLater To when it ends.
	From, To time.Time
	Usual    int             // a minute of the day with BeginsEarlier and EndsLater, a number of events with Busier and Free
	Now      int             // how many events there are, with Busier
	Slot     summarizer.Slot // with Missing
}

// None is no index.
const None = -1

// Kind is a kind of fact.
type Kind string

// The kinds of facts.
const (
	Reason        Kind = "reason"         // why the event is novel: its Verdict.Why
	Cancelled     Kind = "cancelled"      // it does not take place
	Tentative     Kind = "tentative"      // it may not take place
	Overlaps      Kind = "overlaps"       // two take place at the same time, in part
	Inside        Kind = "inside"         // the event takes place within the longer other
	Follows       Kind = "follows"        // the event begins when the other ends, or within five minutes
	StillOn       Kind = "still_on"       // it began on an earlier day
	BeginsEarlier Kind = "begins_earlier" // the day's first timed event, compared with what is usual
	EndsLater     Kind = "ends_later"     // the day's last timed event, compared with what is usual
	Missing       Kind = "missing"        // a routine that is due and not there
	Busier        Kind = "busier"         // many events, more than such days ever held lately
	Free          Kind = "free"           // no event takes place, though such days hold some
)

// At returns the event of an index: the routine ones follow those of Day.Events.
func (d Day) At(i int) Event {
	if i < len(d.Events) {
		return d.Events[i]
	}
	return d.Routine[i-len(d.Events)]
}

// Titles returns the titles of the events, as they may be shown.
func (d Day) Titles(events []int) []string {
	titles := make([]string, len(events))
	for i, e := range events {
		titles[i] = d.Events[e].Title
	}
	return titles
}

// GoesOn reports whether the event takes place and began before the day.
func (e Event) GoesOn() bool { return e.TakesPlace() && !e.StartsHere }

// timed reports whether the event takes place at a time of the day.
func (e Event) timed() bool { return e.TakesPlace() && !e.WholeDay }

// Shares reports whether the fact is that two events share time.
func (f Fact) Shares() bool { return f.Kind == Overlaps || f.Kind == Inside }
