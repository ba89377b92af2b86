package facts

import (
	"time"

	"foreday/summarizer"
)

// Day is all that may be said of a day. It is not to be changed.
type Day struct {
	summarizer.Brief
	Events []Event // novel ones, in order of time, summarizer.MaxEvents at most
	Facts  []Fact  // those about an event in the order of events, then those about the day
}

// Event is a novel event of the day.
type Event struct {
	summarizer.Verdict
	ID    string // "e1", "e2"
	Title string // the title as it may be shown: of one line, cleaned, MaxTitle characters at most; may be ""
}

// MaxTitle is how much of a title is told at most, in characters.
const MaxTitle = 100

// Fact is one thing that is true of the day, beside what events there are and when.
type Fact struct {
	ID    string // "f1", "f2"
	Kind  Kind
	Event int // the index in Day.Events of what it is about; None if it is about the day
	// Other is the index in Day.Events of the event that it lies to, None if that is
	// a routine one or there is none.
	Other int
	// Beside is the routine event that it lies to; nil if there is none.
	Beside *summarizer.Event
	// From and To are what two events share of the day, with Overlaps and Inside.
	// With BeginsEarlier From is when the day begins, with EndsLater To when it ends.
	From, To time.Time
	// Usual and Now are what is usual and what is so: minutes of the day with
	// BeginsEarlier and EndsLater, numbers of events with Busier and Free.
	Usual, Now int
	Slot       summarizer.Slot // with Missing
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
	Follows       Kind = "follows"        // the event begins when the other ends
	StillOn       Kind = "still_on"       // it began on an earlier day
	BeginsEarlier Kind = "begins_earlier" // the day's first timed event, compared with what is usual
	EndsLater     Kind = "ends_later"     // the day's last timed event, compared with what is usual
	Missing       Kind = "missing"        // a routine that is due and not there
	Busier        Kind = "busier"         // many events, more than such days ever held lately
	Free          Kind = "free"           // no event takes place, though such days hold some
)

// Shares reports whether the fact is that two events share time.
func (f Fact) Shares() bool { return f.Kind == Overlaps || f.Kind == Inside }

// GoesOn reports whether the event takes place and began before the day.
func (d Day) GoesOn(e int) bool {
	v := d.Events[e].Event
	return TakesPlace(v) && SpanOn(v, d.Brief.Day).First.Before(d.Brief.Day.Date)
}

// Titles returns the titles of the events, as they may be shown.
func (d Day) Titles(events []int) []string {
	titles := make([]string, len(events))
	for i, e := range events {
		titles[i] = d.Events[e].Title
	}
	return titles
}

// With returns the other event that the fact about e lies to. It fails if e is not
// one of two events that the fact is about.
func (d Day) With(f Fact, e int) (summarizer.Event, bool) {
	switch {
	case f.Beside != nil && e == f.Event:
		return *f.Beside, true
	case f.Other != None && e == f.Event:
		return d.Events[f.Other].Event, true
	case f.Other != None && e == f.Other:
		return d.Events[f.Event].Event, true
	}
	return summarizer.Event{}, false
}
