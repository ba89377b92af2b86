package words

import (
	"slices"

	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
)

// writing is a text about a day while it is written.
type writing struct {
	voice
	facts   facts.Day
	plan    plan.Plan
	units   []unit         // what the text tells, in the order of the plan
	usual   []facts.Event  // the routine events that are as usual
	titles  map[string]int // how many events have each title
	labels  bool           // name the calendars of events in lines
	several bool           // the day's events are of several calendars
	terse   bool           // there is no room: nothing is told of events but what is unexpected
}

// newWriting finds out, among others, whether a calendar's name tells something in a
// line: if the novel events are of several calendars, or if the only one is of another
// than all others.
func newWriting(day facts.Day, p plan.Plan) *writing {
	w := &writing{voice: voice{Speak(day.Language), day.Day, day.Clock12}, facts: day, plan: p, titles: map[string]int{}}
	w.usual = slices.DeleteFunc(slices.Clone(day.Routine), func(e facts.Event) bool { return !e.AsUsual() })
	for _, e := range slices.Concat(day.Events, day.Routine) {
		w.titles[e.Title]++
	}
	same := func(e facts.Event) bool { return e.Event.Calendar == day.At(0).Event.Calendar }
	another := func(e facts.Event) bool { return !same(e) }
	several := slices.ContainsFunc(day.Events, another)
	w.several = several || slices.ContainsFunc(day.Routine, another)
	w.labels = several || len(day.Events) == 1 && len(day.Routine) > 0 && !slices.ContainsFunc(day.Routine, same)
	for _, u := range plan.Units(day, p.Events()) {
		w.units = append(w.units, w.newUnit(u))
	}
	return w
}
