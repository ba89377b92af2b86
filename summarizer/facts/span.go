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
	if end.Before(start) {
		end = start
	}
	s := Span{Start: start, End: end}
	if e.AllDay {
		s.First, s.Last = e.StartDate, e.EndDate.AddDays(-1)
		if s.Last.Before(s.First) {
			s.Last = s.First
		}
		s.WholeDay = true
	} else {
		s.First, s.Last = summarizer.DayAt(start, day.Zone).Date, summarizer.DayAt(end, day.Zone).Date
		if end.After(start) {
			s.Last = summarizer.DayAt(end.Add(-time.Nanosecond), day.Zone).Date // End is exclusive
		}
		s.WholeDay = end.After(start) && !start.After(day.Start()) && !end.Before(day.End())
	}
	s.StartsHere, s.EndsHere = s.First == day.Date, s.Last == day.Date
	return s
}

// TakesPlace reports whether the event is not cancelled.
func TakesPlace(e summarizer.Event) bool { return e.Status != summarizer.Cancelled }
