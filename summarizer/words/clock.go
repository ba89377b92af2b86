package words

import (
	"slices"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/facts"
)

// clockAt returns what a clock shows at t, in t's own zone. Where it shows the same
// again within the day, because it was put back, the zone is named as well: CEST, or
// UTC+10:30 where it has no name.
func (v voice) clockAt(t time.Time) Clock {
	c := Clock{Hour: t.Hour(), Minute: t.Minute(), Twelve: v.clock12}
	again, ok := twin(t)
	if !ok {
		return c
	}
	name, _ := t.Zone()
	other, _ := again.Zone()
	if name == other || name == "" || name[0] == '+' || name[0] == '-' {
		name = "UTC" + t.Format("-07:00")
	}
	c.Zone = name
	return c
}

// endOn is clockAt, but for the end of a day, which is 24:00.
func (v voice) endOn(end time.Time, date summarizer.Date) Clock {
	if day := (summarizer.Day{Date: date, Zone: v.day.Zone}); end.Equal(day.End()) {
		return Clock{Hour: 24, Twelve: v.clock12}
	}
	return v.clockAt(end)
}

// first is when the first of several events begins.
func (v voice) first(spans []facts.Span) Clock {
	return v.clockAt(slices.MinFunc(spans, byStart).Start)
}

// hours names the time between two clocks, which may be none.
func (v voice) hours(from, to Clock) string {
	if from == to {
		return v.Clock(from)
	}
	return v.Range(from, to)
}

func byStart(a, b facts.Span) int { return a.Start.Compare(b.Start) }

// last is when the last of several events ends: at 24:00 if it goes on past the day.
func (v voice) last(spans []facts.Span) Clock {
	last := slices.MaxFunc(spans, func(a, b facts.Span) int { return a.End.Compare(b.End) })
	if !last.EndsHere {
		return Clock{Hour: 24, Twelve: v.clock12}
	}
	return v.endOn(last.End, last.Last)
}

// minute returns what a clock shows at a minute of any day.
func (v voice) minute(n int) string {
	return v.Clock(Clock{Hour: n / 60, Minute: n % 60, Twelve: v.clock12})
}

// starts returns what the clock shows when an event starts.
func (v voice) starts(s facts.Span) string { return v.Clock(v.clockAt(s.Start)) }

// ends returns what the clock shows when an event ends.
func (v voice) ends(s facts.Span) string { return v.Clock(v.endOn(s.End, s.Last)) }

// twin returns the other instant at which clocks in t's zone show what they
// show at t, if there is one: the hour that is lived twice in autumn.
func twin(t time.Time) (time.Time, bool) {
	from, to := t.ZoneBounds()
	_, offset := t.Zone()
	if !to.IsZero() {
		_, next := to.Zone()
		if u := t.Add(seconds(offset - next)); next < offset && !u.Before(to) {
			return u, true
		}
	}
	if !from.IsZero() {
		_, last := from.Add(-time.Nanosecond).Zone()
		if u := t.Add(seconds(offset - last)); last > offset && u.Before(from) {
			return u, true
		}
	}
	return time.Time{}, false
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }
