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
// "15:00–16:00", "22:00 until 02:00 the next day", "until Friday" for all days until
// then. An event of another day is named with its date.
func When(e summarizer.Event, day summarizer.Day, language string, clock12 bool) string {
	return voice{Speak(language), day, clock12}.when(facts.SpanOn(e, day))
}

func (v voice) when(s facts.Span) string {
	end := v.end(s.End, s.Last)
	switch {
	case v.day.Date.Before(s.First) || s.Last.Before(v.day.Date):
		return v.OnDay(v.date(s.First))
	case s.WholeDay && s.First == s.Last:
		return v.AllDay
	case s.WholeDay && s.EndsHere:
		return v.LastDay
	case s.EndsHere && !s.StartsHere:
		return v.UntilTime(v.Clock(end))
	case !s.StartsHere, s.WholeDay && end.Hour == midnight:
		return v.UntilDay(v.date(s.Last))
	case s.EndsHere && v.clockAt(s.Start) == end:
		return v.begins(s)
	case s.EndsHere:
		return v.Range(v.clockAt(s.Start), end)
	case s.First.AddDays(1) == s.Last:
		return v.NextDay(v.begins(s), v.Clock(end))
	}
	return v.FromUntil(v.begins(s), v.date(s.Last), v.Clock(end))
}

// date names a date, as seen from the day.
func (v voice) date(d summarizer.Date) Date {
	const week = 7
	days := v.day.Date.DaysUntil(d)
	return Date{Date: d, Near: days > 0 && days < week, Year: d.Year != v.day.Date.Year}
}
