package novelty

import "slices"

const (
	// lately is how many of its latest occurrences say what a habit is like now.
	lately = 12
	// mostLately bounds them, however often it takes place.
	mostLately = 60
	// drift is how many minutes a habit may stray and be at its usual time.
	drift = 12
)

// schedule is what the latest occurrences of something show about when it
// happens.
type schedule struct {
	held   []occurred // all in the year, ascending
	latest []occurred // the last of them that say what it is like now
	places []place    // where in the week it has its place, if it does
	clock  int16      // the time of day it keeps, whatever the day, or noClock
}

// noClock stands for no minute, not even allDay.
const noClock = -2

// scheduleOf looks at what held shows before it was judged.
func scheduleOf(held []occurred) schedule {
	s := schedule{held: held, latest: latestOf(held), clock: noClock}
	if len(s.latest) < routineFrom {
		return s
	}
	minutes := map[int16]int{}
	for _, o := range s.latest {
		minutes[o.minute]++
		p := o.place()
		known := slices.ContainsFunc(s.places, func(q place) bool { return p.apart(q) <= drift })
		if !known && s.count(p) >= 3 {
			s.places = append(s.places, s.middle(p))
		}
	}
	if s.agreeing(func(o occurred) bool { return s.near(o.place(), drift) }) < s.most() {
		s.places = nil
	}
	for minute, n := range minutes {
		if n > minutes[s.clock] || n == minutes[s.clock] && minute < s.clock {
			s.clock = minute
		}
	}
	if s.agreeing(func(o occurred) bool { return closeClock(o.minute, s.clock, drift) }) < s.most() {
		s.clock = noClock
	}
	return s
}

// latestOf returns the last occurrences: a dozen, or those of the last six weeks.
func latestOf(held []occurred) []occurred {
	n := len(held)
	if n <= lately {
		return held
	}
	sixWeeks := searchDay(held, held[n-1].on-6*7+1)
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
func (s schedule) count(p place) int {
	return s.agreeing(func(o occurred) bool { return p.apart(o.place()) <= drift })
}

// near reports whether one of the places is at most so many minutes from p.
func (s schedule) near(p place, minutes int) bool {
	return slices.ContainsFunc(s.places, func(q place) bool { return p.apart(q) <= minutes })
}

// middle returns the median of the places around p.
func (s schedule) middle(p place) place {
	var offsets []int
	for _, o := range s.latest {
		if p.apart(o.place()) <= drift {
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
			if apart := p.apart(o.place()); apart <= drift {
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
		if o.place().apart(p) > drift {
			continue
		}
		if n++; n > 1 {
			gaps[o.on-last]++
		}
		last = o.on
	}
	for _, pace := range []int32{1, 7, 14, 21, 28} {
		kept := 0
		for gap, times := range gaps {
			if gap%pace == 0 && gap >= pace || pace == month && gap == month+7 {
				kept += times
			}
		}
		if gaps[pace] > 0 && 4*kept >= 3*(n-1) && 2*gaps[pace] >= n-1 || pace == month && 4*kept >= 3*(n-1) && n > 1 {
			return pace
		}
	}
	return 0
}

// month is the number of days between most first Tuesdays.
const month = 28

// slotsOf returns the hours of the week in which what has these occurrences may
// be met again: those of the latest, and the hours around them. All-day
// occurrences have slots of their own. Only what is routine is looked for there.
func slotsOf(held []occurred) []int {
	if len(held) < routineFrom {
		return nil
	}
	set := map[int]bool{}
	for _, o := range held[max(0, len(held)-lately):] {
		p := o.place()
		for hour := -1; hour <= 1; hour++ {
			set[p.slot(hour)] = true
		}
	}
	slots := make([]int, 0, len(set))
	for slot := range set {
		slots = append(slots, slot)
	}
	return slots
}
