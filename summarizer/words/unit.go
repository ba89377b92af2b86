package words

import (
	"slices"
	"strings"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
	"foreday/summarizer/titles"
)

// unit is a unit of the plan while it is told.
type unit struct {
	plan.Unit
	facts     []facts.Fact  // what the plan tells of its events
	events    []facts.Event // those that take place, or all if all are cancelled
	cancelled facts.Event   // the other one of Replaced
	n         int           // how many events a reader hears of: Copies are one
	atOnce    bool          // they begin and end together
	each      bool          // each has its time told: they are few, of one title
}

func (w *writing) newUnit(of plan.Unit) unit {
	const few = 3
	u := unit{Unit: of}
	for _, i := range of.Events {
		if e := w.facts.Events[i]; of.Kind == plan.Replaced && !e.TakesPlace() {
			u.cancelled = e
		} else {
			u.events = append(u.events, e)
		}
	}
	for _, i := range w.plan.Facts {
		if f := w.facts.Facts[i]; slices.Contains(of.Events, f.Event) {
			u.facts = append(u.facts, f)
		}
	}
	first := u.events[0]
	u.atOnce = !slices.ContainsFunc(u.events, func(e facts.Event) bool {
		return e.Event.AllDay != first.Event.AllDay || !e.Start.Equal(first.Start) || !e.End.Equal(first.End)
	})
	if u.n = len(u.events); of.Kind == plan.Copies {
		u.n = 1
	}
	_, _, timed := w.extent(u.events)
	u.each = of.Kind == plan.Same && u.n <= few && timed && !u.atOnce
	return u
}

// called returns what the unit is called, each of its titles cut to the limit. A line
// names calendars as well, and so does all that is called by nothing but its number.
func (w *writing) called(u unit, limit int, line bool) string {
	name := w.nameOf(u, limit)
	var asides []string
	if line && w.labels || w.several && name == w.Events(u.n) {
		asides = w.calendarsOf(u)
	}
	if u.n == 1 && u.events[0].Event.Status == summarizer.Tentative {
		asides = append(asides, w.Tentative)
	}
	if len(asides) > 0 {
		name = w.Aside(name, strings.Join(asides, w.Comma))
	}
	return name
}

func (w *writing) nameOf(u unit, limit int) string {
	title := w.title(u.events[0].Title, limit)
	switch {
	case u.n == 1, u.each:
		return title
	case u.Kind == plan.Same:
		return w.Times(title, u.n)
	case u.Kind == plan.Alike:
		return w.firstToLast(u, limit)
	}
	if words := titles.Beginning(w.facts.Titles(u.Events)); words != "" {
		return w.Times(w.title(words+" …", limit), u.n)
	}
	return w.Events(u.n)
}

// firstToLast returns "Interview 1 to 23". It says how many there are if some numbers
// between are missing.
func (w *writing) firstToLast(u unit, limit int) string {
	first, last, complete, _ := titles.Sequence(w.facts.Titles(u.Events))
	if titles.Split(last).Pattern != "#" {
		last = w.title(last, limit)
	}
	name := w.FirstToLast(w.title(first, limit), last)
	if !complete {
		return w.Counted(name, u.n)
	}
	return name
}

// calendarsOf names the calendar of all events of the unit, or the calendars that one
// event is in; nothing if that cannot be said.
func (w *writing) calendarsOf(u unit) []string {
	var names []string
	for _, e := range u.events {
		name := titles.Clean(e.Event.Calendar, calendarLength)
		if name == "" || strings.ContainsRune(name, '@') { // a mail address names nothing
			return nil
		}
		if name = w.quoted(name, false); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) > 1 && u.n > 1 {
		return nil
	}
	return []string{w.list(names)}
}

// unitWhen says when the events of the unit are, "" if that cannot be said of all.
func (w *writing) unitWhen(u unit) string {
	from, to, timed := w.extent(u.events)
	switch {
	case u.atOnce, u.each:
		return w.oneByOne(u, w.when)
	case timed:
		return w.hours(from, to)
	case u.events[0].Event.AllDay: // then all are
		return w.AllDay
	}
	return ""
}

// briefly says when the unit is in as few words as a headline wants.
func (w *writing) briefly(u unit, name string) string {
	first := u.events[0]
	from, to, timed := w.extent(u.events)
	switch {
	case timed && (u.atOnce || u.each):
		at := w.oneByOne(u, w.begins)
		if usual := w.insteadOf(first); usual != "" {
			at = w.InsteadOf(at, usual)
		}
		return w.At(name, at)
	case timed:
		return w.Between(name, w.Clock(from), w.Clock(to))
	case u.atOnce && first.WholeDay && first.First != first.Last:
		return w.Over(name, w.UntilDay(w.date(first.Last)))
	case u.atOnce && first.WholeDay, first.Event.AllDay: // then all are
		return w.Over(name, w.AllDay)
	}
	return name
}

// oneByOne tells the time of each event of the unit, each time once.
func (w *writing) oneByOne(u unit, tell func(facts.Span) string) string {
	var times []string
	for _, e := range u.events {
		if time := tell(e.Span); !slices.Contains(times, time) {
			times = append(times, time)
		}
	}
	return w.list(times)
}
