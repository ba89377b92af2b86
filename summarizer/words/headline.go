package words

import (
	"unicode/utf8"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
)

// headline leads with what the plan leads with. Where that is too long, titles are cut,
// and then less leads.
func (w *writing) headline() string {
	if len(w.plan.Lead) == 0 {
		return w.Stop(w.quiet())
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
	return w.Stop(w.Events(len(w.facts.Brief.Novel)))
}

// quiet is the headline of a day on which no event leads.
func (w *writing) quiet() string {
	switch {
	case w.facts.Total == 0:
		return w.Nothing
	case w.facts.Unread > 0:
		return w.Language.Unread(w.facts.Unread)
	case len(w.facts.Brief.Novel) > 0:
		return w.NothingNew
	}
	return append(w.aboutDay(), w.Ordinary)[0]
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
func (h *heading) clauses(lead []int) []string {
	var clauses []clause
	for _, e := range lead {
		if h.named[e] {
			continue
		}
		unit := h.units[e]
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
	if more, cancelled := h.more(); more > 0 {
		switch last := &clauses[len(clauses)-1]; {
		case last.kind == listing, last.kind == cancelling && cancelled == more:
			last.names = append(last.names, h.More(more))
			last.events += more
		default:
			clauses = append(clauses, clause{ofItsOwn, []string{h.AndMore(more)}, more})
		}
	}
	worded := make([]string, len(clauses))
	for i, c := range clauses {
		if worded[i] = h.list(c.names); c.kind == cancelling {
			worded[i] = h.IsCancelled(worded[i], c.events)
		}
	}
	return worded
}

// more counts the novel events that the headline does not name, but for those that go
// on from an earlier day, and how many of them are cancelled.
func (h *heading) more() (more, cancelled int) {
	more = len(h.facts.Brief.Novel)
	for e := range h.facts.Events {
		switch {
		case h.named[e] || h.facts.GoesOn(e):
			more--
		case !facts.TakesPlace(h.event(e)):
			cancelled++
		}
	}
	return more, cancelled
}

func (h *heading) clause(u told) clause {
	e := u.Events[0]
	name := h.called(u.Unit, h.limit, false)
	what := h.briefly(u.Unit, name)
	own := func(words string) clause { return clause{ofItsOwn, []string{words}, len(u.Events)} }
	switch why := h.facts.Events[e].Why; {
	case u.Kind == plan.Replaced:
		return own(h.Again(what, h.begins(u.Events[1])))
	case !h.takesPlace(u.Unit):
		if h.oneByOne(u.Unit) {
			name = what
		}
		return clause{cancelling, []string{name}, len(u.Events)}
	case u.Kind == plan.Single && why.Kind == summarizer.Moved:
		if usual := h.insteadOf(h.event(e), why); usual != "" {
			return own(h.IsMoved(name, h.begins(e), usual))
		}
		return own(h.Because(what, h.moved(why, true)))
	case u.Kind == plan.Single:
		const most = 2 // others
		others := h.shared(u, most, min(h.limit, otherTitle), false)
		for _, e := range others.events {
			h.named[e] = true
		}
		if len(others.names) > 0 && others.inside {
			return own(h.IsDuring(what, h.list(others.names)))
		} else if len(others.names) > 0 {
			return own(h.Overlaps(what, h.list(others.names)))
		}
	}
	return clause{listing, []string{what}, len(u.Events)}
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
