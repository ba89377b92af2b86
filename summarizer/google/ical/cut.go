package ical

import (
	"strconv"
	"strings"
	"time"
)

// CutRecurrence splits the recurrence lines of a series at one of its
// occurrences, at: what comes before it, and what is left from there on, moved on
// the clock as that one is, to the time and zone of to. The other arguments are as
// for ParseRecurrence, and so are the errors.
func CutRecurrence(lines []string, start time.Time, allDay bool, at, to time.Time) (before, after []string, err error) {
	if _, err := ParseRecurrence(lines, start, allDay); err != nil {
		return nil, nil, err
	}
	in := start.Location()
	if allDay {
		in = time.UTC
	}
	shift := wall(to).Sub(wall(at.In(in)))
	move := func(t time.Time) time.Time { return Local(wall(t.In(in)).Add(shift), to.Location()) }
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
			if tail, err = moveUntil(tail, in, allDay, move); err != nil {
				return nil, nil, err
			}
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
				late = append(late, move(d))
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

// moveUntil moves the UNTIL of a rule, which bounds the starts before the move.
func moveUntil(rule string, in *time.Location, allDay bool, move func(time.Time) time.Time) (string, error) {
	parts := strings.Split(rule, ";")
	for i, part := range parts {
		value, ok := strings.CutPrefix(part, "UNTIL=")
		if !ok {
			continue
		}
		end, err := parseUntil(value, in, allDay)
		switch {
		case err != nil:
			return "", err
		case end.Year() > lastYear: // nothing takes place as late as that
		case allDay:
			parts[i] = "UNTIL=" + move(end.AddDate(0, 0, -1)).Format("20060102")
		default:
			parts[i] = "UNTIL=" + move(Local(end.Add(-time.Second), in)).UTC().Format("20060102T150405Z")
		}
	}
	return strings.Join(parts, ";"), nil
}
