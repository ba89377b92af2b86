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
	return byRules(day), nil
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

func byRules(day facts.Day) Plan {
	var events, running []int
	for e := range day.Events {
		if events = append(events, e); day.GoesOn(e) {
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
	if len(running) > 0 {
		p.Parts = append(p.Parts, Part{Events: running})
	}
	for i := range p.Parts {
		p.Parts[i].Facts = worthTelling(day, p.Parts[i].Events)
	}
	if about := worthTelling(day, []int{facts.None}); len(about) > 0 {
		p.Parts = append(p.Parts, Part{Facts: about})
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

// worthTelling returns the facts about the events, or about the day, that are worth
// telling.
func worthTelling(day facts.Day, events []int) []int {
	var worth []int
	for i, f := range day.Facts {
		shared := f.Shares() && !slices.Contains(events, f.Other)
		if slices.Contains(events, f.Event) && (mustBeTold(day, f) || shared || telling(day, f)) {
			worth = append(worth, i)
		}
	}
	return worth
}

// telling reports whether the fact tells more than what there is and when. That
// something was never there before does where it is the day's only news; that the day
// ends late with it then says nothing more.
func telling(day facts.Day, f facts.Fact) bool {
	if f.Kind != facts.Reason {
		return f.Event == facts.None && (f.Kind != facts.EndsLater || len(day.Brief.Novel) > 1)
	}
	switch why := day.Events[f.Event].Why; why.Kind {
	case summarizer.Yearly:
		return true
	case summarizer.NthTime:
		return !why.Last.IsZero()
	case summarizer.FirstTime, summarizer.NewCalendar:
		return len(day.Brief.Novel) == 1
	}
	return false
}
