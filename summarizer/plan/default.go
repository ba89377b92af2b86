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
func (Default) Version() string { return "rules/3" }

// Plan plans the day. It does not block, and its error is always nil.
func (Default) Plan(_ context.Context, day facts.Day) (Plan, error) {
	return Complete(day, Plan{}), nil
}

// byRules returns which events lead the headline, and the parts that all are in: each
// unit is one, and so is what goes on from an earlier day.
func byRules(day facts.Day) (lead []int, parts [][]int) {
	all := make([]int, len(day.Events))
	for e := range all {
		all[e] = e
	}
	units := Units(day, all)
	byWeight := func(a, b Unit) int { return cmp.Compare(weigh(day, a), weigh(day, b)) }
	slices.SortStableFunc(units, byWeight)
	leading := slices.Clone(units)
	slices.SortStableFunc(leading, func(a, b Unit) int {
		return cmp.Or(byWeight(a, b), cmp.Compare(novelty(day, b), novelty(day, a)))
	})
	leading = leading[:min(len(leading), maxLead)]
	for _, u := range units {
		parts = append(parts, u.Events)
		if slices.ContainsFunc(leading, func(l Unit) bool { return l.Events[0] == u.Events[0] }) {
			lead = append(lead, u.Events[0])
		}
	}
	return lead, append(parts, all)
}

// Weights of units: what changes plans comes first.
const (
	isCancelled = iota
	isChanged   // is where one does not expect it
	clashes     // shares time with others
	isNew
)

func weigh(day facts.Day, u Unit) int {
	e := u.Events[0]
	first := day.Events[e]
	clash := func(f facts.Fact) bool { return f.Shares() && (f.Event == e || f.Other == e) }
	switch {
	case u.Kind == Replaced, first.Unexpected() && first.Why.Kind != summarizer.Renamed:
		return isChanged
	case !first.TakesPlace():
		return isCancelled
	case u.Kind == Single && slices.ContainsFunc(day.Facts, clash):
		return clashes
	}
	return isNew
}

// novelty returns that of the unit's most novel event.
func novelty(day facts.Day, u Unit) float64 {
	most := 0.0
	for _, e := range u.Events {
		most = max(most, day.Events[e].Novelty)
	}
	return most
}

// worthTelling reports whether the fact tells more than what there is and when. That
// something was never there before does where it is the day's only news; that the day
// ends late with it then says nothing more.
func worthTelling(day facts.Day, f facts.Fact) bool {
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
