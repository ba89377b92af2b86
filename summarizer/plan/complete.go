package plan

import (
	"slices"

	"foreday/summarizer/facts"
)

// maxLead is how many events lead a headline.
const maxLead = 3

// Complete returns the plan without what does not exist or is there twice, and with all
// events of the day: those that it leaves out are told as Default would, in parts after
// the others. That an event is moved or has another title than usual is told whatever the
// plan says. Of the facts about the day only those are told that the plan names, unless
// it names nothing at all. What goes on from an earlier day leads no headline. A
// complete plan stays as it is.
func Complete(day facts.Day, p Plan) Plan {
	lead, parts := byRules(day)
	events, told := distinct(p.Events(), len(day.Events)), distinct(p.Facts, len(day.Facts))
	named := distinct(p.Lead, len(day.Events))
	named = slices.DeleteFunc(named, func(e int) bool { return day.Events[e].GoesOn() })
	if len(named) > 0 {
		lead = named
	}
	done := Plan{Lead: lead[:min(len(lead), maxLead)]}
	for _, part := range slices.Concat(p.Parts, parts) {
		before := done.Events()
		part = slices.DeleteFunc(distinct(part, len(day.Events)), func(e int) bool { return slices.Contains(before, e) })
		if len(part) > 0 {
			done.Parts = append(done.Parts, part)
		}
	}
	for i, f := range day.Facts {
		leftOut := !slices.Contains(events, f.Event)
		if f.Event == facts.None {
			leftOut = len(events)+len(told) == 0
		}
		must := f.Kind == facts.Reason && day.Events[f.Event].Unexpected()
		if must || slices.Contains(told, i) || leftOut && worthTelling(day, f) {
			done.Facts = append(done.Facts, i)
		}
	}
	return done
}

// distinct returns which of the indexes there are of so many, each at its first place.
func distinct(indexes []int, of int) []int {
	var found []int
	for _, i := range indexes {
		if i >= 0 && i < of && !slices.Contains(found, i) {
			found = append(found, i)
		}
	}
	return found
}
