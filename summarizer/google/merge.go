package google

import (
	"cmp"
	"slices"

	"foreday/summarizer"
)

// listed reports whether a person would say they have the event. Birthdays are
// of those in a calendar that is read because the user asked for it.
func (f found) listed() bool {
	return !f.declined && f.event.Kind != "workingLocation" && (f.event.Kind != "birthday" || !f.in.usual)
}

// merge returns the events to be listed, each once, in order of time. Of copies
// in several calendars the first counts. The primary calendar, which is first,
// decides for the others: what the user declined there, they do not have.
func merge(all []found) []summarizer.Event {
	type copyKey struct {
		uid   string
		start int64           // of what is not all-day
		date  summarizer.Date // of what is
	}
	var events []summarizer.Event
	taken := map[copyKey]string{} // the calendar whose copy counts
	for _, f := range all {
		key := copyKey{f.uid, f.event.Start.Unix(), f.event.StartDate}
		if by, copied := taken[key]; copied && f.uid != "" && by != f.event.CalendarID {
			continue
		}
		if f.listed() {
			events = append(events, f.event)
		}
		if f.listed() || f.in.primary {
			taken[key] = f.event.CalendarID
		}
	}
	slices.SortStableFunc(events, inOrder)
	return events
}

// inOrder puts all-day events first and events that run alike always in the
// same order, so that an unchanged day reads the same every time.
func inOrder(a, b summarizer.Event) int {
	return cmp.Or(
		trueFirst(a.AllDay, b.AllDay),
		a.StartDate.Compare(b.StartDate), a.EndDate.Compare(b.EndDate),
		a.Start.Compare(b.Start), a.End.Compare(b.End),
		cmp.Compare(a.Title, b.Title), cmp.Compare(a.CalendarID, b.CalendarID), cmp.Compare(a.ID, b.ID),
	)
}

// trueFirst compares what is true with what is not.
func trueFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}
