package novelty

import (
	"slices"
	"time"
)

const (
	// lately is how many of its latest occurrences say what a pattern is like now.
	lately = 12
	// mostLately bounds them, however often it takes place.
	mostLately = 60
	// drift is how many minutes a pattern may stray and be at its usual time, if it
	// keeps it; wideDrift is for those that are loose about it.
	drift     = 12
	wideDrift = 30
)

// schedule is what the latest occurrences of something show about when it
// happens.
type schedule struct {
	held   []occurred // all in the year, ascending
	latest []occurred // the last of them that say what it is like now
	places []place    // where in the week it has its place, if it does
	clock  int16      // the time of day it keeps, whatever the day, or noClock
	drift  int        // how many minutes it strays
}

// noClock stands for no minute, not even allDay.
const noClock = -2

// scheduleOf looks at what held shows before it was judged.
func scheduleOf(held []occurred) schedule {
	s := schedule{held: held, latest: latestOf(held), clock: noClock, drift: drift}
	if len(s.latest) < routineFrom {
		return s
	}
	s.findPlaces()
	if (s.places == nil || s.crowded()) && len(s.latest) >= lately {
		loose := s
		loose.places, loose.drift = nil, wideDrift
		if loose.findPlaces(); loose.places != nil {
			s = loose
		}
	}
	s.findClock()
	return s
}

// findPlaces finds where in the week most of the latest occurrences were, the
// busiest places first.
func (s *schedule) findPlaces() {
	const repeatedly = 3
	counts := make(map[place]int, len(s.latest))
	for _, o := range s.latest {
		if p := o.place(); counts[p] == 0 {
			counts[p] = s.count(p)
		}
	}
	for most := repeatedly; most > 0; {
		var busiest place
		most = 0
		for _, o := range s.latest {
			if p := o.place(); counts[p] >= max(repeatedly, most+1) && !s.near(p, s.drift) {
				busiest, most = p, counts[p]
			}
		}
		if most > 0 {
			s.places = append(s.places, s.middle(busiest))
		}
	}
	if s.agreeing(func(o occurred) bool { return s.near(o.place(), s.drift) }) < s.most() {
		s.places = nil
	}
}

// crowded reports whether two places are so close that they may well be one, about
// which it is loose.
func (s *schedule) crowded() bool {
	for i, p := range s.places {
		for _, q := range s.places[:i] {
			if p.apart(q) <= 2*wideDrift {
				return true
			}
		}
	}
	return false
}

// findClock finds the time of day of most of the latest occurrences.
func (s *schedule) findClock() {
	minutes := map[int16]int{}
	for _, o := range s.latest {
		minutes[o.Minute]++
	}
	for minute, n := range minutes {
		if n > minutes[s.clock] || n == minutes[s.clock] && minute < s.clock {
			s.clock = minute
		}
	}
	if s.agreeing(func(o occurred) bool { return closeClock(o.Minute, s.clock, s.drift) }) < s.most() {
		s.clock = noClock
	}
}

// latestOf returns the last occurrences: a dozen, or those of the last six weeks.
func latestOf(held []occurred) []occurred {
	n := len(held)
	if n <= lately {
		return held
	}
	sixWeeks := searchDay(held, held[n-1].On-6*7+1)
	return held[max(min(sixWeeks, n-lately), n-mostLately):]
}

// most is how many of the latest occurrences must agree: five in six.
func (s schedule) most() int { return (5*len(s.latest) + 5) / 6 }

func (s schedule) agreeing(agrees func(occurred) bool) int {
	n := 0
	for _, o := range s.latest {
		if agrees(o) {
			n++
		}
	}
	return n
}

// count returns how many of the latest occurrences were at the place.
func (s schedule) count(p place) int { return countNear(s.latest, p, s.drift) }

// countNear returns how many of them were at most so many minutes from p.
func countNear(held []occurred, p place, minutes int) int {
	n := 0
	for _, o := range held {
		if p.apart(o.place()) <= minutes {
			n++
		}
	}
	return n
}

// near reports whether one of the places is at most so many minutes from p.
func (s schedule) near(p place, minutes int) bool {
	return slices.ContainsFunc(s.places, func(q place) bool { return p.apart(q) <= minutes })
}

// middle returns the median of the places around p.
func (s schedule) middle(p place) place {
	var offsets []int
	for _, o := range s.latest {
		if p.apart(o.place()) <= s.drift {
			offsets = append(offsets, p.to(o.place()))
		}
	}
	slices.Sort(offsets)
	return p.plus(offsets[len(offsets)/2])
}

// slack returns how many minutes from its places something may be without being
// out of place: few if it keeps its time to the minute, most of an hour if it is
// loose about it.
func (s schedule) slack() int {
	widest := 0
	for _, o := range s.latest {
		for _, p := range s.places {
			if apart := p.apart(o.place()); apart <= s.drift {
				widest = max(widest, apart)
			}
		}
	}
	return min(max(drift, 5*widest), 55)
}

// pace returns the number of days between most of what was held at the place: 0
// if there is no such pace, and 28 for a month, where it may be 35 as well. Gaps
// of several times the pace, where some were skipped, keep it too.
func (s schedule) pace(p place) int32 {
	gaps := map[int32]int{}
	var last int32
	n := 0
	for _, o := range s.latest {
		if o.place().apart(p) > s.drift {
			continue
		}
		if n++; n > 1 {
			gaps[o.On-last]++
		}
		last = o.On
	}
	for _, pace := range []int32{1, 7, 14, 21, 28} {
		kept := 0
		for gap, times := range gaps {
			if gap%pace == 0 && gap >= pace || pace == month && isMonths(gap) {
				kept += times
			}
		}
		inPace := gaps[pace]
		if pace == month {
			inPace += gaps[month+7]
		}
		if inPace > 0 && 4*kept >= 3*(n-1) && 2*inPace >= n-1 {
			return pace
		}
	}
	return 0
}

// month is the number of days between most first Tuesdays.
const month = 28

// isMonths reports whether a first Tuesday can be so many days from another: one
// month on, or up to three if some were skipped.
func isMonths(gap int32) bool {
	for n := int32(1); n <= 3; n++ {
		if gap%7 == 0 && gap >= n*month && gap <= n*(month+7) {
			return true
		}
	}
	return false
}

// slotsOf returns the hours of the week in which what has these occurrences may
// be met again: those of the latest, and the hours around them; those of all days, if
// it goes by another rhythm than the week's. All-day occurrences have slots of their
// own. Only what is routine is looked for there.
func slotsOf(held []occurred) map[int]bool {
	slots, weekdays := map[int]bool{}, map[time.Weekday]bool{}
	if len(held) < routineFrom {
		return slots
	}
	latest := held[max(0, len(held)-lately):]
	for _, o := range latest {
		weekdays[weekdayOf(o.On)] = true
	}
	days := 1
	if len(weekdays) >= routineFrom {
		days = 7
	}
	for _, o := range latest {
		for day := range days {
			for hour := -1; hour <= 1; hour++ {
				slots[o.place().plusDays(day).slot(hour)] = true
			}
		}
	}
	return slots
}
