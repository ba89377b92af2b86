package plan

import (
	"cmp"
	"fmt"
	"slices"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/titles"
)

// Unit is what is told as one: an event, or several that are alike.
type Unit struct {
	Kind   UnitKind
	Events []int // by their index in Day.Events, in order of time
}

// UnitKind says what the events of a unit have in common.
type UnitKind int

// The kinds of units. The events of one all take place, or are all cancelled, but for
// Replaced.
const (
	Single   UnitKind = iota
	Same              // one title
	Alike             // titles that differ in one number: "Interview 1", "Interview 2"
	Crowd             // one time, or one calendar
	Replaced          // one title; the first takes place, the other is cancelled
)

// How many events it takes to be told as one.
const (
	manySame  = 2
	manyAlike = 3
	manyAtOne = 4 // time
	manyInOne = 8 // calendar
)

// Units puts together which of the events are told as one, in the order of the first
// of each. Events that go on from an earlier day are in none of the units, and what
// must be told of an event by itself keeps it to itself.
func Units(day facts.Day, events []int) []Unit {
	g := grouping{day: day, left: slices.DeleteFunc(slices.Clone(events), day.GoesOn)}
	slices.Sort(g.left)
	g.replaced()
	g.collect(Same, manySame, func(e facts.Event) string { return e.Title })
	g.collect(Alike, manyAlike, func(e facts.Event) string { return titles.Split(e.Title).Pattern })
	g.collect(Crowd, manyAtOne, func(e facts.Event) string {
		return fmt.Sprint(e.Event.StartDate, e.Event.EndDate, e.Event.Start.Unix(), e.Event.End.Unix())
	})
	g.collect(Crowd, manyInOne, func(e facts.Event) string { return e.Event.CalendarID + "\n" + e.Event.Calendar })
	for _, e := range g.left {
		g.units = append(g.units, Unit{Single, []int{e}})
	}
	slices.SortStableFunc(g.units, func(a, b Unit) int {
		return cmp.Compare(slices.Index(events, a.Events[0]), slices.Index(events, b.Events[0]))
	})
	return g.units
}

// grouping is a search for units.
type grouping struct {
	day   facts.Day
	units []Unit
	left  []int // events that are in none
}

// replaced finds events of which one of the same title is cancelled at another time of
// the day.
func (g *grouping) replaced() {
	for _, e := range slices.Clone(g.left) {
		v := g.day.Events[e]
		if !facts.TakesPlace(v.Event) || v.Event.AllDay || MustTell(v) {
			continue
		}
		i := slices.IndexFunc(g.left, func(c int) bool {
			o := g.day.Events[c]
			return !facts.TakesPlace(o.Event) && !o.Event.AllDay && facts.SpanOn(o.Event, g.day.Day).StartsHere && o.Title == v.Title
		})
		if i >= 0 {
			other := g.left[i]
			g.units = append(g.units, Unit{Replaced, []int{e, other}})
			g.left = slices.DeleteFunc(g.left, func(l int) bool { return l == e || l == other })
		}
	}
}

// collect finds as many events as it takes that have the same key. "" is none.
func (g *grouping) collect(kind UnitKind, many int, key func(facts.Event) string) {
	found, keys := map[string][]int{}, make([]string, len(g.left))
	for i, e := range g.left {
		v := g.day.Events[e]
		cancelled := !facts.TakesPlace(v.Event)
		if k := key(v); k != "" && (cancelled && kind != Crowd || !cancelled && !MustTell(v)) {
			keys[i] = fmt.Sprint(k, cancelled, v.Event.AllDay)
			found[keys[i]] = append(found[keys[i]], e)
		}
	}
	var left []int
	for i, e := range g.left {
		group := found[keys[i]]
		enough := len(group) >= many
		if enough && kind == Alike {
			_, _, _, enough = titles.Sequence(g.day.Titles(group))
		}
		switch {
		case !enough:
			left = append(left, e)
		case e == group[0]:
			g.units = append(g.units, Unit{kind, group})
		}
	}
	g.left = left
}

// MustTell reports whether readers would be misled about an event that takes place, if
// no more was told than that it does.
func MustTell(e facts.Event) bool {
	return e.Event.Status == summarizer.Tentative || changed(e.Why) || e.Why.Kind == summarizer.Renamed
}

// changed reports whether the event is where one does not expect it.
func changed(why summarizer.Why) bool {
	switch why.Kind {
	case summarizer.Moved, summarizer.Instead, summarizer.OutOfTurn, summarizer.Extra:
		return true
	}
	return false
}
