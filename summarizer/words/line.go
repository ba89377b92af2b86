package words

import (
	"slices"
	"strings"

	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
)

// cancelled tells which units are cancelled.
func (w *writing) cancelled(units []unit) piece {
	const most = 5 // names
	var names []string
	all, read, more := 0, 0, 0
	for _, u := range units {
		all += len(u.Events)
		read += u.n
		if len(names) == most {
			more += len(u.Events)
			continue
		}
		name := w.called(u, otherTitle, true)
		if _, _, timed := w.extent(u.events); timed {
			name = w.briefly(u, name)
		}
		names = append(names, name)
	}
	if more > 0 {
		names = append(names, w.More(more))
	}
	return piece{text: w.Stop(w.IsCancelled(w.list(names), read)), must: true, events: all}
}

// piece tells a unit and what the plan tells of it.
func (w *writing) piece(u unit) piece {
	sentences := []string{w.Stop(w.line(u))}
	if reason := w.why(u); reason != "" {
		sentences = append(sentences, w.Stop(capital(reason)))
	}
	if u.Kind == plan.Crowd {
		sentences = append(sentences, w.Stop(w.Among(w.list(w.examples(u)))))
	}
	follows := slices.IndexFunc(u.facts, func(f facts.Fact) bool { return f.Kind == facts.Follows })
	if follows >= 0 && u.atOnce {
		sentences = append(sentences, w.Stop(w.After(w.other(w.facts.At(u.facts[follows].Other), otherTitle))))
	}
	return piece{text: strings.Join(sentences, w.Space), events: len(u.Events), must: u.Kind == plan.Replaced || plan.MustTell(u.events[0])}
}

// line names the unit, says when it is, and what shares its time.
func (w *writing) line(u unit) string {
	line, when := w.called(u, lineTitle, true), w.unitWhen(u)
	if usual := w.insteadOf(u.events[0]); usual != "" {
		when = w.InsteadOf(when, usual)
	}
	if when != "" {
		line = w.Line(line, when)
	}
	if u.Kind == plan.Replaced {
		line = w.Again(line, w.begins(u.cancelled.Span))
	}
	others := w.shared(u, otherTitle, true)
	switch {
	case len(others.names) == 0:
		return line
	case others.inside:
		return w.During(line, w.list(others.names))
	default:
		return w.Overlapping(line, w.list(others.names), u.n)
	}
}

// others are events outside a unit that share time with it.
type others struct {
	names  []string
	events []int // by their index
	inside bool  // the unit is inside of each
}

// shared returns a few events that share time with the unit, their titles cut to the
// limit. Routine ones can be named with their times; novel ones have lines of their own,
// which say when they are.
func (w *writing) shared(u unit, limit int, times bool) others {
	const most = 3
	found := others{inside: true}
	for _, f := range u.facts {
		if !f.Shares() || slices.Contains(u.Events, f.Other) || u.each && !w.eachShares(u, f.Other) {
			continue
		}
		o := w.facts.At(f.Other)
		name := w.other(o, limit)
		if times && !o.Novel {
			name = w.Aside(name, w.when(o.Span))
		}
		if len(found.names) < most && !slices.Contains(found.names, name) {
			found.names, found.events = append(found.names, name), append(found.events, f.Other)
			found.inside = found.inside && u.atOnce && f.Kind == facts.Inside
		}
	}
	return found
}

// eachShares reports whether each event of the unit shares time with the other.
func (w *writing) eachShares(u unit, other int) bool {
	return !slices.ContainsFunc(u.Events, func(e int) bool {
		return !slices.ContainsFunc(u.facts, func(f facts.Fact) bool { return f.Shares() && f.Event == e && f.Other == other })
	})
}

// examples names a few events of a crowd, of different beginnings if there are any.
func (w *writing) examples(u unit) []string {
	const few = 3
	var names, beginnings []string
	for _, different := range []bool{true, false} {
		for _, e := range u.events {
			name := w.title(e.Title, otherTitle)
			beginning := strings.Trim(strings.SplitN(e.Title, " ", 2)[0], ",:;")
			if len(names) < few && !slices.Contains(names, name) && !(different && slices.Contains(beginnings, beginning)) {
				names, beginnings = append(names, name), append(beginnings, beginning)
			}
		}
	}
	return names
}

// why returns the reason that the facts tell of the unit: of all its events, if they
// are several. That an event was moved within the day stands in its line.
func (w *writing) why(u unit) string {
	var reasons []string
	for _, f := range u.facts {
		if f.Kind == facts.Reason {
			reasons = append(reasons, w.reason(w.facts.Events[f.Event].Why))
		}
	}
	same := slices.Compact(slices.Clone(reasons))
	switch e := u.events[0]; {
	case len(reasons) < len(u.Events), len(same) > 1:
		return ""
	case w.insteadOf(e) == "":
		return reasons[0]
	case e.Why.Renamed:
		return w.AnotherTitle
	}
	return ""
}
