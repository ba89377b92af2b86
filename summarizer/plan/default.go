package plan

import (
	"cmp"
	"context"
	"slices"

	"foreday/summarizer"
	"foreday/summarizer/facts"
)

// Default plans by rules, without a model. The zero value is ready for use.
type Default struct{}

var _ Planner = Default{}

// Name returns summarizer.PlainWriter.
func (Default) Name() string { return summarizer.PlainWriter }

// Version changes when the same day would be planned differently.
func (Default) Version() string { return "rules/1" }

// Plan plans the day. It does not block, and its error is always nil.
func (Default) Plan(_ context.Context, day facts.Day) (Plan, error) {
	return whole(day), nil
}

// whole plans the day with all its events and all that is true of it as a whole.
func whole(day facts.Day) Plan {
	events := make([]int, len(day.Events))
	for i := range events {
		events[i] = i
	}
	p := byRules(day, events)
	var about Part
	for i, f := range day.Facts {
		if f.Event == facts.None {
			about.Facts = append(about.Facts, i)
		}
	}
	if len(about.Facts) > 0 {
		p.Parts = append(p.Parts, about)
	}
	return p
}

// weight is how much a unit changes plans; what changes more comes first.
type weight int

const (
	isCancelled weight = iota
	isChanged          // is where one does not expect it
	clashes            // shares time with others
	isNew
)

// weighed is a unit and what decides where it stands.
type weighed struct {
	Unit
	weight  weight
	novelty float64 // of its most novel event
}

// byRules plans the events given by their indices.
func byRules(day facts.Day, events []int) Plan {
	var units []weighed
	for _, u := range Units(day, events) {
		units = append(units, weigh(day, u))
	}
	byTime := func(a, b weighed) int {
		return cmp.Or(cmp.Compare(a.weight, b.weight), cmp.Compare(a.Events[0], b.Events[0]))
	}
	byNovelty := func(a, b weighed) int {
		return cmp.Or(cmp.Compare(a.weight, b.weight), cmp.Compare(b.novelty, a.novelty))
	}
	slices.SortStableFunc(units, byNovelty)
	leading := slices.Clone(units[:min(len(units), maxLead)])
	slices.SortStableFunc(leading, byTime)
	slices.SortStableFunc(units, byTime)

	var p Plan
	for _, u := range leading {
		p.Lead = append(p.Lead, u.Events[0])
	}
	for i, u := range units {
		if i > 0 && u.weight == isCancelled && u.Kind != Replaced && units[i-1].Kind != Replaced {
			last := &p.Parts[len(p.Parts)-1] // all that is cancelled is told together
			last.Events = append(last.Events, u.Events...)
		} else {
			p.Parts = append(p.Parts, Part{Events: slices.Clone(u.Events)})
		}
	}
	if running := slices.DeleteFunc(slices.Clone(events), func(e int) bool { return !day.GoesOn(e) }); len(running) > 0 {
		p.Parts = append(p.Parts, Part{Events: running})
	}
	for i := range p.Parts {
		p.Parts[i].Facts = worthTelling(day, p.Parts[i].Events)
	}
	return p
}

func weigh(day facts.Day, u Unit) weighed {
	w := weighed{Unit: u, weight: isNew}
	for _, e := range u.Events {
		v := day.Events[e]
		w.novelty = max(w.novelty, v.Novelty)
		switch {
		case !facts.TakesPlace(v.Event):
			w.weight = isCancelled
		case changed(v.Why):
			w.weight = min(w.weight, isChanged)
		}
	}
	clash := func(f facts.Fact) bool {
		return f.Shares() && (slices.Contains(u.Events, f.Event) || slices.Contains(u.Events, f.Other))
	}
	if u.Kind == Single && slices.ContainsFunc(day.Facts, clash) {
		w.weight = min(w.weight, clashes)
	}
	return w
}

// worthTelling returns the facts about the events that are worth telling.
func worthTelling(day facts.Day, events []int) []int {
	var worth []int
	for i, f := range day.Facts {
		if f.Event == facts.None || !slices.Contains(events, f.Event) {
			continue
		}
		if mustBeTold(day, f) || f.Shares() && !slices.Contains(events, f.Other) || f.Kind == facts.Reason && telling(day, f.Event) {
			worth = append(worth, i)
		}
	}
	return worth
}

// telling reports whether the reason why an event is novel tells more than that it is:
// that something was never there before does where it is the day's only news.
func telling(day facts.Day, e int) bool {
	switch why := day.Events[e].Why; why.Kind {
	case summarizer.Yearly:
		return true
	case summarizer.NthTime:
		return !why.Last.IsZero()
	case summarizer.FirstTime, summarizer.NewCalendar:
		return len(day.Brief.Novel) == 1
	}
	return false
}
