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
func (Default) Version() string { return "rules/2" }

// Plan plans the day. It does not block, and its error is always nil.
func (Default) Plan(_ context.Context, day facts.Day) (Plan, error) {
	return Complete(day, Plan{}), nil
}

// weighed is a unit and what decides where it stands.
type weighed struct {
	Unit
	weight  int     // what changes plans more has less, and comes first
	novelty float64 // of its most novel event
}

// byRules plans the day, but for what must be told.
func byRules(day facts.Day) Plan {
	var events, running []int
	for e, v := range day.Events {
		events = append(events, e)
		if v.GoesOn() {
			running = append(running, e)
		}
	}
	var units []weighed
	for _, u := range Units(day, events) {
		units = append(units, weigh(day, u))
	}
	byTime := func(a, b weighed) int {
		return cmp.Or(cmp.Compare(a.weight, b.weight), cmp.Compare(a.Events[0], b.Events[0]))
	}
	slices.SortFunc(units, byTime)
	leading := slices.Clone(units)
	slices.SortStableFunc(leading, func(a, b weighed) int {
		return cmp.Or(cmp.Compare(a.weight, b.weight), cmp.Compare(b.novelty, a.novelty))
	})
	leading = leading[:min(len(leading), maxLead)]
	slices.SortFunc(leading, byTime)

	var p Plan
	for _, u := range leading {
		p.Lead = append(p.Lead, u.Events[0])
	}
	for i, u := range units {
		if i > 0 && u.weight == isCancelled {
			p.Parts[0].Events = append(p.Parts[0].Events, u.Events...) // all that is cancelled is told together
		} else {
			p.Parts = append(p.Parts, Part{Events: slices.Clone(u.Events)})
		}
	}
	p.Parts = append(p.Parts, Part{Events: running})
	for i := range p.Parts {
		p.Parts[i].Facts = worthTelling(day, p.Parts[i].Events)
	}
	p.Parts = append(p.Parts, Part{Facts: worthTelling(day, []int{facts.None})})
	return p
}

// Weights of units.
const (
	isCancelled = iota
	isChanged   // is where one does not expect it
	clashes     // shares time with others
	isNew
)

func weigh(day facts.Day, u Unit) weighed {
	w := weighed{Unit: u, weight: isNew}
	for _, e := range u.Events {
		w.novelty = max(w.novelty, day.Events[e].Novelty)
	}
	first := day.Events[u.Events[0]]
	clash := func(f facts.Fact) bool { return f.Shares() && f.With(u.Events[0]) != facts.None }
	switch {
	case !first.TakesPlace():
		w.weight = isCancelled
	case u.Kind == Replaced, unexpected(first.Why) && first.Why.Kind != summarizer.Renamed:
		w.weight = isChanged
	case u.Kind == Single && slices.ContainsFunc(day.Facts, clash):
		w.weight = clashes
	}
	return w
}

// worthTelling returns the facts about the events, or about the day, that are worth
// telling.
func worthTelling(day facts.Day, events []int) []int {
	var worth []int
	for i, f := range day.Facts {
		if slices.Contains(events, f.Event) && telling(day, f) {
			worth = append(worth, i)
		}
	}
	return worth
}

// telling reports whether the fact tells more than what there is and when. That
// something was never there before does where it is the day's only news; that the day
// ends late with it then says nothing more.
func telling(day facts.Day, f facts.Fact) bool {
	switch f.Kind {
	case facts.EndsLater:
		return len(day.Novel) > 1
	case facts.Reason:
		why := day.Events[f.Event].Why
		first := why.Kind == summarizer.FirstTime || why.Kind == summarizer.NewCalendar
		return why.Kind == summarizer.Yearly || why.Kind == summarizer.NthTime && !why.Last.IsZero() || first && len(day.Novel) == 1
	}
	return f.Event == facts.None || f.Shares()
}
