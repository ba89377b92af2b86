package words

import (
	"slices"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
)

// writing is a text about a day while it is written.
type writing struct {
	voice
	facts   facts.Day
	plan    plan.Plan
	parts   [][]told // the units of the plan's parts
	units   []told   // the unit that holds each event; none if it goes on from an earlier day
	labels  bool     // name the calendars of events in lines
	several bool     // the day's events are of several calendars
}

// told is a unit, and the facts that the plan tells of it.
type told struct {
	plan.Unit
	facts []facts.Fact
}

func newWriting(day facts.Day, p plan.Plan) *writing {
	w := &writing{voice: voice{Speak(day.Language), day.Day, day.Clock12}, facts: day, plan: p, units: make([]told, len(day.Events))}
	for _, part := range p.Parts {
		w.parts = append(w.parts, w.arrange(part))
	}
	w.calendars()
	return w
}

// arrange makes units of a part, and gives each fact to the unit that it is about.
func (w *writing) arrange(part plan.Part) []told {
	var units []told
	for _, u := range plan.Units(w.facts, part.Events) {
		units = append(units, told{Unit: u})
	}
	for _, i := range part.Facts {
		f := w.facts.Facts[i]
		for _, e := range []int{f.Event, f.Other} {
			if u := slices.IndexFunc(units, func(u told) bool { return slices.Contains(u.Events, e) }); u >= 0 {
				units[u].facts = append(units[u].facts, f)
				break
			}
		}
	}
	for _, u := range units {
		for _, e := range u.Events {
			w.units[e] = u
		}
	}
	return units
}

// calendars finds out whether a calendar's name tells something in a line: if the novel
// events are of several calendars, or if the only one is of another than all others.
func (w *writing) calendars() {
	novel, routine, all := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, e := range w.facts.Events {
		novel[e.Event.Calendar], all[e.Event.Calendar] = true, true
	}
	for _, v := range w.facts.Brief.Routine {
		routine[v.Event.Calendar], all[v.Event.Calendar] = true, true
	}
	elsewhere := len(w.facts.Events) == 1 && len(routine) > 0 && len(all) > len(routine)
	w.labels, w.several = len(novel) > 1 || elsewhere, len(all) > 1
}

func (w *writing) event(e int) summarizer.Event { return w.facts.Events[e].Event }

func (w *writing) span(e int) facts.Span { return facts.SpanOn(w.event(e), w.day) }

// takesPlace reports whether the unit does.
func (w *writing) takesPlace(u plan.Unit) bool { return facts.TakesPlace(w.event(u.Events[0])) }

// speaksForItself reports whether the unit is an event of which more must be told than
// that it takes place.
func (w *writing) speaksForItself(u plan.Unit) bool {
	return u.Kind == plan.Replaced || u.Kind == plan.Single && plan.MustTell(w.facts.Events[u.Events[0]])
}
