package ical

import (
	"strconv"
	"strings"
	"time"
)

// CutRecurrence splits the recurrence lines of a series at one of its
// occurrences: what comes before it, and what is left from there on, moved by
// shift. The arguments are as for ParseRecurrence, and so are the errors.
func CutRecurrence(lines []string, start time.Time, allDay bool, at time.Time, shift time.Duration) (before, after []string, err error) {
	if _, err := ParseRecurrence(lines, start, allDay); err != nil {
		return nil, nil, err
	}
	for _, l := range lines {
		name, params, value, err := splitRecurrenceLine(l)
		if err != nil {
			return nil, nil, err
		}
		if name == "RRULE" || name == "EXRULE" {
			// What is excluded, and a start that no rule gives, have their own places.
			r, err := ParseRecurrence([]string{"RRULE:" + value}, start, allDay)
			if err != nil {
				return nil, nil, err
			}
			head, tail := cutRule(value, at, len(r.ByRule(start, at)), allDay)
			before, after = append(before, name+":"+head), append(after, name+":"+tail)
			continue
		}
		dates, err := parseDateLine(name, params, value, start, allDay)
		if err != nil {
			return nil, nil, err
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
	return before, after, nil
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

// lessBy returns a COUNT less what is done; at least 1, as a rule needs.
func lessBy(count string, done int) string {
	n, err := strconv.Atoi(count)
	if err != nil {
		return count
	}
	return strconv.Itoa(max(1, n-done))
}
