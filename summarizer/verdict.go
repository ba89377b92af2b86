package summarizer

import (
	"cmp"
	"slices"
)

// Verdict says whether an event is news to the person whose calendar it is in.
type Verdict struct {
	Event   Event
	Novelty float64 // 0 is pure routine, 1 never seen before
	Novel   bool
	Why     Why
}

// NewsFrom is the novelty from which on a judge finds an event novel. Users may have a
// threshold of their own for what they are told.
const NewsFrom = 0.5

// TakesPlace reports whether the event is not cancelled.
func (v Verdict) TakesPlace() bool { return v.Event.Status != Cancelled }

// AsUsual reports whether the event is routine, and is as it is used to be. What a
// user's threshold alone keeps from being told may be none of that.
func (v Verdict) AsUsual() bool { return !v.Novel && v.Novelty < NewsFrom }

// Unexpected reports whether the event takes place where, or is called what, one does
// not expect.
func (v Verdict) Unexpected() bool {
	switch v.Why.Kind {
	case Moved, Instead, OutOfTurn, Extra, Renamed:
		return v.TakesPlace()
	}
	return false
}

// MustTell reports whether readers would be misled about an event that takes place, if
// no more was told than that it does.
func (v Verdict) MustTell() bool { return v.Event.Status == Tentative || v.Unexpected() }

// The weights of events, for where there is no room for all: what has the least is the
// last to be left out, as readers lose the most without it.
const (
	ChangesPlans = iota // is cancelled, tentative, or an occurrence that was changed
	IsUnusual           // is where no occurrence is expected
	IsNew
	Weights // how many there are
)

// Weight returns what it takes to leave the event out.
func (v Verdict) Weight() int {
	switch {
	case v.Event.Status == Tentative, !v.TakesPlace(), v.Why.Kind == Moved, v.Why.Kind == Renamed:
		return ChangesPlans
	case v.Unexpected():
		return IsUnusual
	}
	return IsNew
}

// Told returns the novel events that are told one by one, in order of time: MaxEvents at
// most, by their weight. What goes on from an earlier day is left out first.
func (b Brief) Told() []Verdict {
	if len(b.Novel) <= MaxEvents {
		return b.Novel
	}
	weight := func(i int) int {
		v := b.Novel[i]
		if start, _ := v.Event.Span(b.Day.Zone); v.TakesPlace() && start.Before(b.Day.Start()) {
			return Weights + v.Weight()
		}
		return v.Weight()
	}
	chosen := make([]int, len(b.Novel))
	for i := range chosen {
		chosen[i] = i
	}
	slices.SortStableFunc(chosen, func(i, j int) int { return cmp.Compare(weight(i), weight(j)) })
	chosen = chosen[:MaxEvents]
	slices.Sort(chosen)
	told := make([]Verdict, len(chosen))
	for i, n := range chosen {
		told[i] = b.Novel[n]
	}
	return told
}
