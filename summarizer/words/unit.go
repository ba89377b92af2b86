package words

import (
	"slices"
	"strings"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
	"foreday/summarizer/titles"
)

// called returns what the unit is called, each of its titles cut to the limit. A line
// names calendars as well, and so does all that is called by nothing but its number.
func (w *writing) called(u plan.Unit, limit int, line bool) string {
	name, calendar := w.nameOf(u, limit), ""
	if line && w.labels || u.Kind == plan.Crowd && w.several && name == w.Events(len(u.Events)) {
		calendar = w.calendarOf(u)
	}
	switch {
	case u.Kind == plan.Single && w.event(u.Events[0]).Status == summarizer.Tentative:
		return w.Tentative(name, calendar)
	case calendar != "":
		return w.Calendar(name, calendar)
	}
	return name
}

func (w *writing) nameOf(u plan.Unit, limit int) string {
	title := w.title(w.facts.Events[u.Events[0]].Title, limit)
	switch n := len(u.Events); {
	case u.Kind == plan.Same && !w.oneByOne(u) && !w.inSeveral(u):
		return w.Times(title, n)
	case u.Kind == plan.Alike:
		return w.firstToLast(u, limit)
	case u.Kind == plan.Crowd:
		if words := titles.Beginning(w.facts.Titles(u.Events)); words != "" {
			return w.Times(w.title(words+" …", limit), n)
		}
		return w.Events(n)
	}
	return title
}

// calendarOf names the calendar of all events of the unit, or the calendars that one
// event is in; "" if that cannot be said.
func (w *writing) calendarOf(u plan.Unit) string {
	var names []string
	for _, e := range u.Events {
		name := titles.Clean(w.event(e).Calendar, calendarLength)
		if name == "" || strings.ContainsRune(name, '@') { // a mail address names nothing
			return ""
		}
		if name = w.quoted(name, false); !slices.Contains(names, name) {
			names = append(names, name)
		}
		if u.Kind == plan.Replaced { // it is the first that takes place
			break
		}
	}
	if len(names) > 1 && !w.inSeveral(u) {
		return ""
	}
	return w.list(names)
}

// inSeveral reports whether the unit is one event that is in several calendars.
func (w *writing) inSeveral(u plan.Unit) bool {
	seen := map[string]bool{}
	for _, e := range u.Events {
		seen[w.event(e).CalendarID+"\n"+w.event(e).Calendar] = true
	}
	return u.Kind == plan.Same && w.atOnce(u) && len(seen) == len(u.Events)
}

// oneByOne reports whether the times of events of one title are named one by one.
func (w *writing) oneByOne(u plan.Unit) bool {
	const few = 3
	if u.Kind != plan.Same || len(u.Events) > few || w.atOnce(u) {
		return false
	}
	_, _, timed := w.hours(u)
	return timed
}

// atOnce reports whether the events of the unit begin and end together.
func (w *writing) atOnce(u plan.Unit) bool {
	first := w.event(u.Events[0])
	return !slices.ContainsFunc(u.Events, func(e int) bool {
		o := w.event(e)
		return o.AllDay != first.AllDay || o.StartDate != first.StartDate || o.EndDate != first.EndDate || !o.Start.Equal(first.Start) || !o.End.Equal(first.End)
	})
}

// firstToLast returns "Interview 1 to 23". It says how many there are if some numbers
// between are missing.
func (w *writing) firstToLast(u plan.Unit, limit int) string {
	first, last, complete, _ := titles.Sequence(w.facts.Titles(u.Events))
	if titles.Split(last).Pattern != "#" {
		last = w.title(last, limit)
	}
	name := w.FirstToLast(w.title(first, limit), last)
	if !complete {
		return w.Counted(name, len(u.Events))
	}
	return name
}

// hours returns from when to when the events of the unit take the day's time, until
// 24:00 if one goes on. It fails if one has no time or does not begin on the day.
func (w *writing) hours(u plan.Unit) (from, to Clock, ok bool) {
	var spans []facts.Span
	for _, e := range u.Events {
		s := w.span(e)
		if s.WholeDay || !s.StartsHere {
			return Clock{}, Clock{}, false
		}
		spans = append(spans, s)
	}
	return w.first(spans), w.last(spans), true
}

// unitWhen says when the events of the unit are, "" if that cannot be said of all.
func (w *writing) unitWhen(u plan.Unit) string {
	switch from, to, ok := w.hours(u); {
	case u.Kind == plan.Single, u.Kind == plan.Replaced, w.atOnce(u):
		return w.when(w.event(u.Events[0]))
	case w.oneByOne(u):
		var each []string
		for _, e := range u.Events {
			each = append(each, w.when(w.event(e)))
		}
		return w.list(each)
	case ok:
		return w.voice.hours(from, to)
	case w.allDay(u):
		return w.AllDay
	}
	return ""
}

// allDay reports whether all events of the unit take the whole day.
func (w *writing) allDay(u plan.Unit) bool {
	return !slices.ContainsFunc(u.Events, func(e int) bool { return !w.span(e).WholeDay })
}

// briefly says when the unit is in as few words as a headline wants.
func (w *writing) briefly(u plan.Unit, name string) string {
	if u.Kind == plan.Replaced {
		u = plan.Unit{Kind: plan.Single, Events: u.Events[:1]} // of the other, its clause tells
	}
	s := w.span(u.Events[0])
	together := u.Kind == plan.Single || w.atOnce(u)
	from, to, timed := w.hours(u)
	switch {
	case together && s.WholeDay && s.First == s.Last:
		return w.WholeDay(name)
	case together && s.WholeDay && s.StartsHere:
		return w.Lasting(name, w.near(s.Last))
	case w.allDay(u):
		return w.WholeDay(name)
	case !timed:
		return name
	case together, from == to:
		return w.At(name, w.begins(u.Events[0]))
	case w.oneByOne(u):
		var clocks []string
		for _, e := range u.Events {
			clocks = append(clocks, w.begins(e))
		}
		return w.At(name, w.list(clocks))
	default:
		return w.Between(name, w.Clock(from), w.Clock(to))
	}
}

// begins returns what the clock shows when the event begins.
func (w *writing) begins(e int) string { return w.starts(w.span(e)) }
