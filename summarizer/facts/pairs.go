package facts

import (
	"slices"
	"time"
)

// Bounds on the facts about pairs of events.
const (
	maxShared = 3 // others that an event is said to overlap with or to be inside of
	adjacent  = 5 * time.Minute
)

// pairsOf returns how the novel events lie to others, under the event that each fact
// is about.
func pairsOf(d Day) [][]Fact {
	found := make([][]Fact, len(d.Events))
	all := len(d.Events) + len(d.Routine)
	shared := make([]int, all) // how many facts say of each that it shares time
	for i := range d.Events {
		for j := i + 1; j < all; j++ {
			if f, ok := share(d, i, j); ok && shared[i] < maxShared && shared[j] < maxShared {
				found[f.Event] = append(found[f.Event], f)
				shared[i]++
				shared[j]++
			}
		}
		if f, ok := follow(d, i); ok {
			found[i] = append(found[i], f)
		}
	}
	return found
}

// share returns the fact that event i, which is novel, and event j take place at the
// same time. One event that is in two calendars does not.
func share(d Day, i, j int) (Fact, bool) {
	a, b := d.At(i), d.At(j)
	same := a.Start.Equal(b.Start) && a.End.Equal(b.End)
	from := slices.MaxFunc([]time.Time{a.Start, b.Start, d.Day.Start()}, time.Time.Compare)
	to := slices.MinFunc([]time.Time{a.End, b.End, d.Day.End()}, time.Time.Compare)
	if !a.timed() || !b.timed() || !from.Before(to) || same && a.Event.Title == b.Event.Title {
		return Fact{}, false
	}
	f := Fact{Kind: Overlaps, Event: i, Other: j, From: from, To: to}
	switch {
	case !same && within(a, b):
		f.Kind = Inside
	case !b.Novel: // the fact is about the novel one
	case !same && within(b, a):
		f.Kind, f.Event, f.Other = Inside, j, i
	case a.GoesOn() || b.Novelty > a.Novelty: // what goes on has no line of its own
		f.Event, f.Other = j, i
	}
	return f, true
}

func within(inner, outer Event) bool {
	return !inner.Start.Before(outer.Start) && !inner.End.After(outer.End)
}

// follow returns the fact that event i begins when another ends, or so little later that
// nothing fits between: the one that ends last of several.
func follow(d Day, i int) (Fact, bool) {
	e, f, least := d.Events[i], Fact{Kind: Follows, Event: i, Other: None}, adjacent+1
	for j := range len(d.Events) + len(d.Routine) {
		o := d.At(j)
		if gap := e.Start.Sub(o.End); j != i && o.timed() && o.End.After(o.Start) && gap >= 0 && gap < least {
			f.Other, least = j, gap
		}
	}
	return f, f.Other != None && e.timed() && e.StartsHere
}
