package words

import (
	"slices"
	"strings"
	"unicode/utf8"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
)

// piece is what is said of a unit: one or more sentences, of a line that tells a part.
type piece struct {
	text   string
	part   int  // the index of its part
	must   bool // be told, whatever is left out
	events int  // how many novel events it tells
}

// body tells the parts of the plan, a line each, and how the day is besides. Where
// there is no room for all pieces, those that must be told come first, then those that
// the plan has first; the others are counted.
func (w writing) body(p plan.Plan, headline string) string {
	var pieces []piece
	for i, part := range p.Parts {
		for _, told := range w.pieces(part) {
			told.part = i
			pieces = append(pieces, told)
		}
	}
	for _, sentence := range w.aboutDay(p) {
		if sentence = w.Stop(sentence); sentence != headline {
			pieces = append(pieces, piece{text: sentence, part: len(p.Parts)})
		}
	}
	more := len(w.facts.Brief.Novel) - len(w.facts.Events)
	closing := w.closing(p)
	size := summarizer.MaxText - utf8.RuneCountInString(strings.Join(closing, "\n")) - 1
	kept, left := fitted(pieces, size, utf8.RuneCountInString(w.Stop(w.LeftOut(len(w.facts.Brief.Novel))))+1, more > 0)
	var lines []string
	for i, told := range kept {
		if i > 0 && told.part == kept[i-1].part {
			lines[len(lines)-1] += w.Space + told.text
		} else {
			lines = append(lines, told.text)
		}
	}
	if more += left; more > 0 {
		lines = append(lines, w.Stop(w.LeftOut(more)))
	}
	lines = append(lines, closing...)
	if len(lines) == 0 {
		lines = append(lines, w.Stop(w.FreeDay(w.far(w.day.Date))))
	}
	return strings.Join(lines, "\n")
}

// fitted returns the pieces that fit into size characters, and how many events the
// others tell. Where some do not fit, or if reserve is set, it leaves room for saying so.
func fitted(pieces []piece, size, room int, reserve bool) ([]piece, int) {
	length := 0
	for _, p := range pieces {
		length += utf8.RuneCountInString(p.text) + 1
	}
	if reserve || length > size {
		size -= room
	}
	keep, left := make([]bool, len(pieces)), 0
	for _, must := range []bool{true, false} {
		full := false
		for i, p := range pieces {
			if p.must != must {
				continue
			}
			n := utf8.RuneCountInString(p.text) + 1
			if full = full || n > size; full {
				left += p.events
				continue
			}
			keep[i] = true
			size -= n
		}
	}
	var kept []piece
	for i, p := range pieces {
		if keep[i] {
			kept = append(kept, p)
		}
	}
	return kept, left
}

