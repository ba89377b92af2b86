package words

import (
	"foreday/summarizer"
	"foreday/summarizer/facts"
)

// voice tells of one day in one language.
type voice struct {
	*Language
	day     summarizer.Day
	clock12 bool
}

// When says when an event is, as seen on a day that it touches, in the day's zone:
// "15:00–16:00", "22:00 until 02:00 the next day", "all day until Friday". An event of
// another day is named with its date.
func When(e summarizer.Event, day summarizer.Day, language string, clock12 bool) string {
	return voice{Speak(language), day, clock12}.when(e)
}

func (v voice) when(e summarizer.Event) string {
	s := facts.SpanOn(e, v.day)
	switch {
	case !e.Touches(v.day):
		return v.OnDay(v.far(s.First))
	case s.WholeDay && s.First == s.Last:
		return v.AllDay
	case s.WholeDay && s.EndsHere:
		return v.LastDay
	case s.WholeDay && !(s.StartsHere && !e.AllDay && v.endsWithin(s)):
		return v.AllDayUntil(v.near(s.Last))
	case s.StartsHere && s.EndsHere:
		return v.hours(v.clockAt(s.Start), v.endOn(s.End, s.Last))
	case s.StartsHere && s.First.AddDays(1) == s.Last:
		return v.NextDay(v.starts(s), v.ends(s))
	case s.StartsHere:
		return v.FromUntil(v.starts(s), v.near(s.Last), v.ends(s))
	default:
		return v.UntilTime(v.ends(s))
	}
}

// endsWithin reports whether the last day goes on after the end.
func (v voice) endsWithin(s facts.Span) bool {
	return s.End.Before(summarizer.Day{Date: s.Last, Zone: v.day.Zone}.End())
}

// until says how long an event goes on that began on an earlier day.
func (v voice) until(e summarizer.Event) string {
	switch s := facts.SpanOn(e, v.day); {
	case s.WholeDay && s.EndsHere:
		return v.LastDay
	case s.EndsHere:
		return v.UntilTime(v.ends(s))
	default:
		return v.UntilDay(v.near(s.Last))
	}
}

// near names a date after the day.
func (v voice) near(d summarizer.Date) Date {
	const week = 7
	date := v.far(d)
	days := v.day.Date.DaysUntil(d)
	date.Near = days > 0 && days < week
	return date
}

// far names any date.
func (v voice) far(d summarizer.Date) Date { return Date{Date: d, Year: d.Year != v.day.Date.Year} }
