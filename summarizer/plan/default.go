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

// weight is how much an event changes plans; what is lighter comes first.
type weight int

const (
	isCancelled weight = iota
	isChanged          // in time, or takes the place of another
	clashes            // shares time with another
	isNew
	goesOn // from an earlier day
)

// told is a part on its way to be one, and what decides where it stands.
type told struct {
	Part
	weight weight
}

// byRules plans the events given by their indices.
func byRules(day facts.Day, events []int) Plan {
	r := rules{day: day, weights: make([]weight, len(day.Events))}
	for i := range day.Events {
		r.weights[i] = r.weigh(i)
	}
	parts := r.parts(events)
	slices.SortStableFunc(parts, func(a, b told) int {
		return cmp.Or(cmp.Compare(a.weight, b.weight), cmp.Compare(a.Events[0], b.Events[0]))
	})
	p := Plan{Lead: r.lead(parts)}
	for _, part := range parts {
		r.choose(&part.Part)
		p.Parts = append(p.Parts, part.Part)
	}
	return p
}

// rules plan one day.
type rules struct {
	day     facts.Day
	weights []weight
}

func (r rules) weigh(i int) weight {
	e := r.day.Events[i]
	switch {
	case !facts.TakesPlace(e.Event):
		return isCancelled
	case stillOn(r.day, i):
		return goesOn
	}
	switch e.Why.Kind {
	case summarizer.Moved, summarizer.Instead, summarizer.OutOfTurn, summarizer.Extra:
		return isChanged
	}
	for _, f := range r.day.Facts {
		if clash(f) && (f.Event == i || f.Other == i) {
			return clashes
		}
	}
	return isNew
}

func clash(f facts.Fact) bool { return f.Kind == facts.Overlaps || f.Kind == facts.Inside }

// parts puts together what is told together.
func (r rules) parts(events []int) []told {
	var cancelled, running, rest []int
	var parts []told
	for _, e := range events {
		switch r.weights[e] {
		case isCancelled:
			cancelled = append(cancelled, e)
		case goesOn:
			running = append(running, e)
		case isChanged:
			parts = append(parts, told{Part{Events: []int{e}}, isChanged})
		default:
			rest = append(rest, e)
		}
	}
	for _, e := range slices.Clone(rest) {
		if i := slices.IndexFunc(cancelled, func(c int) bool { return r.day.Events[c].Event.Title == r.day.Events[e].Event.Title }); i >= 0 {
			parts = append(parts, told{Part{Events: []int{cancelled[i], e}}, isCancelled})
			cancelled = slices.Delete(cancelled, i, i+1)
			rest = slices.DeleteFunc(rest, func(o int) bool { return o == e })
		}
	}
	if len(cancelled) > 0 {
		parts = append(parts, told{Part{Events: cancelled}, isCancelled})
	}
	if len(running) > 0 {
		parts = append(parts, told{Part{Events: running}, goesOn})
	}
	groups, single := r.group(rest)
	for _, group := range groups {
		parts = append(parts, told{Part{Events: group}, isNew})
	}
	return append(parts, r.clashing(single)...)
}

// clashing puts two events of those given together if they share time.
func (r rules) clashing(events []int) []told {
	var parts []told
	placed := make([]bool, len(r.day.Events))
	place := func(weight weight, events ...int) {
		for _, e := range events {
			placed[e] = true
		}
		parts = append(parts, told{Part{Events: events}, weight})
	}
	free := func(e int) bool { return e != facts.None && !placed[e] && slices.Contains(events, e) }
	for _, f := range r.day.Facts {
		if clash(f) && free(f.Event) && free(f.Other) {
			place(clashes, f.Event, f.Other)
		}
	}
	for _, e := range events {
		if !placed[e] {
			place(r.weights[e], e)
		}
	}
	return parts
}

// lead chooses what leads the headline: what changes plans, then the most novel.
func (r rules) lead(parts []told) []int {
	var order []told
	for _, part := range parts {
		switch part.weight {
		case goesOn:
		case isCancelled:
			for _, e := range part.Events {
				if r.weights[e] == isCancelled {
					order = append(order, told{Part{Events: []int{e}}, isCancelled})
				}
			}
		default:
			order = append(order, part)
		}
	}
	slices.SortStableFunc(order, func(a, b told) int {
		return cmp.Or(cmp.Compare(a.weight, b.weight), cmp.Compare(r.novelty(b), r.novelty(a)))
	})
	order = order[:min(len(order), maxLead)]
	slices.SortStableFunc(order, func(a, b told) int {
		return cmp.Or(cmp.Compare(a.weight, b.weight), cmp.Compare(a.Events[0], b.Events[0]))
	})
	var lead []int
	for _, part := range order {
		lead = append(lead, part.Events[0])
	}
	return lead
}

// novelty of a part is that of its most novel event.
func (r rules) novelty(part told) float64 {
	most := 0.0
	for _, e := range part.Events {
		most = max(most, r.day.Events[e].Novelty)
	}
	return most
}

// choose adds the facts worth telling of the part's events.
func (r rules) choose(part *Part) {
	for i, f := range r.day.Facts {
		if f.Event == facts.None || !slices.Contains(part.Events, f.Event) {
			continue
		}
		within := f.Other != facts.None && slices.Contains(part.Events, f.Other)
		if mustTell(r.day, f) || clash(f) && (!within || len(part.Events) == 2) || f.Kind == facts.Reason && r.telling(f.Event) {
			part.Facts = append(part.Facts, i)
		}
	}
}

// telling reports whether the reason why an event is novel tells more than that it is:
// that something was never there before does where it is the day's only news.
func (r rules) telling(e int) bool {
	switch why := r.day.Events[e].Why; why.Kind {
	case summarizer.Yearly:
		return true
	case summarizer.NthTime:
		return !why.Last.IsZero()
	case summarizer.FirstTime, summarizer.NewCalendar:
		return len(r.day.Brief.Novel) == 1
	}
	return false
}
