package words

import (
	"slices"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/facts"
)

// midnight is the hour at which a day ends.
const midnight = 24

// clockAt returns what a clock shows at t, in t's own zone. Where it shows the same
// again within the day, because it was put back, the zone is named as well: CEST, or
// UTC+10:30 where it has no name.
func (v voice) clockAt(t time.Time) Clock {
	c := Clock{Hour: t.Hour(), Minute: t.Minute(), Twelve: v.clock12}
	name, offset := t.Zone()
	for _, days := range []int{-1, 1} {
		_, other := t.AddDate(0, 0, days).Zone()
		again, shown := t.Add(time.Duration(offset-other) * time.Second).Zone()
		switch {
		case other == offset || shown != other:
		case name == again || name == "" || name[0] == '+' || name[0] == '-':
			c.Zone = "UTC" + t.Format("-07:00")
		default:
			c.Zone = name
		}
	}
	return c
}

// minute returns what a clock shows at a minute of any day.
func (v voice) minute(n int) string {
	return v.Clock(Clock{Hour: n / 60, Minute: n % 60, Twelve: v.clock12})
}

// begins returns what the clock shows when an event begins.
func (v voice) begins(s facts.Span) string { return v.Clock(v.clockAt(s.Start)) }

// end is clockAt, but for the end of a day, which is 24:00.
func (v voice) end(t time.Time, date summarizer.Date) Clock {
	if day := (summarizer.Day{Date: date, Zone: v.day.Zone}); t.Equal(day.End()) {
		return Clock{Hour: midnight, Twelve: v.clock12}
	}
	return v.clockAt(t)
}

// extent returns the time from when the first of the events begins to when the last ends.
// It fails if one has no time of the day or does not begin on the day.
func extent(events []facts.Event) (facts.Span, bool) {
	if slices.ContainsFunc(events, func(e facts.Event) bool { return e.WholeDay || !e.StartsHere }) {
		return facts.Span{}, false
	}
	all := slices.MaxFunc(events, func(a, b facts.Event) int { return a.End.Compare(b.End) }).Span
	all.Start = events[0].Start
	return all, true
}
