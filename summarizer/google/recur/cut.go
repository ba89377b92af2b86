package recur

import (
	"fmt"
	"strings"
	"time"
)

// Cut returns the recurrence lines of a series, split at one of its occurrences, at:
// what comes before it, and what is left from there on, moved on the clock as that one
// is, to the time and zone of to.
func (s *Set) Cut(at, to time.Time) (before, after []string) {
	at = at.In(s.zone)
	shift := Wall(to).Sub(Wall(at))
	move := func(t time.Time) time.Time { return Local(Wall(t.In(s.zone)).Add(shift), to.Location()) }
	for _, l := range s.lines {
		if l.isRule() {
			head, tail := l.rule.cut(at, move, s.allDay)
			before, after = append(before, l.name+":"+head), append(after, l.name+":"+tail)
			continue
		}
		var early, late []time.Time
		for _, d := range l.dates {
			if d.Before(at) {
				early = append(early, d)
			} else {
				late = append(late, move(d))
			}
		}
		if len(early) > 0 {
			before = append(before, DateLine(l.name, early, s.allDay))
		}
		if len(late) > 0 {
			after = append(after, DateLine(l.name, late, s.allDay))
		}
	}
	return before, after
}

// cut splits a rule: the first part ends before at, the second has the rest of the
// COUNT, if there is one, and an UNTIL that is moved as the starts are which it bounds.
func (r *rule) cut(at time.Time, move func(time.Time) time.Time, allDay bool) (head, tail string) {
	step := time.Second
	if allDay {
		step = oneDay
	}
	var shared, ends []string
	for part := range strings.SplitSeq(r.text, ";") {
		switch key, _, _ := strings.Cut(part, "="); {
		case key == "COUNT":
			done := 0
			for range r.occurrences(r.start, Wall(at)) {
				done++
			}
			ends = append(ends, fmt.Sprintf("COUNT=%d", max(1, r.count-done)))
		case key == "UNTIL" && r.until.Year() <= LastYear: // nothing takes place later
			ends = append(ends, "UNTIL="+format(move(Local(r.until.Add(-step), at.Location())), allDay))
		case key != "UNTIL":
			shared = append(shared, part)
		}
	}
	head = strings.Join(append(shared[:len(shared):len(shared)], "UNTIL="+format(at.Add(-step), allDay)), ";")
	return head, strings.Join(append(shared, ends...), ";")
}
