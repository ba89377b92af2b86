package words

import (
	"slices"
	"unicode/utf8"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
)

// headline leads with what the plan leads with. Titles are cut until it fits.
func (w *writing) headline() string {
	if len(w.plan.Lead) == 0 {
		return w.Stop(w.quiet())
	}
	limits := []int{110, 60, 40, 24, 12}
	if len(w.plan.Lead) > 1 {
		limits = limits[1:]
	}
	for _, limit := range limits {
		h := heading{writing: w, limit: limit, named: map[int]bool{}}
		if headline := w.Stop(w.Clauses(h.clauses())); utf8.RuneCountInString(headline) <= summarizer.MaxHeadline {
			return headline
		}
	}
	return w.Stop(w.Events(len(w.facts.Brief.Novel)))
}

// quiet is the headline of a day on which no event leads.
func (w *writing) quiet() string {
	switch {
	case w.facts.Total == 0:
		return w.Nothing
	case len(w.facts.Brief.Novel) > 0:
		return w.NothingNew
	}
	if about := w.aboutDay(); len(about) > 0 {
		return about[0]
	}
	return w.Ordinary
}

// heading is a headline while it is written.
type heading struct {
	*writing
	limit int          // of a title's characters
	named map[int]bool // events that it names
}

// clause is a clause of a headline while it is put together.
type clause struct {
	kind   clauseKind
	names  []string
	events int // how many the names hold
}

type clauseKind int

const (
	ofItsOwn   clauseKind = iota // a whole clause, which names nothing else
	cancelling                   // names of what is cancelled
	listing                      // names and times of what takes place
)

// clauses makes the headline's clauses. What is cancelled shares one, and so does what
// just takes place.
func (h *heading) clauses() []string {
	var clauses []clause
	for _, e := range h.plan.Lead {
		if h.named[e] {
			continue
		}
		unit := h.leading(e)
		for _, e := range unit.Events {
			h.named[e] = true
		}
		c := h.clause(unit)
		if last := len(clauses) - 1; last >= 0 && c.kind != ofItsOwn && clauses[last].kind == c.kind {
			clauses[last].names = append(clauses[last].names, c.names...)
			clauses[last].events += c.events
			continue
		}
		clauses = append(clauses, c)
	}
	if more := h.more(); more > 0 {
		if last := &clauses[len(clauses)-1]; last.kind == listing {
			last.names = append(last.names, h.More(more))
		} else {
			clauses = append(clauses, clause{ofItsOwn, []string{h.AndMore(more)}, more})
		}
	}
	var worded []string
	for _, c := range clauses {
		if names := h.list(c.names); c.kind == cancelling {
			worded = append(worded, h.IsCancelled(names, c.events))
		} else {
			worded = append(worded, names)
		}
	}
	return worded
}

// leading returns the unit that holds the event.
func (h *heading) leading(e int) told {
	for _, units := range h.parts {
		for _, u := range units {
			if slices.Contains(u.Events, e) {
				return u
			}
		}
	}
	return told{Unit: plan.Unit{Events: []int{e}}}
}

// more counts the novel events that the headline does not name, but for those that go
// on from an earlier day.
func (h *heading) more() int {
	more := len(h.facts.Brief.Novel)
	for e := range h.facts.Events {
		if h.named[e] || h.facts.GoesOn(e) {
			more--
		}
	}
	return more
}

func (h *heading) clause(u told) clause {
	e := u.Events[0]
	name := h.called(u.Unit, h.limit, false)
	what := h.briefly(u.Unit, name)
	c := clause{ofItsOwn, []string{what}, len(u.Events)}
	why := h.facts.Events[e].Why
	others, inside := h.sharing(u)
	switch usual := h.insteadOf(h.event(e), why); {
	case u.Kind == plan.Replaced:
		c.names[0] = h.Again(what, h.begins(u.Events[1]))
	case !h.takesPlace(u.Unit):
		c.kind, c.names[0] = cancelling, name
	case u.Kind == plan.Single && why.Kind == summarizer.Moved && usual != "":
		c.names[0] = h.IsMoved(name, h.begins(e), usual)
	case u.Kind == plan.Single && why.Kind == summarizer.Moved:
		c.names[0] = h.Because(what, h.change(why))
	case u.Kind == plan.Single && len(others) > 0 && inside:
		c.names[0] = h.IsDuring(what, h.list(others))
	case u.Kind == plan.Single && len(others) > 0:
		c.names[0] = h.Overlaps(what, h.list(others))
	default:
		c.kind = listing
	}
	return c
}

// sharing names the others that an event shares time with, two at most, and reports
// whether it is inside of them.
func (h *heading) sharing(u told) (names []string, inside bool) {
	const most = 2
	inside = true
	e := u.Events[0]
	if why := h.facts.Events[e].Why; u.Kind != plan.Single || why.Kind == summarizer.Moved {
		return nil, false
	}
	for _, f := range u.facts {
		other, ok := h.facts.With(f, e)
		if !ok || !f.Shares() || len(names) == most {
			continue
		}
		inside = inside && f.Kind == facts.Inside && f.Event == e
		names = append(names, h.other(f, other, min(h.limit, otherTitle)))
		if f.Beside == nil {
			h.named[f.Event+f.Other-e] = true
		}
	}
	return names, inside
}

// other names the other event of a fact.
func (w *writing) other(f facts.Fact, e summarizer.Event, limit int) string {
	name := w.title(e.Title, limit)
	if e.Status == summarizer.Tentative {
		name = w.Tentative(name, "")
	}
	if f.Beside != nil {
		return w.Usual(name)
	}
	return name
}
