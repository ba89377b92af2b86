package words

import (
	"slices"
	"strings"
	"unicode/utf8"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/titles"
)

// How many events it takes to be told as one.
const (
	manyAlike = 3 // of titles that differ in one number
	manyAtOne = 4 // of one time
	manyInAll = 7 // of any kind
)

// unit is what is told as one: an event, or several that are alike.
type unit struct {
	kind   unitKind
	events []int
	varies int   // the index of the number in which titles differ, with alike
	twin   []int // at most one event of the same title that is cancelled, with single
}

type unitKind int

const (
	single unitKind = iota
	same            // of one title
	alike           // of titles that differ in one number
	crowd           // of many titles
)

// arrange puts together what is alike among the events of a part: the units that take
// place, and the cancelled events, but for those that are told with their like. What
// goes on from an earlier day is in neither.
func (w writing) arrange(events []int) (cancelled []int, units []unit) {
	var others []int
	for _, e := range events {
		switch {
		case !facts.TakesPlace(w.facts.Events[e].Event):
			cancelled = append(cancelled, e)
		case !w.running(e):
			others = append(others, e)
		}
	}
	units = w.units(others)
	for i, u := range units {
		if u.kind != single || w.speaksForItself(u.events[0]) {
			continue
		}
		twin := slices.IndexFunc(cancelled, func(c int) bool { return w.alike(c, u.events[0]) })
		if twin >= 0 {
			units[i].twin = []int{cancelled[twin]}
			cancelled = slices.Delete(cancelled, twin, twin+1)
		}
	}
	return cancelled, units
}

// alike reports whether two events are of one title and begin at times of the day.
func (w writing) alike(a, b int) bool {
	x, y := w.facts.Events[a].Event, w.facts.Events[b].Event
	_, _, timed := w.hours([]int{a, b})
	return timed && titles.Clean(x.Title, lineTitle) == titles.Clean(y.Title, lineTitle)
}

// running reports whether the event goes on from an earlier day.
func (w writing) running(e int) bool {
	v := w.facts.Events[e].Event
	return facts.TakesPlace(v) && facts.SpanOn(v, w.day).First.Before(w.day.Date)
}

// units puts together what is alike.
func (w writing) units(events []int) []unit {
	var units []unit
	var rest []int
	for _, e := range events {
		if w.speaksForItself(e) {
			units = append(units, unit{events: []int{e}})
		} else {
			rest = append(rest, e)
		}
	}
	found, rest := w.together(rest, 2, same, func(e facts.Event) string { return titles.Clean(e.Event.Title, lineTitle) })
	units = append(units, found...)
	found, rest = w.together(rest, manyAlike, alike, func(e facts.Event) string {
		return titles.Split(titles.Clean(e.Event.Title, lineTitle)).Pattern
	})
	units = append(units, found...)
	if len(rest) >= manyInAll || len(rest) >= manyAtOne && w.atOnce(rest) {
		units = append(units, unit{kind: crowd, events: rest})
		rest = nil
	}
	for _, e := range rest {
		units = append(units, unit{events: []int{e}})
	}
	return units
}

// speaksForItself reports whether something must be told of the event by itself.
func (w writing) speaksForItself(e int) bool {
	v := w.facts.Events[e]
	switch v.Why.Kind {
	case summarizer.Moved, summarizer.Renamed, summarizer.Instead, summarizer.OutOfTurn, summarizer.Extra:
		return facts.TakesPlace(v.Event)
	}
	return v.Event.Status == summarizer.Tentative
}

// together finds the events of one key, and returns those that are too few as well.
func (w writing) together(events []int, many int, kind unitKind, key func(facts.Event) string) (units []unit, rest []int) {
	byKey := map[string][]int{}
	for _, e := range events {
		k := key(w.facts.Events[e])
		byKey[k] = append(byKey[k], e)
	}
	for _, e := range events {
		k := key(w.facts.Events[e])
		group := byKey[k]
		u := unit{kind: kind, events: group}
		ok := k != "" && len(group) >= many
		if ok && kind == alike {
			u.varies, ok = titles.Varying(w.split(group))
		}
		switch {
		case !ok:
			rest = append(rest, e)
		case e == group[0]:
			units = append(units, u)
		}
	}
	return units, rest
}

func (w writing) split(events []int) []titles.Numbered {
	split := make([]titles.Numbered, len(events))
	for i, e := range events {
		split[i] = titles.Split(titles.Clean(w.facts.Events[e].Event.Title, lineTitle))
	}
	return split
}

