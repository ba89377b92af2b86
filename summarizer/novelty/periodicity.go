package novelty

import (
	"math"
	"slices"
)

// outOfTurn reports whether an event of a pattern that has no place in the week, but
// comes every so many days, is not on the day of its turn, and which that is: it is
// held early or late, or once more soon after the last time. A new beginning after a
// pause is none: the last two must have been in turn.
func (j *judged) outOfTurn(usual schedule, others []judged) (due, every int32, ok bool) {
	if _, known := j.original(); known || len(usual.places) > 0 {
		return 0, 0, false
	}
	every = usual.period()
	n := len(usual.latest)
	if every == 0 || usual.latest[n-1].On-usual.latest[n-2].On != every {
		return 0, 0, false
	}
	last := usual.latest[n-1].On
	due = last + every
	near := min(every/2, maxOutOfTurn)
	off := max(due-j.at.On, j.at.On-due)
	switch {
	case j.heldOn(j.at.On+every, nil): // it goes on from here
		return 0, 0, false
	case j.at.On-last > near && (off == 0 || off > near || j.heldOn(due, others)):
		return 0, 0, false
	}
	return due, every, true
}

// maxOutOfTurn is how many days before or after a turn something belongs to it.
const maxOutOfTurn = 3

// period returns the number of days between three in four of the latest
// occurrences, 0 if there is no such number. A day is no period: it is a place.
func (s schedule) period() int32 {
	var days []int32
	for _, o := range s.latest {
		days = append(days, o.On)
	}
	if every, steady := steadyGap(days, math.MaxInt32); steady && every >= 2 && len(days) >= 6 {
		return every
	}
	return 0
}

// heldOn reports whether the pattern was, is or will be held on the day, apart from
// the event itself.
func (j *judged) heldOn(day int32, others []judged) bool {
	i := searchDay(j.all, day)
	if day != j.at.On && i < len(j.all) && j.all[i].On == day {
		return true
	}
	return slices.ContainsFunc(others, func(o judged) bool {
		return !o.cancelled() && o.at.On == day && o.at != j.at && o.title.sameTitle(j.title)
	})
}
