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
	part      int           // of the plan
	weight    int           // the least of its events
	atOnce    bool          // they begin and end together
	all       facts.Span    // from the beginning of the first to the end of the last, if timed
	timed     bool          // all have a time of the day, and begin on it
	each      bool          // each has its time told: they are few, of one title, and not at one time
}

func (w *writing) newUnit(of plan.Unit) unit {
	const few = 3
	u := unit{Unit: of, weight: summarizer.Weights}
	for _, i := range of.Events {
		e := w.facts.Events[i]
		if u.weight = min(u.weight, e.Weight()); of.Kind == plan.Replaced && !e.TakesPlace() {
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
	u.part = slices.IndexFunc(w.plan.Parts, func(part []int) bool { return slices.Contains(part, of.Events[0]) })
	first, last := u.events[0], u.events[len(u.events)-1]
	u.atOnce = !slices.ContainsFunc(u.events, func(e facts.Event) bool { return !e.Start.Equal(first.Start) || !e.End.Equal(first.End) })
	u.all, u.timed = extent(u.events)
	if u.n = len(u.events); of.Kind == plan.Copies {
		u.n = 1
	}
	tell := w.when
	if u.timed {
		tell = w.begins
	}
	u.each = of.Kind == plan.Same && u.n <= few && first.StartsHere && last.StartsHere && len(times(u, tell)) == u.n
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

// firstToLast returns "Interview 1 to 23": the numbers are no part of the title. It says
// how many there are if some numbers between are missing.
func (w *writing) firstToLast(u unit, limit int) string {
	first, last, complete, _ := titles.Sequence(w.facts.Titles(u.Events))
	name, number := titles.Name(first)
	if of, to := titles.Name(last); number != "" && of == name {
		first, last = w.title(name, limit)+w.Space+number, to
	} else {
		first, last = w.title(first, limit), w.title(last, limit)
	}
	if complete {
		return w.FirstToLast(first, last)
	}
	return w.Counted(w.FirstToLast(first, last), u.n)
}

// calendarsOf names the calendar of all events of the unit, or the calendars that one
// event is in; nothing if that cannot be said.
func (w *writing) calendarsOf(u unit) []string {
	var names []string
	for _, e := range u.events {
		name := titles.Clean(e.Event.Calendar, calendarLength)
		if name == "" || titles.IsAddress(name) {
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
	switch {
	case u.atOnce, u.each:
		return w.list(times(u, w.when))
	case u.timed:
		return w.when(u.all)
	case u.events[0].Event.AllDay: // then all are
		return w.AllDay
	}
	return ""
}

// briefly says when the unit is in as few words as a headline wants.
func (w *writing) briefly(u unit, name string) string {
	when := w.unitWhen(u)
	switch {
	case u.timed && (u.atOnce || u.each):
		at := w.list(times(u, w.begins))
		if usual := w.insteadOf(u.events[0]); usual != "" {
			at = w.InsteadOf(at, usual)
		}
		return w.At(name, at)
	case u.timed && u.all.EndsHere:
		return w.Between(name, w.begins(u.all), w.Clock(w.end(u.all.End, u.all.Last)))
	case u.timed:
		return w.Line(name, when)
	case when != "":
		return w.Over(name, when)
	}
	return name
}

// times tells the time of each event of the unit, each time once.
func times(u unit, tell func(facts.Span) string) (told []string) {
	for _, e := range u.events {
		if time := tell(e.Span); !slices.Contains(told, time) {
			told = append(told, time)
		}
	}
	return told
}
