package facts

import (
	"slices"
	"strconv"

	"foreday/summarizer"
	"foreday/summarizer/titles"
)

// Of returns the facts of the day that the brief is about. It asks for nothing but
// that the brief's events touch the day and are in order of time. A routine event that
// is cancelled is no part of the day: for this person that is no news, or it would be
// novel.
func Of(b summarizer.Brief) Day {
	if held := slices.DeleteFunc(slices.Clone(b.Routine), func(v summarizer.Verdict) bool { return !TakesPlace(v.Event) }); len(held) < len(b.Routine) {
		b.Total -= len(b.Routine) - len(held)
		b.Routine = held
	}
	d := Day{Brief: b}
	for i, v := range b.Novel[:min(len(b.Novel), summarizer.MaxEvents)] {
		d.Events = append(d.Events, Event{Verdict: v, ID: "e" + strconv.Itoa(i+1), Title: titles.Clean(v.Event.Title, MaxTitle)})
	}
	pairs := pairsOf(d)
	for i := range d.Events {
		d.Facts = append(d.Facts, aboutEvent(i, d)...)
		d.Facts = append(d.Facts, pairs[i]...)
	}
	d.Facts = append(d.Facts, aboutDay(b)...)
	for i := range d.Facts {
		d.Facts[i].ID = "f" + strconv.Itoa(i+1)
	}
	return d
}

// aboutEvent returns what is true of one event by itself.
func aboutEvent(i int, d Day) []Fact {
	e := d.Events[i]
	var found []Fact
	add := func(kind Kind) { found = append(found, Fact{Kind: kind, Event: i, Other: None}) }
	if e.Why.Kind != summarizer.NoReason {
		add(Reason)
	}
	switch e.Event.Status {
	case summarizer.Cancelled:
		add(Cancelled)
	case summarizer.Tentative:
		add(Tentative)
	}
	if d.GoesOn(i) {
		add(StillOn)
	}
	return found
}
