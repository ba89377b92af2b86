package words

import (
	"slices"
	"strings"

	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
	"foreday/summarizer/titles"
)

// pieces tells a part: what is cancelled, then the others in their order.
func (w writing) pieces(part plan.Part) []piece {
	cancelled, units := w.arrange(part.Events)
	var pieces []piece
	if len(cancelled) > 0 {
		pieces = append(pieces, w.cancelled(cancelled))
	}
	remarks := w.assign(part, units)
	for i, u := range units {
		if remarks[i].told {
			continue
		}
		if j := w.partner(units, remarks, i); j >= 0 {
			remarks[j].told = true
			pieces = append(pieces, w.pair(u, units[j], remarks[i]))
			continue
		}
		pieces = append(pieces, w.piece(u, remarks[i]))
	}
	return pieces
}

// cancelled tells which events are cancelled.
func (w writing) cancelled(events []int) piece {
	const most = 5 // names
	units := w.units(events)
	var names []string
	told := 0
	for _, u := range units {
		if u.kind == crowd || len(names) == most {
			break
		}
		names = append(names, w.cancelledName(u))
		told += len(u.events)
	}
	if u := units[len(units)-1]; u.kind == crowd {
		for _, e := range u.events[:max(0, min(most-len(names), len(u.events)))] {
			names = append(names, w.cancelledName(unit{events: []int{e}}))
			told++
		}
	}
	if more := len(events) - told; more > 0 {
		names = append(names, w.More(more))
	}
	return piece{text: w.Stop(w.IsCancelled(w.list(names), len(events))), must: true, events: len(events)}
}

// cancelledName names the unit with its time, if it has one.
func (w writing) cancelledName(u unit) string {
	name := w.called(u, otherTitle, true)
	if _, _, timed := w.hours(u.events); timed {
		return w.briefly(u, name)
	}
	if when := w.unitWhen(u); when != "" && !w.labels {
		return w.OtherAt(name, when)
	}
	return name
}

// remarks are the facts told of a unit.
type remarks struct {
	facts []facts.Fact
	told  bool // in the sentence about another
}

// assign gives each fact of the part to the unit that it is about.
func (w writing) assign(part plan.Part, units []unit) []remarks {
	found := make([]remarks, len(units))
	for _, i := range part.Facts {
		f := w.facts.Facts[i]
		holds := func(e int) func(unit) bool {
			return func(u unit) bool { return e != facts.None && slices.Contains(u.events, e) }
		}
		u := slices.IndexFunc(units, holds(f.Event))
		if u < 0 {
			u = slices.IndexFunc(units, holds(f.Other))
		}
		if u >= 0 {
			found[u].facts = append(found[u].facts, f)
		}
	}
	return found
}

// partner returns the index of a unit after i that the sentence about i can tell as
// well: both are single events, they share time, and nothing else is to be said of the
// other. -1 if there is none.
func (w writing) partner(units []unit, all []remarks, i int) int {
	if units[i].kind != single {
		return -1
	}
	for j := i + 1; j < len(units); j++ {
		if units[j].kind != single || len(units[j].twin) > 0 || w.speaksForItself(units[j].events[0]) || all[j].told {
			continue
		}
		shared := func(f facts.Fact) bool {
			return clash(f) && f.Beside == nil && f.Event+f.Other == units[i].events[0]+units[j].events[0] &&
				(f.Event == units[i].events[0] || f.Other == units[i].events[0])
		}
		if n := slices.IndexFunc(all[i].facts, shared); n >= 0 && !w.more(all[j].facts) {
			return j
		}
		if n := slices.IndexFunc(all[j].facts, shared); n >= 0 && !w.more(slices.Delete(slices.Clone(all[j].facts), n, n+1)) {
			all[i].facts = append(all[i].facts, all[j].facts[n])
			return j
		}
	}
	return -1
}

// more reports whether a fact needs words beside an event's name.
func (w writing) more(fs []facts.Fact) bool {
	return slices.ContainsFunc(fs, func(f facts.Fact) bool { return f.Kind != facts.Tentative && f.Kind != facts.StillOn })
}