// pieces tells a part: what is cancelled, then the others in their order.
func (w writing) pieces(part plan.Part) []piece {
	cancelled, others := w.sorted(part.Events)
	var pieces []piece
	if len(cancelled) > 0 {
		pieces = append(pieces, w.cancelled(cancelled))
	}
	units := w.units(others)
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
	name := w.labelled(w.unitName(u, otherTitle), w.facts.Events[u.events[0]].Event.Calendar)
	if _, _, timed := w.hours(u.events); timed {
		return w.briefly(u, name)
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
// well: both are single events, they share time, and no more is to be said of the
// other. -1 if there is none.
func (w writing) partner(units []unit, all []remarks, i int) int {
	if units[i].kind != single || !w.bare(units[i]) {
		return -1
	}
	for j := i + 1; j < len(units); j++ {
		if units[j].kind != single || !w.bare(units[j]) || all[j].told {
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

// bare reports whether the event's time needs no words of its own.
func (w writing) bare(u unit) bool {
	v := w.facts.Events[u.events[0]]
	return w.insteadOf(v.Event, v.Why) == ""
}

// more reports whether a fact needs words beside an event's name.
func (w writing) more(fs []facts.Fact) bool {
	return slices.ContainsFunc(fs, func(f facts.Fact) bool { return f.Kind != facts.Tentative && f.Kind != facts.StillOn })
}

// pair tells two events that share time in one sentence.
func (w writing) pair(a, b unit, r remarks) piece {
	told := w.piece(a, r)
	told.events++
	told.must = told.must || w.speaksForItself(b.events[0])
	return told
}

// piece tells a unit and the remarks on it.
func (w writing) piece(u unit, r remarks) piece {
	p := piece{events: len(u.events), must: u.kind == single && w.speaksForItself(u.events[0])}
	line, shares := "", ""
	if u.kind == single && w.bare(u) {
		line = w.sharing(u, r.facts)
		shares = line
	}
	if line == "" {
		line = w.line(u)
	}
	sentences := []string{w.Stop(line)}
	if reason := w.why(u, r.facts); reason != "" {
		sentences = append(sentences, w.Stop(capital(reason)))
	}
	if shares == "" {
		sentences = append(sentences, w.alsoShares(u, r.facts)...)
	}
	for _, f := range r.facts {
		if other, ok := w.facts.With(f, u.events[0]); ok && f.Kind == facts.Follows && f.Event == u.events[0] {
			sentences = append(sentences, w.Stop(w.After(w.other(f, other, otherTitle))))
			break
		}
	}
	p.text = strings.Join(sentences, w.Space)
	return p
}

// line names the unit and says when it is.
func (w writing) line(u unit) string {
	first := w.facts.Events[u.events[0]]
	if u.kind == single {
		when := w.when(first.Event)
		if usual := w.insteadOf(first.Event, first.Why); usual != "" {
			when = w.InsteadOf(when, usual)
		}
		return w.Line(w.name(u.events[0]), when)
	}
	name := w.unitName(u, lineTitle)
	if w.oneCalendar(u.events) {
		name = w.labelled(name, first.Event.Calendar)
	}
	if when := w.unitWhen(u); when != "" {
		name = w.Line(name, when)
	}
	return name
}

func (w writing) oneCalendar(events []int) bool {
	return !slices.ContainsFunc(events, func(e int) bool {
		return w.facts.Events[e].Event.Calendar != w.facts.Events[events[0]].Event.Calendar
	})
}

// why returns the reason that the facts tell of the unit: of all its events, if they
// are several. That an event was moved within the day stands in its line.
func (w writing) why(u unit, told []facts.Fact) string {
	reason, n := "", 0
	for _, f := range told {
		v := w.facts.Events[max(f.Event, 0)]
		if f.Kind != facts.Reason || !slices.Contains(u.events, f.Event) || w.insteadOf(v.Event, v.Why) != "" && !v.Why.Renamed {
			continue
		}
		r := w.reason(v.Why)
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

// sharing tells which others the event shares time with, in a sentence that tells the
// event as well; "" if it shares none.
func (w writing) sharing(u unit, told []facts.Fact) string {
	inside, others := w.others(u, told)
	if len(others) == 0 {
		return ""
	}
	what := w.OtherAt(w.name(u.events[0]), w.when(w.facts.Events[u.events[0]].Event))
	if inside {
		return w.IsDuring(what, w.list(others))
	}
	return w.Overlaps(what, w.list(others))
}

// alsoShares tells the same of a unit that was told already.
func (w writing) alsoShares(u unit, told []facts.Fact) []string {
	inside, others := w.others(u, told)
	var sentences []string
	switch {
	case u.kind == crowd:
		var names []string
		for _, e := range u.events[:min(len(u.events), 3)] {
			names = append(names, w.title(w.facts.Events[e].Event.Title, otherTitle))
		}
		sentences = append(sentences, w.Stop(w.Among(w.list(names))))
	case len(others) == 0:
	case inside && u.kind == single:
		sentences = append(sentences, w.Stop(w.During(w.list(others))))
	}
	if len(others) > 0 && !(inside && u.kind == single) {
		sentences = append(sentences, w.Stop(w.AlsoOverlaps(w.list(others))))
	}
	return sentences
}

// others names the events outside the unit that share time with it, three at most, and
// reports whether the unit is within each of them.
func (w writing) others(u unit, told []facts.Fact) (inside bool, names []string) {
	const most = 3
	inside = true
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
	return inside, names
}
