package words

import (
	"slices"
	"unicode/utf8"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
)

// headline leads with what the plan leads with. Titles are cut until it fits.
func (w writing) headline(p plan.Plan) string {
	if len(p.Lead) == 0 {
		return w.Stop(w.quiet(p))
	}
	var headline string
	for _, limit := range []int{110, 60, 40, 24, 12} {
		headline = w.Stop(w.Clauses(w.clauses(p, limit)))
		if utf8.RuneCountInString(headline) <= summarizer.MaxHeadline {
			return headline
		}
	}
	return w.Stop(w.Events(len(w.facts.Brief.Novel)))
}

// quiet is the headline of a day on which no event leads.
func (w writing) quiet(p plan.Plan) string {
	switch {
	case w.facts.Total == 0:
		return w.Nothing
	case len(w.facts.Brief.Novel) > 0:
		return w.NothingNew
	}
	if about := w.aboutDay(p); len(about) > 0 {
		return about[0]
	}
	return w.Ordinary
}

// leader is a unit that leads the headline, and what the plan tells of it.
type leader struct {
	unit
	part plan.Part
}

// leaders returns the units that hold the leading events.
func (w writing) leaders(p plan.Plan) []leader {
	var leaders []leader
	for _, e := range p.Lead {
		if slices.ContainsFunc(leaders, func(l leader) bool { return slices.Contains(l.events, e) || slices.Contains(l.twin, e) }) {
			continue
		}
		for _, part := range p.Parts {
			if !slices.Contains(part.Events, e) {
				continue
			}
			cancelled, units := w.arrange(part.Events)
			if slices.Contains(cancelled, e) {
				units = w.units(cancelled)
			}
			for _, u := range units {
				if slices.Contains(u.events, e) || slices.Contains(u.twin, e) {
					leaders = append(leaders, leader{u, part})
				}
			}
		}
	}
	return leaders
}

// clauses makes the headline's clauses. Cancelled events share one, and so do those
// that are just there; the place of the first is that of all.
func (w writing) clauses(p plan.Plan, limit int) []string {
	leaders := w.leaders(p)
	if limit > 60 && len(leaders) > 1 {
		limit = 60
	}
	var (
		clauses                []string
		cancelled, items       []string
		cancelledAt, itemsAt   int
		cancelledEvents, named = 0, map[int]bool{}
		titles                 = map[string]bool{}
	)
	for _, l := range leaders {
		first := w.facts.Events[l.events[0]]
		name := w.called(l.unit, limit, false)
		if named[l.events[0]] || titles[name] {
			continue
		}
		titles[name] = true
		for _, e := range slices.Concat(l.events, l.twin) {
			named[e] = true
		}
		if !facts.TakesPlace(first.Event) {
			if len(cancelled) == 0 {
				cancelledAt, clauses = len(clauses), append(clauses, "")
			}
			cancelled, cancelledEvents = append(cancelled, name), cancelledEvents+len(l.events)
			continue
		}
		if clause, others := w.clause(l, name, limit); clause != "" {
			clauses = append(clauses, clause)
			for _, e := range others {
				named[e] = true
			}
			continue
		}
		if len(items) == 0 {
			itemsAt, clauses = len(clauses), append(clauses, "")
		}
		items = append(items, w.briefly(l.unit, name))
	}
	if more := w.unnamed(named); more > 0 {
		if len(items) > 0 && itemsAt == len(clauses)-1 {
			items = append(items, w.More(more))
		} else {
			clauses = append(clauses, w.AndMore(more))
		}
	}
	if len(cancelled) > 0 {
		clauses[cancelledAt] = w.IsCancelled(w.list(cancelled), cancelledEvents)
	}
	if len(items) > 0 {
		clauses[itemsAt] = w.list(items)
	}
	return clauses
}

// unnamed counts the novel events that the headline does not name, but for those that
// go on from an earlier day.
func (w writing) unnamed(named map[int]bool) int {
	more := len(w.facts.Brief.Novel) - len(named)
	for e := range w.facts.Events {
		if !named[e] && w.running(e) {
			more--
		}
	}
	return more
}

// clause returns a clause of its own for an event that was moved or that shares time
// with others, and which of the day's events it names as well; "" for any other.
func (w writing) clause(l leader, name string, limit int) (string, []int) {
	if l.kind != single {
		return "", nil
	}
	e := l.events[0]
	v := w.facts.Events[e]
	if v.Why.Kind == summarizer.Moved {
		if usual := w.insteadOf(v.Event, v.Why); usual != "" {
			return w.IsMoved(name, w.begins(e), usual), nil
		}
		return w.Because(w.briefly(l.unit, name), w.change(v.Why)), nil
	}
	if len(l.twin) > 0 {
		return w.Again(w.briefly(l.unit, name), w.begins(l.twin[0])), nil
	}
	const most = 2 // others named
	var names []string
	var others []int
	inside := true
	for _, i := range l.part.Facts {
		f := w.facts.Facts[i]
		other, ok := w.facts.With(f, e)
		if !ok || !clash(f) || len(names) == most || other.Title == v.Event.Title {
			continue
		}
		inside = inside && f.Kind == facts.Inside && f.Event == e
		names = append(names, w.other(f, other, min(limit, otherTitle)))
		if i := f.Event + f.Other - e; f.Beside == nil {
			others = append(others, i)
		}
	}
	if len(names) == 0 {
		return "", nil
	}
	what := w.briefly(l.unit, name)
	if inside {
		return w.IsDuring(what, w.list(names)), others
	}
	return w.Overlaps(what, w.list(names)), others
}

func clash(f facts.Fact) bool { return f.Kind == facts.Overlaps || f.Kind == facts.Inside }

// other names the other event of a fact.
func (w writing) other(f facts.Fact, e summarizer.Event, limit int) string {
	name := w.title(e.Title, limit)
	if e.Status == summarizer.Tentative {
		name = w.Tentative(name, "")
	}
	if f.Beside != nil {
		return w.Usual(name)
	}
	return name
}

// briefly says when the unit is in as few words as a headline wants.
func (w writing) briefly(u unit, name string) string {
	e := w.facts.Events[u.events[0]].Event
	s := facts.SpanOn(e, w.day)
	together := len(u.events) == 1 || w.atOnce(u.events)
	from, to, timed := w.hours(u.events)
	switch {
	case together && s.WholeDay && s.First == s.Last:
		return w.WholeDay(name)
	case together && s.WholeDay && s.StartsHere:
		return w.Lasting(name, w.near(s.Last))
	case !timed:
		return name
	case together:
		return w.At(name, w.Clock(from))
	case u.kind == same && few(u):
		var clocks []string
		for _, e := range u.events {
			clocks = append(clocks, w.begins(e))
		}
		return w.At(name, w.list(clocks))
	default:
		return w.Between(name, w.Clock(from), w.Clock(to))
	}
}

// begins returns what the clock shows when the event begins.
func (w writing) begins(e int) string {
	return w.starts(facts.SpanOn(w.facts.Events[e].Event, w.day))
}
