package words

import (
	"slices"
	"unicode/utf8"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
)

// headline leads with what the plan leads with. Where that is too long, titles are cut,
// and then less leads.
func (w *writing) headline() string {
	if len(w.plan.Lead) == 0 {
		return w.quiet()
	}
	for leads := len(w.plan.Lead); leads > 0; leads-- {
		for _, limit := range []int{facts.MaxTitle, 60, 40, 24} {
			h := heading{writing: w, limit: limit, named: map[int]bool{}}
			headline := w.Stop(w.Clauses(h.clauses(w.plan.Lead[:leads])))
			if utf8.RuneCountInString(headline) <= summarizer.MaxHeadline && (leads == 1 || limit <= 60) {
				return headline
			}
		}
	}
	return w.Stop(w.Events(len(w.facts.Novel)))
}

// quiet is the headline of a day on which no event leads.
func (w *writing) quiet() string {
	switch {
	case w.facts.Unread > 0:
		return w.Stop(w.Language.Unread(w.facts.Unread))
	case len(w.facts.Novel) > 0:
		return w.Stop(w.NothingNew)
	case len(w.facts.Routine) == 0:
		return w.Stop(w.Nothing)
	}
	return append(w.aboutDay(), w.Stop(w.Ordinary))[0]
}

// heading is a headline while it is written.
type heading struct {
	*writing
	limit int          // of a title's characters
	named map[int]bool // events that it names, by their index
}

// clause is a clause of a headline while it is put together.
type clause struct {
	kind  clauseKind
	names []string
	n     int // how many events the names speak of
}

type clauseKind int

const (
	ofItsOwn   clauseKind = iota // a whole clause, which names nothing else
	cancelling                   // names of what is cancelled
	listing                      // names and times of what takes place
)

// clauses makes the headline's clauses. What is cancelled shares one, and so does what
// just takes place.
func (h *heading) clauses(lead []int) []string {
	var clauses []clause
	add := func(c clause) {
		if last := len(clauses) - 1; last >= 0 && c.kind != ofItsOwn && clauses[last].kind == c.kind {
			c.names, c.n = append(clauses[last].names, c.names...), clauses[last].n+c.n
			clauses = clauses[:last]
		}
		clauses = append(clauses, c)
	}
	for _, e := range lead {
		if !h.named[e] {
			add(h.clause(h.units[slices.IndexFunc(h.units, func(u unit) bool { return slices.Contains(u.Events, e) })]))
		}
	}
	more, cancelled := h.more()
	switch last := clauses[len(clauses)-1].kind; {
	case more == 0:
	case last == listing, last == cancelling && cancelled == more:
		add(clause{last, []string{h.More(more)}, more})
	default:
		add(clause{ofItsOwn, []string{h.AndMore(more)}, more})
	}
	worded := make([]string, len(clauses))
	for i, c := range clauses {
		if worded[i] = h.list(c.names); c.kind == cancelling {
			worded[i] = h.IsCancelled(worded[i], c.n)
		}
	}
	return worded
}

// more counts the novel events that the headline does not name, but for those that go
// on from an earlier day, and how many of them are cancelled.
func (h *heading) more() (more, cancelled int) {
	more = len(h.facts.Novel)
	for i, e := range h.facts.Events {
		switch {
		case h.named[i] || e.GoesOn():
			more--
		case !e.TakesPlace():
			cancelled++
		}
	}
	return more, cancelled
}

// clause names the unit, and what clashes with a single event.
func (h *heading) clause(u unit) clause {
	for _, e := range u.Events {
		h.named[e] = true
	}
	name := h.called(u, h.limit, false)
	what := h.briefly(u, name)
	own := func(words string) clause { return clause{kind: ofItsOwn, names: []string{words}} }
	switch e := u.events[0]; {
	case u.Kind == plan.Replaced:
		return own(h.Again(what, h.begins(u.cancelled.Span)))
	case !e.TakesPlace() && u.each:
		return clause{cancelling, []string{what}, u.n}
	case !e.TakesPlace():
		return clause{cancelling, []string{name}, u.n}
	case e.Why.Kind == summarizer.Moved && h.insteadOf(e) == "":
		return own(what + h.Comma + h.reason(e.Why))
	case u.Kind == plan.Single:
		others := h.shared(u, min(h.limit, otherTitle), false)
		for _, o := range others.events {
			h.named[o] = true
		}
		switch names := others.names; {
		case len(names) > 0 && others.inside:
			return own(h.IsDuring(what, h.list(names)))
		case len(names) > 0:
			return own(h.Overlaps(what, h.list(names)))
		}
	}
	return clause{listing, []string{what}, u.n}
}
