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
			headline := w.Stop(w.Clauses(h.worded(w.plan.Lead[:leads])))
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
	case len(w.usual) < len(w.facts.Routine): // not all is as usual
		return w.Stop(w.Events(len(w.facts.Novel) + len(w.facts.Routine)))
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
	limit   int          // of a title's characters
	named   map[int]bool // events that it names, by their index
	clauses []clause
}

// clause is a clause of a headline while it is put together.
type clause struct {
	kind  clauseKind
	n     int // how many events the names speak of
	names []string
}

type clauseKind int

const (
	ofItsOwn   clauseKind = iota // a whole clause, which names nothing else
	cancelling                   // names of what is cancelled
	listing                      // names and times of what takes place
)

// add adds a clause. What is cancelled shares one, and so does what just takes place.
func (h *heading) add(kind clauseKind, n int, name string) {
	if last := len(h.clauses) - 1; last >= 0 && kind != ofItsOwn && h.clauses[last].kind == kind {
		c := &h.clauses[last]
		c.n, c.names = c.n+n, append(c.names, name)
		return
	}
	h.clauses = append(h.clauses, clause{kind, n, []string{name}})
}

// worded returns the clauses about what leads, and how many more events there are.
func (h *heading) worded(lead []int) []string {
	for _, e := range lead {
		if !h.named[e] {
			h.tell(h.units[slices.IndexFunc(h.units, func(u unit) bool { return slices.Contains(u.Events, e) })])
		}
	}
	more, cancelled := h.more()
	switch last := h.clauses[len(h.clauses)-1].kind; {
	case more == 0:
	case last == listing, last == cancelling && cancelled == more:
		h.add(last, more, h.More(more))
	default:
		h.add(ofItsOwn, more, h.AndMore(more))
	}
	words := make([]string, len(h.clauses))
	for i, c := range h.clauses {
		if words[i] = h.list(c.names); c.kind == cancelling {
			words[i] = h.IsCancelled(words[i], c.n)
		}
	}
	return words
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

// tell names the unit, and what clashes with it or with one of its events.
func (h *heading) tell(u unit) {
	for _, e := range u.Events {
		h.named[e] = true
	}
	name := h.called(u, h.limit, false)
	what := h.briefly(u, name)
	var c clash
	if found := h.clashes(u, min(h.limit, otherTitle), false); len(found) == 1 {
		c = found[0]
	}
	switch e := u.events[0]; {
	case !e.TakesPlace() && u.each:
		h.add(cancelling, u.n, what)
	case !e.TakesPlace():
		h.add(cancelling, u.n, name)
	case u.Kind == plan.Replaced:
		h.add(ofItsOwn, u.n, h.Again(what, h.begins(u.cancelled.Span)))
	case e.Why.Kind == summarizer.Moved && h.insteadOf(e) == "":
		h.add(ofItsOwn, u.n, what+h.Comma+h.reason(e))
		return
	case len(c.names) > 0 && c.what == "":
		h.add(ofItsOwn, u.n, h.clash(what, c))
	case !u.atOnce && !(u.timed && u.all.EndsHere):
		h.add(ofItsOwn, u.n, what)
	default:
		h.add(listing, u.n, what)
	}
	if c.what != "" {
		h.add(ofItsOwn, 1, h.clash(c.what, c))
	}
	for _, o := range c.events {
		h.named[o] = true
	}
}
