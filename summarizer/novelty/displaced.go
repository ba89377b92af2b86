package novelty

import (
	"slices"
	"time"
)

// insteadOf reports whether an event that the calendar does not know as an
// occurrence of a series takes the place of one all the same, and of which: its
// pattern keeps to its places and goes on doing so, the event is in none of them,
// nor in any that the year has seen repeatedly, and a place nearby that was due
// is empty.
func (j *judged) insteadOf(usual schedule, others []judged) (place, bool) {
	_, known := j.original()
	here := j.at.place()
	switch {
	case known || len(usual.places) == 0 || usual.near(here, usual.slack()):
		return place{}, false
	case j.seenAt(here, usual) || j.stays(usual):
		return place{}, false
	}
	missed := j.missed(usual, others)
	if len(missed) == 0 {
		return place{}, false
	}
	nearest := slices.MinFunc(missed, func(a, b occurred) int { return distance(a, j.at) - distance(b, j.at) })
	return nearest.place(), !j.clocksChanged(nearest, usual)
}

// seenAt reports whether the title was met about there several times in the
// year: in the season of other clocks, say.
func (j *judged) seenAt(here place, usual schedule) bool {
	n := countNear(j.similar, here, 2*usual.drift)
	return n >= 3 || 8*n >= len(j.similar)
}

// stays reports whether the pattern is planned to be where the event is again, or
// to go on about there rather than where it has been: it was not moved once, but
// for good.
func (j *judged) stays(usual schedule) bool {
	here, planned := j.at.place(), j.all[searchDay(j.all, j.at.On+1):]
	if len(planned) == 0 {
		return false
	}
	next := planned[0].place()
	return !usual.near(next, 2*next.apart(here)) ||
		slices.ContainsFunc(planned, func(o occurred) bool { return o.place().apart(here) <= usual.drift })
}

// missed returns the times within a week of the event at which the pattern was due
// and did not take place: those of the same day alone, if there are any. Of the
// days to come, as little may be planned, only the nearest time of all counts
// unless something is planned for that day or later.
func (j *judged) missed(usual schedule, others []judged) []occurred {
	var sameDay, otherDays []occurred
	nearest := weekLength
	for _, p := range usual.places {
		nearest = min(nearest, p.apart(j.at.place()))
	}
	for _, p := range usual.places {
		if (p.minute == allDay) != (j.at.Minute == allDay) {
			continue
		}
		ahead := int32(p.weekday-weekdayOf(j.at.On)+7) % 7
		for _, on := range []int32{j.at.On + ahead - 7, j.at.On + ahead} {
			due := occurred{On: on, Minute: p.minute}
			switch {
			case on == j.at.On-7 || !usual.isDue(due) || j.takesPlace(due, others):
			case on == j.at.On:
				sameDay = append(sameDay, due)
			case usual.count(p) >= routineFrom && (on < j.at.On || j.plannedUntil(on) || distance(due, j.at) <= nearest):
				otherDays = append(otherDays, due)
			}
		}
	}
	if len(sameDay) > 0 {
		return sameDay
	}
	return otherDays
}

// plannedUntil reports whether its title, or nearly that, is known to take place on the day or later.
func (j *judged) plannedUntil(day int32) bool {
	return len(j.all) > 0 && j.all[len(j.all)-1].On >= day
}

// isDue reports whether the pace of what was held at the place leads to the day,
// even if it was skipped a few times.
func (s schedule) isDue(due occurred) bool {
	const skips = 4
	last, ok := s.lastAt(due)
	pace, passed := s.pace(due.place()), due.On-last.On
	switch {
	case !ok || pace == 0:
		return false
	case pace == month:
		return isMonths(passed) && passed <= 2*month+7
	}
	return passed%pace == 0 && passed <= skips*pace
}

// lastAtClock returns the last occurrence before the day at that time of any day.
func (s schedule) lastAtClock(due occurred) (occurred, bool) {
	return s.last(func(o occurred) bool { return o.On < due.On && closeClock(o.Minute, due.Minute, s.drift) })
}

// lastAt returns the last occurrence before the day at the place.
func (s schedule) lastAt(due occurred) (occurred, bool) {
	return s.last(func(o occurred) bool { return o.On < due.On && o.place().apart(due.place()) <= s.drift })
}

func (s schedule) last(wanted func(occurred) bool) (occurred, bool) {
	for _, o := range slices.Backward(s.latest) {
		if wanted(o) {
			return o, true
		}
	}
	return occurred{}, false
}

// takesPlace reports whether the pattern was, is or will be held about then, apart
// from the event itself. Of the event's day, what is listed for it counts, unless
// it is cancelled; of an event that began on an earlier day, what was learnt of that.
func (j *judged) takesPlace(due occurred, others []judged) bool {
	if due.On == j.at.On {
		nearer := func(o occurred) bool {
			return o.place().apart(due.place()) < min(nearby, j.at.place().apart(due.place()))
		}
		if j.running {
			return j.model.heldAlike(j.title, due.On, nearer)
		}
		return slices.ContainsFunc(others, func(o judged) bool {
			return !o.cancelled() && nearer(o.at) && o.title.alike(j.title)
		})
	}
	around := j.all[searchDay(j.all, due.On-1):searchDay(j.all, due.On+2)]
	return slices.ContainsFunc(around, func(o occurred) bool { return o.On != j.at.On && distance(o, due) <= nearby })
}

// heldAlike reports whether something under nearly the title was held on the day, where
// it is wanted.
func (m *Model) heldAlike(title fingerprint, on int32, wanted func(occurred) bool) bool {
	return slices.ContainsFunc(m.patterns, func(h *pattern) bool {
		held := h.Held[searchDay(h.Held, on):searchDay(h.Held, on+1)]
		return slices.ContainsFunc(held, wanted) && h.alike(title)
	})
}

// distance is in minutes.
func distance(a, b occurred) int {
	d := int(a.On-b.On)*24*60 + int(a.Minute-b.Minute)
	return max(d, -d)
}

// clocksChanged reports whether the event is an hour off the place it was due at,
// and clocks have been changed since something was there: those of the zone, or,
// if they never are, those of most others.
func (j *judged) clocksChanged(due occurred, usual schedule) bool {
	last, ok := usual.lastAtClock(due)
	apart := due.place().apart(j.at.place())
	if !ok || apart < nearby-drift || apart > nearby+drift {
		return false
	}
	if changesClocks(j.model.zone, j.at.On) {
		return offsetsDiffer(j.model.zone, last.On, j.at.On)
	}
	return offsetsDiffer(newYork, last.On, j.at.On) || offsetsDiffer(london, last.On, j.at.On)
}

// Two that stand for most of the world's clocks that are changed at all.
var newYork, london = zoneOrUTC("America/New_York"), zoneOrUTC("Europe/London")

func zoneOrUTC(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC // without zone files, no clocks are ever changed
	}
	return zone
}

// changesClocks reports whether the zone's clocks are not the same all year.
func changesClocks(zone *time.Location, on int32) bool {
	const season = 91
	return offsetsDiffer(zone, on, on-season) || offsetsDiffer(zone, on, on-2*season) || offsetsDiffer(zone, on, on-3*season)
}

func offsetsDiffer(zone *time.Location, a, b int32) bool { return offset(zone, a) != offset(zone, b) }

// offset returns the zone's offset from UTC on the day, at noon, in seconds.
func offset(zone *time.Location, day int32) int {
	d := dateOf(day)
	_, seconds := time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, zone).Zone()
	return seconds
}
