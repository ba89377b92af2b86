package facts

import (
	"time"

	"foreday/summarizer"
)

// Span is an event as it lies across days, seen from one that it touches.
type Span struct {
	Start, End           time.Time       // in the day's zone; End is never before Start
	First, Last          summarizer.Date // the days on which it starts and ends
	StartsHere, EndsHere bool            // on the day
	WholeDay             bool            // nothing of the day is outside
}

// SpanOn returns the event as it lies to the day.
func SpanOn(e summarizer.Event, day summarizer.Day) Span {
	start, end := e.Span(day.Zone)
	start, end = start.In(day.Zone), end.In(day.Zone)
	last := end.Add(-time.Nanosecond) // End is exclusive
	if !end.After(start) {
		end, last = start, start
	}
	s := Span{Start: start, End: end, First: summarizer.DayAt(start, day.Zone).Date, Last: summarizer.DayAt(last, day.Zone).Date}
	s.StartsHere, s.EndsHere = s.First == day.Date, s.Last == day.Date
	s.WholeDay = e.AllDay || end.After(start) && !start.After(day.Start()) && !end.Before(day.End())
	return s
}
