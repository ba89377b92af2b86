package words

import (
	"slices"

	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
)

// clash is what shares time with a unit, or with one event of it.
type clash struct {
	what   string   // the event by its title and time; "" if it is true of the whole unit
	names  []string // of what shares time with it
	events []int    // the same by their index
	inside bool     // it is inside of each
}

// clashes returns what shares time with the unit. Where its events are not all at one
// time, each stands for itself, and a few are told. Titles are cut to the limit.
func (w *writing) clashes(u unit, limit int, inLine bool) (found []clash) {
	const few = 3
	apart := !u.atOnce || u.Kind == plan.Replaced
	groups := [][]int{u.Events}
	if apart {
		groups = slices.Collect(slices.Chunk(u.Events, 1))
	}
	for _, group := range groups {
		c := clash{inside: true}
		for _, f := range u.facts {
			if f.Shares() && slices.Contains(group, f.Event) && !slices.Contains(u.Events, f.Other) {
				w.addTo(&c, f, limit, inLine)
			}
		}
		if e := w.facts.Events[group[0]]; apart {
			c.what = w.At(w.title(e.Title, limit), w.begins(e.Span))
		}
		if len(c.names) > 0 && len(found) < few {
			found = append(found, c)
		}
	}
	return found
}

// addTo adds what the fact names, unless it has enough. A line names routine ones with
// their times; novel ones have lines of their own, which say when they are, unless their
// title is that of others, too.
func (w *writing) addTo(c *clash, f facts.Fact, limit int, inLine bool) {
	most := 3
	if limit < otherTitle || w.terse { // there is no room
		most = 1
	}
	o := w.facts.At(f.Other)
	name := w.other(o, limit)
	if inLine && !o.Novel || w.titles[o.Title] > 1 {
		name = w.Aside(name, w.when(o.Span))
	}
	if len(c.names) < most && !slices.Contains(c.names, name) {
		c.names, c.events = append(c.names, name), append(c.events, f.Other)
		c.inside = c.inside && f.Kind == facts.Inside
	}
}

// clash says of what is named that it shares time with others.
func (w *writing) clash(what string, c clash) string {
	if c.inside {
		return w.IsDuring(what, w.list(c.names))
	}
	return w.Overlaps(what, w.list(c.names))
}