// pair tells two events that share time in one sentence.
func (w writing) pair(a, b unit, r remarks) piece {
	told := w.piece(a, r)
	told.events += len(b.events)
	return told
}

// piece tells a unit and the remarks on it.
func (w writing) piece(u unit, r remarks) piece {
	sentences := []string{w.Stop(w.sharing(u, w.line(u), r.facts))}
	if reason := w.why(u, r.facts); reason != "" {
		sentences = append(sentences, w.Stop(capital(reason)))
	}
	if u.kind == crowd {
		sentences = append(sentences, w.Stop(w.Among(w.list(w.examples(u)))))
	}
	for _, f := range r.facts {
		if other, ok := w.facts.With(f, u.events[0]); ok && f.Kind == facts.Follows && f.Event == u.events[0] {
			sentences = append(sentences, w.Stop(w.After(w.other(f, other, otherTitle))))
			break
		}
	}
	return piece{
		text:   strings.Join(sentences, w.Space),
		events: len(u.events) + len(u.twin),
		must:   len(u.twin) > 0 || u.kind == single && w.speaksForItself(u.events[0]),
	}
}

// line names the unit and says when it is.
func (w writing) line(u unit) string {
	name, when := w.called(u, lineTitle, true), w.unitWhen(u)
	if when == "" {
		return name
	}
	if u.kind == single {
		first := w.facts.Events[u.events[0]]
		if usual := w.insteadOf(first.Event, first.Why); usual != "" {
			when = w.InsteadOf(when, usual)
		}
	}
	line := w.Line(name, when)
	if len(u.twin) > 0 {
		line = w.Again(line, w.begins(u.twin[0]))
	}
	return line
}

// examples names a few events of a crowd, of different beginnings if there are any.
func (w writing) examples(u unit) []string {
	const most = 3
	var names, beginnings []string
	for _, different := range []bool{true, false} {
		for _, e := range u.events {
			title := w.facts.Events[e].Event.Title
			name := w.title(title, otherTitle)
			beginning, _, _ := strings.Cut(titles.Clean(title, otherTitle), " ")
			beginning = strings.TrimRight(beginning, ",:;")
			if len(names) == most || slices.Contains(names, name) || different && slices.Contains(beginnings, beginning) {
				continue
			}
			names, beginnings = append(names, name), append(beginnings, beginning)
		}
	}
	return names
}

// why returns the reason that the facts tell of the unit: of all its events, if they
// are several. That an event was moved within the day stands in its line.
func (w writing) why(u unit, told []facts.Fact) string {
	reason, n := "", 0
	for _, f := range told {
		if f.Kind != facts.Reason || !slices.Contains(u.events, f.Event) {
			continue
		}
		v := w.facts.Events[f.Event]
		r := w.change(v.Why)
		if w.insteadOf(v.Event, v.Why) != "" {
			if r = ""; v.Why.Renamed {
				r = w.AnotherTitle
			}
		}
		if n > 0 && r != reason {
			return ""
		}
		reason = r
		n++
	}
	if n < len(u.events) {
		return ""
	}
	return reason
}

// sharing adds to a line which events outside the unit share time with it, three at
// most.
func (w writing) sharing(u unit, line string, told []facts.Fact) string {
	const most = 3
	var names []string
	inside := u.kind == single
	for _, f := range told {
		for _, e := range u.events {
			other, ok := w.facts.With(f, e)
			if !ok || !clash(f) || f.Beside == nil && slices.Contains(u.events, f.Event+f.Other-e) {
				continue
			}
			name := w.OtherAt(w.other(f, other, otherTitle), w.when(other))
			if len(names) < most && !slices.Contains(names, name) {
				names = append(names, name)
				inside = inside && f.Kind == facts.Inside && f.Event == e
			}
		}
	}
	switch {
	case len(names) == 0:
		return line
	case inside:
		return w.During(line, w.list(names))
	}
	return w.Overlapping(line, w.list(names), len(u.events))
}
