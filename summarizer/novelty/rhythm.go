package novelty

import "slices"

const (
	// pause is how many days a habit may rest and go on as the same, whatever its
	// rhythm: a summer.
	pause = 70
	// loose is from how many days between two weeks on a week more or less does
	// not break a rhythm: months are of four weeks or of five.
	loose = 28
)

// goesOn reports whether something was held in a rhythm before the day, and until
// lately. What happens several times in a week counts once: a course of five days,
// or a tournament, is no rhythm, however often it was held then.
func goesOn(held []occurred, on int32) bool {
	if len(held) < routineFrom {
		return false
	}
	var weeks []int32
	for _, o := range held {
		weeks = append(weeks, monday(o.on))
	}
	weeks = slices.Compact(weeks)
	if len(weeks) < routineFrom {
		return false
	}
	var gaps []int32
	for i, week := range weeks[1:] {
		gaps = append(gaps, week-weeks[i])
	}
	slices.Sort(gaps)
	usual, kept := gaps[len(gaps)/2], 0
	for _, gap := range gaps {
		if gap == usual || usual >= loose && max(gap-usual, usual-gap) <= 7 {
			kept++
		}
	}
	return 4*kept >= 3*len(gaps) && monday(on)-weeks[len(weeks)-1] <= max(pause, 2*usual+7)
}
