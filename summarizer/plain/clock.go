package plain

import (
	"time"

	"foreday/summarizer"
)

// clock returns what a 24-hour clock shows at t, in t's own zone. Where the
// clock shows the same again within the day, because it was put back, the zone
// is named as well: "02:30 CEST", or "02:30 UTC+10:30" where it has no name.
func clock(t time.Time) string {
	shown := t.Format("15:04")
	again, ok := twin(t)
	if !ok {
		return shown
	}
	name, _ := t.Zone()
	other, _ := again.Zone()
	if name == other || name == "" || name[0] == '+' || name[0] == '-' {
		return shown + " UTC" + t.Format("-07:00")
	}
	return shown + " " + name
}

// endClock is clock, but for the end of the day, which is 24:00.
func endClock(end time.Time, day summarizer.Day) string {
	if end.Equal(day.End()) {
		return "24:00"
	}
	return clock(end)
}

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
