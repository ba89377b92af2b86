package plan

import (
	"slices"

	"foreday/summarizer"
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
	c := completing{day: day, toldEvents: make([]bool, len(day.Events)), toldFacts: make([]bool, len(day.Facts))}
	for _, part := range p.Parts {
		c.add(part)
	}
	rest := whole(day)
	if len(c.parts) > 0 {
		rest = byRules(day, c.left())
	}
	for _, part := range rest.Parts {
		c.add(part)
	}
	lead := c.leading(p.Lead)
	if len(lead) == 0 {
		lead = c.leading(whole(day).Lead)
	}
	return Plan{Lead: lead, Parts: c.parts}
}

// left returns the events that are not told yet.
func (c *completing) left() []int {
	var left []int
	for i, told := range c.toldEvents {
		if !told {
			left = append(left, i)
		}
	}
	return left
}

// completing is a plan on its way to be complete.
type completing struct {
	day        facts.Day
	parts      []Part
	toldEvents []bool
	toldFacts  []bool
}

// add takes over of a part what exists, belongs together and was not told before.
func (c *completing) add(part Part) {
	var kept Part
	for _, e := range part.Events {
		if e >= 0 && e < len(c.day.Events) && !c.toldEvents[e] {
			c.toldEvents[e] = true
			kept.Events = append(kept.Events, e)
		}
	}
	for _, f := range part.Facts {
		if f >= 0 && f < len(c.day.Facts) && c.belongs(c.day.Facts[f], kept) {
			c.tell(f, &kept)
		}
	}
	for i, f := range c.day.Facts {
		if mustBeTold(c.day, f) && slices.Contains(kept.Events, f.Event) {
			c.tell(i, &kept)
		}
	}
	if len(kept.Events)+len(kept.Facts) > 0 {
		c.parts = append(c.parts, kept)
	}
}

func (c *completing) tell(f int, in *Part) {
	if !c.toldFacts[f] {
		c.toldFacts[f] = true
		in.Facts = append(in.Facts, f)
	}
}

// belongs reports whether the fact is about the day or an event of the part.
func (c *completing) belongs(f facts.Fact, part Part) bool {
	return f.Event == facts.None || slices.Contains(part.Events, f.Event) || f.Other != facts.None && slices.Contains(part.Events, f.Other)
}

// leading returns which of the events may lead the headline.
func (c *completing) leading(lead []int) []int {
	var kept []int
	for _, e := range lead {
		if len(kept) < maxLead && e >= 0 && e < len(c.day.Events) && !slices.Contains(kept, e) && !c.day.GoesOn(e) {
			kept = append(kept, e)
		}
	}
	return kept
}

// mustBeTold reports whether a fact is told whatever a plan says.
func mustBeTold(day facts.Day, f facts.Fact) bool {
	switch f.Kind {
	case facts.Cancelled, facts.Tentative:
		return true
	case facts.Reason:
		e := day.Events[f.Event]
		return facts.TakesPlace(e.Event) && (changed(e.Why) || e.Why.Kind == summarizer.Renamed)
	}
	return false
}
