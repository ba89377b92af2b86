package plain

import (
	"fmt"
	"time"

	"foreday/summarizer"
)

// longestCount is the length in days up to which an event's days are counted.
// "Day 212 of 365" tells nobody anything.
const longestCount = 31

// When says when the event is, as seen on the day it touches, in the day's zone
// and on a 24-hour clock:
//
//	15:00–16:00                        within the day
//	15:00                              without length
//	22:00 until 02:00 the next day     on the first of two days
//	until 02:00, since Sunday 22:00    on the second of two days
//	from 10:00, day 1 of 5             on the first of several days
//	until 16:00, day 5 of 5            on the last of several days
//	all day                            one whole day
//	all day, day 3 of 5                one of several
//	all day, since 4 March 2024        one of very many
//
// An event that does not touch the day is named with its date.
func When(e summarizer.Event, day summarizer.Day) string {
	if !e.Touches(day) {
		start, _ := e.Span(day.Zone)
		return "on " + LongDate(summarizer.DateOf(start.In(day.Zone)))
	}
	s := spanOn(e, day)
	switch {
	case s.days == 1 && e.AllDay, s.days == 1 && s.wholeDay:
		return "all day"
	case s.days == 1 && s.end.Equal(s.start):
		return clock(s.start)
	case s.days == 1:
		return clock(s.start) + "–" + endClock(s.end, day)
	case s.days == 2 && !e.AllDay && s.startsHere:
		return clock(s.start) + " until " + clock(s.end) + " the next day"
	case s.days == 2 && !e.AllDay:
		return fmt.Sprintf("until %s, since %s %s", endClock(s.end, day), s.first.Weekday(), clock(s.start))
	default:
		return s.part(e, day) + ", " + s.count()
	}
}

// Starts returns what the clock shows when the event starts, if it starts on the
// day and is not an all-day event.
func Starts(e summarizer.Event, day summarizer.Day) (string, bool) {
	if e.AllDay || !e.Touches(day) {
		return "", false
	}
	s := spanOn(e, day)
	return clock(s.start), s.startsHere
}

// Ends returns what the clock shows when the event ends, if it has a length,
// ends on the day and is not an all-day event. The end of the day is 24:00.
func Ends(e summarizer.Event, day summarizer.Day) (string, bool) {
	if e.AllDay || !e.Touches(day) {
		return "", false
	}
	s := spanOn(e, day)
	return endClock(s.end, day), s.endsHere && s.end.After(s.start)
}

// span is an event as it lies across days.
type span struct {
	start, end           time.Time // in the day's zone
	startsHere, endsHere bool      // on the day
	wholeDay             bool      // nothing of the day is outside
	first                summarizer.Date
	day, days            int // the day is number `day` of `days`
}

func spanOn(e summarizer.Event, day summarizer.Day) span {
	start, end := e.Span(day.Zone)
	start, end = start.In(day.Zone), end.In(day.Zone)
	if end.Before(start) {
		end = start
	}
	s := span{start: start, end: end, first: summarizer.DateOf(start)}
	last := summarizer.DateOf(end)
	if end.After(start) {
		last = summarizer.DateOf(end.Add(-time.Nanosecond)) // End is exclusive
	}
	if e.AllDay {
		s.first, last = e.StartDate, e.EndDate.AddDays(-1)
		if last.Before(s.first) {
			last = s.first
		}
	}
	s.startsHere, s.endsHere = s.first == day.Date, last == day.Date
	s.wholeDay = !start.After(day.Start()) && !end.Before(day.End())
	s.day, s.days = s.first.DaysUntil(day.Date)+1, s.first.DaysUntil(last)+1
	return s
}

// part says which part of the day an event of several days takes.
func (s span) part(e summarizer.Event, day summarizer.Day) string {
	switch {
	case e.AllDay || s.wholeDay:
		return "all day"
	case s.startsHere:
		return "from " + clock(s.start)
	default:
		return "until " + endClock(s.end, day)
	}
}

func (s span) count() string {
	switch {
	case s.days <= longestCount:
		return fmt.Sprintf("day %d of %d", s.day, s.days)
	case s.startsHere:
		return "the first of many days"
	default:
		return fmt.Sprintf("since %d %s %d", s.first.Day, s.first.Month, s.first.Year)
	}
}

// LongDate names a date with its weekday: "Monday, 23 November 2026".
func LongDate(d summarizer.Date) string {
	return fmt.Sprintf("%s, %d %s %d", d.Weekday(), d.Day, d.Month, d.Year)
}
