package plan

import (
	"cmp"
	"fmt"
	"slices"

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
	Copies            // one event, which is in several calendars
	Same              // one title
	Alike             // titles that differ in one number: "Interview 1", "Interview 2"
	Crowd             // one time, or one calendar
	Replaced          // one title of one calendar; one takes place, another, at another time, is cancelled
)

// rule makes units of a kind: of many events at least that have the same key. The key
// "" is none.
type rule struct {
	kind UnitKind
	many int
	key  func(facts.Event) string
}

// rules are tried in this order.
var rules = []rule{
	{Replaced, 2, func(e facts.Event) string { return e.Title }},
	{Copies, 2, func(e facts.Event) string { return fmt.Sprint(e.Title, e.Start.Unix(), e.End.Unix()) }},
	{Same, 2, func(e facts.Event) string { return e.Title }},
	{Alike, 3, func(e facts.Event) string { return titles.Split(e.Title).Pattern }},
	{Crowd, 4, func(e facts.Event) string { return fmt.Sprint(e.Start.Unix(), e.End.Unix()) }},
	{Crowd, 8, func(e facts.Event) string { return e.Event.CalendarID }},
}

// Units puts together which of the events are told as one, in the order of the first
// of each. Events that go on from an earlier day are in none of the units, and what
// must be told of an event by itself keeps it to itself.
func Units(day facts.Day, events []int) []Unit {
	left := slices.DeleteFunc(slices.Clone(events), func(e int) bool { return day.Events[e].GoesOn() })
	slices.Sort(left)
	var units, found []Unit
	for _, r := range rules {
		found, left = r.apply(day, left)
		units = append(units, found...)
	}
	for _, e := range left {
		units = append(units, Unit{Single, []int{e}})
	}
	slices.SortStableFunc(units, func(a, b Unit) int {
		return cmp.Compare(slices.Index(events, a.Events[0]), slices.Index(events, b.Events[0]))
	})
	return units
}

// apply returns the units that the rule makes of the events, and the events that are
// in none.
func (r rule) apply(day facts.Day, events []int) (units []Unit, left []int) {
	groups, keys := map[string][]int{}, map[int]string{}
	for _, e := range events {
		v := day.Events[e]
		if key := r.key(v); key != "" && !v.MustTell() && (v.TakesPlace() || r.kind != Crowd) {
			keys[e] = fmt.Sprint(key, v.Event.AllDay, v.TakesPlace() || r.kind == Replaced)
			groups[keys[e]] = append(groups[keys[e]], e)
		}
	}
	for _, e := range events {
		group := groups[keys[e]]
		switch {
		case len(group) < r.many || !r.fits(day, group):
			left = append(left, e)
		case e == group[0]:
			units = append(units, Unit{r.kind, group})
		}
	}
	return units, left
}

// fits reports whether events that have the same key make a unit.
func (r rule) fits(day facts.Day, group []int) bool {
	switch r.kind {
	case Alike:
		_, _, _, ok := titles.Sequence(day.Titles(group))
		return ok
	case Copies:
		calendars := map[string]bool{}
		for _, e := range group {
			calendars[day.Events[e].Event.CalendarID] = true
		}
		return len(calendars) == len(group)
	case Replaced:
		off, on := day.Events[group[0]], day.Events[group[1]]
		if off.TakesPlace() {
			off, on = on, off
		}
		return len(group) == 2 && !off.TakesPlace() && on.TakesPlace() && off.StartsHere && !off.WholeDay &&
			!off.Start.Equal(on.Start) && off.Event.CalendarID == on.Event.CalendarID
	}
	return true
}
