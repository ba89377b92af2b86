package novelty

import "slices"

// What a calendar says about its series is taken at its word; only where it
// says nothing are moves worked out, in displaced.go.

// renamed reports whether the event is an occurrence of a series that has had
// another title: this one stands for a few of its occurrences at most. What
// follows a change of "this and all following" counts as a series of its own
// here, as its title is meant.
func (j *judged) renamed() bool {
	peers := slices.DeleteFunc(slices.Clone(j.own), func(s sighting) bool { return s.Line.Branch != j.line.Branch })
	if len(peers) == 0 {
		peers = j.own
	}
	alike := 0
	for _, s := range peers {
		if s.pattern.alike(j.title) {
			alike++
		}
	}
	return len(peers) >= 2 && alike < routineFrom-1 && 4*alike < len(peers)
}

// movedInSeries reports whether the calendar says that the series had put the
// event elsewhere. If all of it has been where the event is for a while, that is
// no news any more.
func (j *judged) movedInSeries() bool {
	original, known := j.original()
	if !known || original == j.at {
		return false
	}
	there, here := 0, 0
	for _, s := range j.own[max(0, len(j.own)-aWhile):] {
		if s.place().apart(original.place()) <= drift {
			there++
		}
		if s.place().apart(j.at.place()) <= drift {
			here++
		}
	}
	return there > 0 || here < aWhile-2
}

// aWhile is how many occurrences a series must have been elsewhere for, but for
// two, to have its place there.
const aWhile = 5

// original returns where the series had put the event, if the calendar says.
func (j *judged) original() (occurred, bool) {
	switch e := j.event; {
	case !e.OriginalDate.IsZero():
		return occurred{On: dayNumber(e.OriginalDate), Minute: allDay}, true
	case !e.Original.IsZero():
		return placedAt(e.Original, j.model.zone), true
	}
	return occurred{}, false
}
