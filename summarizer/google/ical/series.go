package ical

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"google.golang.org/api/calendar/v3"
)

// assembly joins entries into series with their changed occurrences.
type assembly struct {
	series  map[string]*entry // by UID; single events, too
	events  []*calendar.Event
	places  map[string]int // of events, by ID
	skipped []Skipped
}

// assemble returns the events of all entries, in their order but for later
// versions of the same, which take the place of earlier ones.
func assemble(entries []*entry) ([]*calendar.Event, []Skipped) {
	a := assembly{series: map[string]*entry{}, places: map[string]int{}}
	for _, e := range entries {
		if e.replaces == nil {
			a.addMaster(e)
		}
	}
	changes := slices.DeleteFunc(slices.Clone(entries), func(e *entry) bool { return e.replaces == nil })
	for _, e := range changes {
		if e.onwards {
			a.addOnwards(e)
		} else {
			a.addException(e)
		}
	}
	return a.events, a.skipped
}

// addMaster adds a single event or a series.
func (a *assembly) addMaster(e *entry) {
	before := a.series[e.uid]
	switch {
	case before == nil:
		a.series[e.uid] = e
	case before.start.Equal(e.start):
		if e.event.Sequence < before.event.Sequence {
			return
		}
		a.series[e.uid] = e
	default:
		// Some programs give all their events the same UID.
		e.event.Id = eventID(e.uid + "\n" + e.start.UTC().String())
		if len(before.event.Recurrence) == 0 {
			a.series[e.uid] = e
		}
	}
	a.put(e.event)
}

func (a *assembly) put(e *calendar.Event) {
	if place, ok := a.places[e.Id]; ok {
		if e.Sequence >= a.events[place].Sequence {
			a.events[place] = e
		}
		return
	}
	a.places[e.Id] = len(a.events)
	a.events = append(a.events, e)
}

// addException adds a changed or cancelled occurrence. Without its series, it
// stands for itself.
func (a *assembly) addException(e *entry) {
	master := a.series[e.uid]
	if master == nil || len(master.event.Recurrence) == 0 {
		original := e.replaces.occurrence(e.in, e.start, e.allDay)
		e.event.Id = InstanceID(e.event.Id, original, e.allDay)
		a.put(e.event)
		return
	}
	original := e.replaces.occurrence(e.in, master.start, master.allDay)
	e.event.Id = InstanceID(master.event.Id, original, master.allDay)
	e.event.RecurringEventId = master.event.Id
	e.event.OriginalStartTime = resourceTime(original, master.allDay)
	a.put(e.event)
}

// addOnwards ends a series before the occurrence that the entry replaces and
// goes on with it as a new series, as Google does for "this and following".
func (a *assembly) addOnwards(e *entry) {
	master := a.series[e.uid]
	if master == nil || len(master.event.Recurrence) == 0 {
		a.addException(e)
		return
	}
	original := e.replaces.occurrence(e.in, master.start, master.allDay)
	shift := e.start.Sub(original)
	if e.allDay != master.allDay || movesDays(original, e.start) && hasDayRule(master.event.Recurrence) {
		a.skipped = append(a.skipped, Skipped{Line: e.line, UID: e.uid, Reason: "moves this and all later occurrences to other days"})
		return
	}
	before, after, err := CutRecurrence(master.event.Recurrence, master.start, master.allDay, original, shift)
	if err != nil {
		a.skipped = append(a.skipped, Skipped{Line: e.line, UID: e.uid, Reason: err.Error()})
		return
	}
	master.event.Recurrence = before
	if e.event.Status == "cancelled" {
		return
	}
	e.event.Id = FollowingID(master.event.Id, original, master.allDay)
	e.event.ICalUID = e.event.Id + "@google.com"
	if len(e.event.Recurrence) == 0 {
		e.event.Recurrence = after
	}
	a.series[e.uid] = e
	a.put(e.event)
}

func movesDays(from, to time.Time) bool {
	return from.Format(time.DateOnly) != to.In(from.Location()).Format(time.DateOnly)
}

// hasDayRule reports whether a rule says itself on which days it falls.
func hasDayRule(lines []string) bool {
	return slices.ContainsFunc(lines, func(line string) bool {
		return strings.HasPrefix(line, "RRULE:") && strings.Contains(line, ";BY")
	})
}

// sortSkipped orders by place in the file.
func sortSkipped(s []Skipped) {
	slices.SortStableFunc(s, func(a, b Skipped) int { return cmp.Compare(a.Line, b.Line) })
}
