package plan

import (
	"slices"

	"foreday/summarizer/facts"
)

// maxLead is how many events lead a headline.
const maxLead = 3

// Complete returns the plan without what does not exist, is there twice or stands
// with the wrong event, and with all events of the day: those that it leaves out are
// told as Default would. That an event is cancelled, moved, tentative or has another
// title than usual is told whatever the plan says. Of the facts about the day only
// those are told that the plan names, unless it names nothing at all. What goes on
// from an earlier day leads no headline. A complete plan stays as it is.
func Complete(day facts.Day, p Plan) Plan {
	c := completing{day: day, events: make([]bool, len(day.Events)), facts: make([]bool, len(day.Facts))}
	for _, part := range p.Parts {
		c.add(part)
	}
	rest, nothing := byRules(day), len(c.parts) == 0
	for _, part := range rest.Parts {
		if len(part.Events) > 0 || nothing {
			c.add(part)
		}
	}
	lead := c.leading(p.Lead)
	if len(lead) == 0 {
		lead = rest.Lead
	}
	return Plan{Lead: lead, Parts: c.parts}
}

// completing is a plan on its way to be complete, and what it tells already.
type completing struct {
	day           facts.Day
	parts         []Part
	events, facts []bool
}

// add takes over of a part what exists, belongs together and was not told before, and
// what must be told with it.
func (c *completing) add(part Part) {
	var kept Part
	for _, e := range part.Events {
		if e >= 0 && e < len(c.day.Events) && !c.events[e] {
			c.events[e] = true
			kept.Events = append(kept.Events, e)
		}
	}
	for i, f := range c.day.Facts {
		about := slices.Contains(kept.Events, f.Event)
		belongs := about || f.Event == facts.None || f.Other != facts.None && slices.Contains(kept.Events, f.Other)
		if !c.facts[i] && (about && c.mustBeTold(f) || belongs && slices.Contains(part.Facts, i)) {
			c.facts[i] = true
			kept.Facts = append(kept.Facts, i)
		}
	}
	if len(kept.Events)+len(kept.Facts) > 0 {
		c.parts = append(c.parts, kept)
	}
}

// mustBeTold reports whether a fact is told whatever a plan says.
func (c *completing) mustBeTold(f facts.Fact) bool {
	switch f.Kind {
	case facts.Cancelled, facts.Tentative:
		return true
	case facts.Reason:
		e := c.day.Events[f.Event]
		return e.TakesPlace() && unexpected(e.Why)
	}
	return false
}

// leading returns which of the events may lead the headline.
func (c *completing) leading(lead []int) []int {
	var kept []int
	for _, e := range lead {
		if len(kept) < maxLead && e >= 0 && e < len(c.day.Events) && !slices.Contains(kept, e) && !c.day.Events[e].GoesOn() {
			kept = append(kept, e)
		}
	}
	return kept
}
