package novelty

import (
	"slices"
	"time"

	"foreday/summarizer"
)

const (
	// pause is how many days a pattern may rest and go on as the same, whatever its
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
	var weeks []int32
	for _, o := range held {
		weeks = append(weeks, monday(o.On))
	}
	weeks = slices.Compact(weeks)
	usual, steady := steadyGap(weeks, loose)
	return len(weeks) >= routineFrom && steady && monday(on)-weeks[len(weeks)-1] <= max(pause, 2*usual+7)
}

// steadyGap returns the median number of days from one to the next, and whether three in
// four are of so many, or, if that is from loose days on, of a week more or less.
func steadyGap(days []int32, loose int32) (usual int32, steady bool) {
	var gaps []int32
	for i := 1; i < len(days); i++ {
		gaps = append(gaps, days[i]-days[i-1])
	}
	if len(gaps) == 0 {
		return 0, false
	}
	slices.Sort(gaps)
	usual = gaps[len(gaps)/2]
	kept := 0
	for _, gap := range gaps {
		if gap == usual || usual >= loose && max(gap-usual, usual-gap) <= 7 {
			kept++
		}
	}
	return usual, 4*kept >= 3*len(gaps)
}

// rhythm names the rhythm that at least three in four of the gaps between the
// latest days keep. What has several places in the week, and so gaps of all sizes,
// has the rhythm that each of them keeps.
func (s schedule) rhythm() summarizer.Rhythm {
	counts, gaps := map[summarizer.Rhythm]int{}, 0
	for i := 1; i < len(s.latest); i++ {
		if last, next := s.latest[i-1].On, s.latest[i].On; last != next {
			counts[rhythmOf(last, next)]++
			gaps++
		}
	}
	for rhythm := summarizer.Daily; rhythm <= summarizer.Monthly; rhythm++ {
		if gaps >= 2 && 4*counts[rhythm] >= 3*gaps {
			return rhythm
		}
	}
	if len(s.places) > 1 {
		return s.rhythmOfPlaces()
	}
	return summarizer.NoRhythm
}

// rhythmOfPlaces names the rhythm that is kept at each of the places.
func (s schedule) rhythmOfPlaces() summarizer.Rhythm {
	pace := s.pace(s.places[0])
	for _, p := range s.places[1:] {
		if s.pace(p) != pace {
			return summarizer.NoRhythm
		}
	}
	return rhythmOfPace[pace]
}

var rhythmOfPace = map[int32]summarizer.Rhythm{7: summarizer.Weekly, 14: summarizer.Fortnightly, month: summarizer.Monthly}

// rhythmOf names the rhythm in which one day follows the other. From Friday to
// Monday is a day's rhythm, too.
func rhythmOf(last, next int32) summarizer.Rhythm {
	switch gap := next - last; {
	case gap == 1 || gap == 3 && weekdayOf(next) == time.Monday:
		return summarizer.Daily
	case gap == 7:
		return summarizer.Weekly
	case gap == 14:
		return summarizer.Fortnightly
	case gap >= 28 && gap <= 35:
		return summarizer.Monthly
	}
	return summarizer.NoRhythm
}
