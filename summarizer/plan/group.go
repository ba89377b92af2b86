package plan

import (
	"fmt"
	"slices"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/titles"
)

// How many events it takes to be told as one.
const (
	manySame  = 2 // of one title
	manyAlike = 3 // of titles that differ in a number
	manyAtOne = 4 // of one time
	manyInOne = 8 // new ones of one calendar
)

// titleLength is how much of a title tells which titles are alike.
const titleLength = 100

// group finds the events that are told as one, and returns the others.
func (r rules) group(events []int) (groups [][]int, single []int) {
	for _, by := range []struct {
		many int
		key  func(e facts.Event) string // "" for what is in no group
	}{
		{manySame, func(e facts.Event) string { return titles.Clean(e.Event.Title, titleLength) }},
		{manyAlike, pattern},
		{manyAtOne, times},
		{manyInOne, func(e facts.Event) string { return e.Event.CalendarID + "\n" + e.Event.Calendar }},
	} {
		found := map[string][]int{}
		var keys []string // in the order of their first event
		for _, e := range events {
			key := ""
			if r.plain(e) {
				key = by.key(r.day.Events[e])
			}
			if len(found[key]) == 0 {
				keys = append(keys, key)
			}
			found[key] = append(found[key], e)
		}
		single = nil
		for _, key := range keys {
			if key != "" && len(found[key]) >= by.many {
				groups = append(groups, found[key])
			} else {
				single = append(single, found[key]...)
			}
		}
		slices.Sort(single)
		events = single
	}
	return groups, single
}

// plain reports whether nothing must be told of the event by itself.
func (r rules) plain(e int) bool {
	v := r.day.Events[e]
	return v.Event.Status != summarizer.Tentative && v.Why.Kind != summarizer.Renamed
}

// pattern is the title but for its numbers, "" if it has none.
func pattern(e facts.Event) string {
	if t := titles.Split(titles.Clean(e.Event.Title, titleLength)); len(t.Numbers) > 0 {
		return t.Pattern
	}
	return ""
}

// times is when the event is.
func times(e facts.Event) string {
	if e.Event.AllDay {
		return e.Event.StartDate.String() + e.Event.EndDate.String()
	}
	return fmt.Sprint(e.Event.Start.Unix(), e.Event.End.Unix())
}
