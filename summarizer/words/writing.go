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
}

// newWriting finds out, among others, whether a calendar's name tells something in a
// line: if the novel events are of several calendars, or if the only one is of another
// than all others.
func newWriting(day facts.Day, p plan.Plan) *writing {
	w := &writing{voice: voice{Speak(day.Language), day.Day, day.Clock12}, facts: day, plan: p, titles: map[string]int{}}
	w.usual = slices.DeleteFunc(slices.Clone(day.Routine), func(e facts.Event) bool { return !e.AsUsual() })
	novel, routine := 0, 0 // events of another calendar than the first novel one
	for i, e := range slices.Concat(day.Events, day.Routine) {
		w.titles[e.Title]++
		switch another := e.Event.Calendar != day.At(0).Event.Calendar; {
		case another && i < len(day.Events):
			novel++
		case another:
			routine++
		}
	}
	w.several = novel+routine > 0
	w.labels = novel > 0 || len(day.Events) == 1 && routine > 0 && routine == len(day.Routine)
	for _, u := range plan.Units(day, p.Events()) {
		w.units = append(w.units, w.newUnit(u))
	}
	return w
}
