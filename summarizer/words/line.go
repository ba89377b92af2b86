package words

import (
	"slices"
	"strings"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
)

// pieces tells the units of a part: what is cancelled in one sentence, each of the
// others in one or more.
func (w *writing) pieces(part []told) []piece {
	var pieces []piece
	var cancelled []plan.Unit
	for _, u := range part {
		if w.takesPlace(u.Unit) {
			pieces = append(pieces, w.piece(u))
		} else {
			cancelled = append(cancelled, u.Unit)
		}
	}
	if len(cancelled) > 0 {
		pieces = slices.Insert(pieces, 0, w.cancelled(cancelled))
	}
	return pieces
}

// cancelled tells which units are cancelled.
func (w *writing) cancelled(units []plan.Unit) piece {
	const most = 5 // names
	var names []string
	all, named := 0, 0
	for _, u := range units {
		all += len(u.Events)
		if len(names) == most {
			continue
		}
		named += len(u.Events)
		name := w.called(u, otherTitle, true)
		if _, _, timed := w.hours(u); timed {
			name = w.briefly(u, name)
		} else if when := w.unitWhen(u); when != "" && !w.labels {
			name = w.OtherAt(name, when)
		}
		names = append(names, name)
	}
	if all > named {
		names = append(names, w.More(all-named))
	}
	return piece{text: w.Stop(w.IsCancelled(w.list(names), all)), must: true, events: all}
}

// piece tells a unit and what the plan tells of it.
func (w *writing) piece(u told) piece {
	sentences := []string{w.Stop(w.line(u))}
	if reason := w.why(u); reason != "" {
		sentences = append(sentences, w.Stop(capital(reason)))
	}
	if u.Kind == plan.Crowd {
		sentences = append(sentences, w.Stop(w.Among(w.list(w.examples(u)))))
	}
	for _, f := range u.facts {
		if other, ok := w.facts.With(f, u.Events[0]); ok && f.Kind == facts.Follows && f.Event == u.Events[0] {
			sentences = append(sentences, w.Stop(w.After(w.other(f, other, otherTitle))))
		}
	}
	return piece{text: strings.Join(sentences, w.Space), events: len(u.Events), must: w.speaksForItself(u.Unit)}
}

// line names the unit, says when it is, and what shares its time.
func (w *writing) line(u told) string {
	line, when := w.called(u.Unit, lineTitle, true), w.unitWhen(u.Unit)
	e := u.Events[0]
	if usual := w.insteadOf(w.event(e), w.facts.Events[e].Why); usual != "" && u.Kind == plan.Single {
		when = w.InsteadOf(when, usual)
	}
	if when != "" {
		line = w.Line(line, when)
	}
	if u.Kind == plan.Replaced {
		line = w.Again(line, w.begins(u.Events[1]))
	}
	const most = 3 // others
	others := w.shared(u, most, otherTitle, true)
	switch {
	case len(others.names) == 0:
		return line
	case others.inside:
		return w.During(line, w.list(others.names))
	}
	n := len(u.Events)
	if u.Kind == plan.Replaced {
		n = 1 // the other is cancelled
	}
	return w.Overlapping(line, w.list(others.names), n)
}

// others are events outside a unit that share time with it.
type others struct {
	names  []string
	events []int // those that are novel
	inside bool  // the unit is a single event inside of each
}

// shared returns the first most events that share time with the unit, their titles cut
// to the limit. Routine ones can be named with their times; novel ones have lines of
// their own, which say when they are.
func (w *writing) shared(u told, most, limit int, times bool) others {
	found := others{inside: u.Kind == plan.Single}
	for _, f := range u.facts {
		for _, e := range u.Events {
			other, ok := w.facts.With(f, e)
			if !ok || !f.Shares() || len(found.names) == most || f.Beside == nil && slices.Contains(u.Events, f.Event+f.Other-e) || !w.ofAll(u, other) {
				continue
			}
			name := w.other(f, other, limit)
			if f.Beside != nil && times {
				name = w.OtherAt(name, w.when(other))
			}
			if !slices.Contains(found.names, name) {
				if f.Beside == nil {
					found.events = append(found.events, f.Event+f.Other-e)
				}
				found.names = append(found.names, name)
				found.inside = found.inside && f.Kind == facts.Inside && f.Event == e
			}
		}
	}
	return found
}

// ofAll reports whether what is said of the unit's times is so of each: those of events
// of one title are named one by one, and each must share time with the other event.
func (w *writing) ofAll(u told, other summarizer.Event) bool {
	if !w.oneByOne(u.Unit) {
		return true
	}
	for _, e := range u.Events {
		shares := func(f facts.Fact) bool {
			o, ok := w.facts.With(f, e)
			return ok && f.Shares() && o.Title == other.Title && o.Start.Equal(other.Start) && o.End.Equal(other.End)
		}
		if !slices.ContainsFunc(u.facts, shares) {
			return false
		}
	}
	return true
}

// examples names a few events of a crowd, of different beginnings if there are any.
func (w *writing) examples(u told) []string {
	const few = 3
	var names, beginnings []string
	for _, different := range []bool{true, false} {
		for _, e := range u.Events {
			title := w.facts.Events[e].Title
			name, beginning := w.title(title, otherTitle), strings.Trim(strings.SplitN(title, " ", 2)[0], ",:;")
			if len(names) < few && !slices.Contains(names, name) && !(different && slices.Contains(beginnings, beginning)) {
				names, beginnings = append(names, name), append(beginnings, beginning)
			}
		}
	}
	return names
}

// why returns the reason that the facts tell of the unit: of all its events, if they
// are several. That an event was moved within the day stands in its line.
func (w *writing) why(u told) string {
	reason, n := "", 0
	for _, f := range u.facts {
		if f.Kind != facts.Reason || !slices.Contains(u.Events, f.Event) {
			continue
		}
		v := w.facts.Events[f.Event]
		r := w.reason(v.Why)
		switch instead := w.insteadOf(v.Event, v.Why) != ""; {
		case instead && v.Why.Renamed:
			r = w.AnotherTitle
		case instead:
			r = ""
		case v.Why.Kind == summarizer.Moved:
			r = w.moved(v.Why, true)
		}
		if n++; n > 1 && r != reason {
			return ""
		}
		reason = r
	}
	if n < len(u.Events) {
		return ""
	}
	return reason
}
