package ical

import (
	"cmp"
	"slices"
	"strconv"
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
	before, after := cut(master.event.Recurrence, original, shift, master.countBefore(original), master.allDay)
	master.event.Recurrence = before
	if e.event.Status == "cancelled" {
		return
	}
	layout := "_R20060102T150405"
	if master.allDay {
		layout = "_R20060102"
	}
	e.event.Id = master.event.Id + original.UTC().Format(layout)
	e.event.ICalUID = e.event.Id + "@google.com"
	if len(e.event.Recurrence) == 0 {
		e.event.Recurrence = after
	}
	a.series[e.uid] = e
	a.put(e.event)
}

// countBefore returns how much of a rule's COUNT is used up before an
// occurrence. Excluded occurrences count as well.
func (e *entry) countBefore(original time.Time) int {
	rules := slices.DeleteFunc(slices.Clone(e.event.Recurrence), func(l string) bool { return !strings.HasPrefix(l, "RRULE:") })
	rec, err := ParseRecurrence(rules, e.start, e.allDay)
	if err != nil {
		return 0 // it was read before
	}
	return len(rec.Between(e.start, original))
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

// cut splits recurrence lines at an occurrence, of which done come before. What
// comes after is moved by shift.
func cut(lines []string, at time.Time, shift time.Duration, done int, allDay bool) (before, after []string) {
	for _, l := range lines {
		name, _, value, err := splitRecurrenceLine(l)
		if err != nil {
			continue // it was read before
		}
		switch name {
		case "RRULE", "EXRULE":
			head, tail := cutRule(value, at, done, allDay)
			before, after = append(before, name+":"+head), append(after, name+":"+tail)
		default:
			dates, err := parseDates(value, time.UTC, at, allDay)
			if err != nil {
				continue // it was read before
			}
			var early, late []time.Time
			for _, d := range dates {
				if d.Before(at) {
					early = append(early, d)
				} else {
					late = append(late, d.Add(shift))
				}
			}
			if len(early) > 0 {
				before = append(before, dateLine(name, early, allDay))
			}
			if len(late) > 0 {
				after = append(after, dateLine(name, late, allDay))
			}
		}
	}
	return before, after
}

// cutRule splits a rule: the first part ends before at, the second has the rest
// of the COUNT, if there is one.
func cutRule(value string, at time.Time, done int, allDay bool) (head, tail string) {
	until := at.Add(-time.Second).UTC().Format("20060102T150405Z")
	if allDay {
		until = at.AddDate(0, 0, -1).Format("20060102")
	}
	var shared, rest []string
	for part := range strings.SplitSeq(value, ";") {
		key, n, _ := strings.Cut(part, "=")
		switch key {
		case "COUNT":
			rest = append(rest, "COUNT="+lessBy(n, done))
		case "UNTIL":
			rest = append(rest, part)
		default:
			shared = append(shared, part)
		}
	}
	all := strings.Join(shared, ";")
	return all + ";UNTIL=" + until, strings.Join(append([]string{all}, rest...), ";")
}

// sortSkipped orders by place in the file.
func sortSkipped(s []Skipped) {
	slices.SortStableFunc(s, func(a, b Skipped) int { return cmp.Compare(a.Line, b.Line) })
}

// lessBy returns a COUNT less what is done; at least 1, as a rule needs.
func lessBy(count string, done int) string {
	n, err := strconv.Atoi(count)
	if err != nil {
		return count
	}
	return strconv.Itoa(max(1, n-done))
}
