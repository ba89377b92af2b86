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
	parts   [][]unit // the units of the plan's parts
	units   []unit   // the unit that holds each event; none if it goes on from an earlier day
	labels  bool     // name the calendars of events in lines
	several bool     // the day's events are of several calendars
}

func newWriting(day facts.Day, p plan.Plan) *writing {
	w := &writing{voice: voice{Speak(day.Language), day.Day, day.Clock12}, facts: day, plan: p, units: make([]unit, len(day.Events))}
	for _, part := range p.Parts {
		w.parts = append(w.parts, w.arrange(part))
	}
	w.calendars()
	return w
}

// arrange makes units of a part, and gives each fact to the unit that it is about.
func (w *writing) arrange(part plan.Part) []unit {
	var units []unit
	for _, u := range plan.Units(w.facts, part.Events) {
		units = append(units, w.newUnit(u))
	}
	for _, i := range part.Facts {
		f := w.facts.Facts[i]
		about := func(e int) int {
			return slices.IndexFunc(units, func(u unit) bool { return slices.Contains(u.Events, e) })
		}
		u := about(f.Event)
		if u < 0 {
			u = about(f.Other)
		}
		if u >= 0 {
			units[u].facts = append(units[u].facts, f)
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
	for _, e := range w.facts.Routine {
		routine[e.Event.Calendar], all[e.Event.Calendar] = true, true
	}
	elsewhere := len(w.facts.Events) == 1 && len(routine) > 0 && len(all) > len(routine)
	w.labels, w.several = len(novel) > 1 || elsewhere, len(all) > 1
}
