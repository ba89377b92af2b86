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
	for i, u := range units {
		all, read = all+len(u.Events), read+u.n
		if i >= most {
			more += len(u.Events)
			continue
		}
		name := w.called(u, otherTitle, true)
		if u.each || u.timed && (u.atOnce || u.all.EndsHere) {
			name = w.briefly(u, name)
		}
		names = append(names, name)
	}
	if more > 0 {
		names = append(names, w.More(more))
	}
	return piece{text: w.Stop(w.IsCancelled(w.list(names), read)), events: all}
}

// piece tells a unit and what the plan tells of it: when it is and what shares its time
// in a line, the rest after it.
func (w *writing) piece(u unit) piece {
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
	var after []string
	if reason := w.why(u); reason != "" {
		after = append(after, w.Stop(capital(reason)))
	}
	if u.Kind == plan.Crowd {
		after = append(after, w.Stop(w.Among(w.list(w.examples(u)))))
	}
	for _, c := range w.clashes(u, otherTitle, true) {
		switch {
		case c.what != "":
			after = append(after, w.Stop(w.clash(c.what, c)))
		case c.inside:
			line = w.During(line, w.list(c.names))
		default:
			line = w.Overlapping(line, w.list(c.names), u.n)
		}
	}
	follows := slices.IndexFunc(u.facts, func(f facts.Fact) bool { return f.Kind == facts.Follows })
	if follows >= 0 && u.atOnce && u.Kind != plan.Replaced {
		after = append(after, w.Stop(w.After(w.other(w.facts.At(u.facts[follows].Other), otherTitle))))
	}
	if w.terse && !u.events[0].Unexpected() {
		after = nil
	}
	text := strings.Join(slices.Insert(after, 0, w.Stop(line)), w.Space)
	return piece{text: text, weight: u.weight, line: u.part + 1, events: len(u.Events)}
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
			reasons = append(reasons, w.reason(w.facts.Events[f.Event]))
		}
	}
	switch e := u.events[0]; {
	case len(reasons) < len(u.Events), slices.ContainsFunc(reasons, func(reason string) bool { return reason != reasons[0] }):
		return ""
	case w.insteadOf(e) == "":
		return reasons[0]
	case e.Why.Renamed:
		return w.AnotherTitle
	}
	return ""
}
