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
	units   []unit // what the text tells, in the order of the plan
	labels  bool   // name the calendars of events in lines
	several bool   // the day's events are of several calendars
}

func newWriting(day facts.Day, p plan.Plan) *writing {
	w := &writing{voice: voice{Speak(day.Language), day.Day, day.Clock12}, facts: day, plan: p}
	for _, u := range plan.Units(day, p.Events) {
		w.units = append(w.units, w.newUnit(u))
	}
	w.calendars()
	return w
}

// calendars finds out whether a calendar's name tells something in a line: if the novel
// events are of several calendars, or if the only one is of another than all others.
func (w *writing) calendars() {
	if len(w.facts.Events) == 0 {
		return
	}
	first := w.facts.Events[0].Event.Calendar
	same := func(e facts.Event) bool { return e.Event.Calendar == first }
	another := func(e facts.Event) bool { return !same(e) }
	several, routine := slices.ContainsFunc(w.facts.Events, another), w.facts.Routine
	w.several = several || slices.ContainsFunc(routine, another)
	w.labels = several || len(w.facts.Events) == 1 && len(routine) > 0 && !slices.ContainsFunc(routine, same)
}
