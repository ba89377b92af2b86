package recur

import (
	"fmt"
	"strings"
	"time"
)

// Cut splits the recurrence lines of a series at one of its occurrences, at: what
// comes before it, and what is left from there on, moved on the clock as that one
// is, to the time and zone of to. The other arguments are as for Parse, and so are
// the errors.
func Cut(lines []string, start time.Time, allDay bool, at, to time.Time) (before, after []string, err error) {
	if allDay {
		start = start.In(time.UTC)
	}
	in := start.Location()
	shift := Wall(to).Sub(Wall(at.In(in)))
	move := func(t time.Time) time.Time { return Local(Wall(t.In(in)).Add(shift), to.Location()) }
	for _, text := range lines {
		l, err := parseLine(text, start, allDay)
		if err != nil {
			return nil, nil, err
		}
		if l.isRule() {
			head, tail := l.rule.cut(at.In(in), move, allDay)
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
			before = append(before, DateLine(l.name, early, allDay))
		}
		if len(late) > 0 {
			after = append(after, DateLine(l.name, late, allDay))
		}
	}
	return before, after, nil
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