// atOnce reports whether the events begin and end together.
func (w writing) atOnce(events []int) bool {
	first := w.facts.Events[events[0]].Event
	for _, e := range events[1:] {
		o := w.facts.Events[e].Event
		if o.AllDay != first.AllDay || o.StartDate != first.StartDate || o.EndDate != first.EndDate || !o.Start.Equal(first.Start) || !o.End.Equal(first.End) {
			return false
		}
	}
	return true
}

// unitName returns what the unit is called, each of its titles cut to the limit.
func (w writing) unitName(u unit, limit int) string {
	first := w.facts.Events[u.events[0]].Event
	switch n := len(u.events); u.kind {
	case same:
		name := w.title(first.Title, limit)
		if w.oneInSeveral(u) || few(u) && !w.atOnce(u.events) {
			return name
		}
		return w.Times(name, n)
	case alike:
		return w.alikeName(u, limit)
	case crowd:
		if words := w.beginning(u.events); words != "" && utf8.RuneCountInString(words) < limit {
			return w.Times(w.title(words, limit), n)
		}
		return w.Events(n)
	}
	return w.title(first.Title, limit)
}

// oneInSeveral reports whether the unit is one event that is in several calendars.
func (w writing) oneInSeveral(u unit) bool {
	if u.kind != same || !w.atOnce(u.events) {
		return false
	}
	seen := map[string]bool{}
	for _, e := range u.events {
		v := w.facts.Events[e].Event
		seen[v.CalendarID+"\n"+v.Calendar] = true
	}
	return len(seen) == len(u.events)
}

// few reports whether the times of the events of one title are named one by one.
func few(u unit) bool { return len(u.events) <= 3 }

// alikeName returns "Interview 1 to 23". It says how many there are if some numbers
// between are missing.
func (w writing) alikeName(u unit, limit int) string {
	split := w.split(u.events)
	byNumber := func(a, b titles.Numbered) int {
		x, _ := a.Value(u.varies)
		y, _ := b.Value(u.varies)
		return x - y
	}
	slices.SortStableFunc(split, byNumber)
	first, last := split[0], split[len(split)-1]
	to := w.title(last.Title, limit)
	if last.Ends(u.varies) {
		to = last.Numbers[u.varies]
	}
	name := w.FirstToLast(w.title(first.Title, limit), to)
	for i := 1; i < len(split); i++ {
		a, ok := split[i-1].Value(u.varies)
		b, ok2 := split[i].Value(u.varies)
		if !ok || !ok2 || a+1 != b {
			return w.Counted(name, len(split))
		}
	}
	return name
}

// beginning returns the words that the titles of all events begin with, as "Deadline
// …"; "" if there are none worth telling.
func (w writing) beginning(events []int) string {
	const telling = 4 // letters
	common := strings.Fields(titles.Clean(w.facts.Events[events[0]].Event.Title, lineTitle))
	for _, e := range events[1:] {
		words := strings.Fields(titles.Clean(w.facts.Events[e].Event.Title, lineTitle))
		i := 0
		for i < len(common) && i < len(words) && common[i] == words[i] {
			i++
		}
		common = common[:i]
	}
	words := strings.TrimRight(strings.Join(common, " "), " :,;-–—|/")
	if utf8.RuneCountInString(words) < telling {
		return ""
	}
	return words + " …"
}

// hours returns from when to when the events take the day's time. It fails if one of
// them has no time or does not begin on the day.
func (w writing) hours(events []int) (from, to Clock, ok bool) {
	var first, last facts.Span
	for i, e := range events {
		s := facts.SpanOn(w.facts.Events[e].Event, w.day)
		if s.WholeDay || !s.StartsHere {
			return Clock{}, Clock{}, false
		}
		if i == 0 || s.Start.Before(first.Start) {
			first = s
		}
		if i == 0 || s.End.After(last.End) {
			last = s
		}
	}
	return w.clockAt(first.Start), w.endOfDay(last), true
}

// endOfDay is when an event ends that begins on the day: at 24:00 if it goes on.
func (w writing) endOfDay(s facts.Span) Clock {
	if !s.EndsHere {
		return Clock{Hour: 24, Twelve: w.clock12}
	}
	return w.endOn(s.End, s.Last)
}

// unitWhen says when the events of the unit are, "" if that cannot be said of all.
func (w writing) unitWhen(u unit) string {
	if len(u.events) == 1 || w.atOnce(u.events) {
		return w.when(w.facts.Events[u.events[0]].Event)
	}
	from, to, ok := w.hours(u.events)
	if !ok {
		return ""
	}
	if u.kind == same && few(u) {
		var each []string
		for _, e := range u.events {
			each = append(each, w.when(w.facts.Events[e].Event))
		}
		return w.list(each)
	}
	return w.Range(from, to)
}
