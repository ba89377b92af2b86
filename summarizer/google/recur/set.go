package recur

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Set is the set of times at which a series takes place: its start, and what its
// RRULE and RDATE lines give, less what EXRULE and EXDATE take away. It is
// immutable and safe for concurrent use.
//
// The start is an occurrence even if no rule gives it, and does not count for COUNT
// then. Only a series whose rules have all ended before it started has none: that
// is what is left of one that goes on as another.
//
// Nothing takes place outside the years 1901 to 2099.
type Set struct {
	zone   *time.Location
	allDay bool
	lines  []line
	dates  map[string][]time.Time // those of all RDATEs with the start, and of all EXDATEs, sorted
}

// FirstYear and LastYear are the years in which rules are expanded.
const (
	FirstYear = 1901
	LastYear  = 2099
)

// MaxDates bounds the RDATEs and EXDATEs of one series.
const MaxDates = 100_000

// Parse reads the recurrence lines of a series whose first occurrence starts at
// start. Rules follow the clocks of start's location. An all-day series has start
// at midnight UTC of its first date, and so has each occurrence. An error names the
// line and what is wrong with it.
func Parse(lines []string, start time.Time, allDay bool) (*Set, error) {
	if allDay {
		start = start.In(time.UTC)
	}
	s := &Set{zone: start.Location(), allDay: allDay, dates: map[string][]time.Time{}}
	for _, text := range lines {
		l, err := parseLine(text, start, allDay)
		if err != nil {
			return nil, err
		}
		s.lines = append(s.lines, l)
		s.dates[l.name] = append(s.dates[l.name], l.dates...)
	}
	if len(s.dates["RDATE"]) > MaxDates || len(s.dates["EXDATE"]) > MaxDates {
		return nil, fmt.Errorf("more than %d RDATEs or EXDATEs", MaxDates)
	}
	rules := s.rules("RRULE")
	hasBegun := func(r rule) bool { return r.end.IsZero() || r.end.After(Wall(start)) }
	if len(rules) == 0 || slices.ContainsFunc(rules, hasBegun) {
		s.dates["RDATE"] = append(s.dates["RDATE"], start)
	}
	for _, dates := range s.dates {
		slices.SortFunc(dates, time.Time.Compare)
	}
	return s, nil
}

// line is a recurrence line: a rule, or dates.
type line struct {
	name  string // RRULE, EXRULE, RDATE or EXDATE
	rule  rule
	dates []time.Time
}

func (l line) isRule() bool { return l.name == "RRULE" || l.name == "EXRULE" }

// parseLine reads a line such as EXDATE;TZID=Europe/Berlin:20261126T100000.
func parseLine(text string, start time.Time, allDay bool) (line, error) {
	head, value, ok := strings.Cut(text, ":")
	name, params, _ := strings.Cut(head, ";")
	name = strings.ToUpper(name)
	l := line{name: name}
	var err error
	switch {
	case !ok:
		return line{}, fmt.Errorf("%q is not written NAME:value", Clip(text))
	case l.isRule():
		l.rule, err = parseRule(value, start, allDay)
	case name == "RDATE" || name == "EXDATE":
		in := start.Location()
		for param := range strings.SplitSeq(params, ";") {
			if id, ok := strings.CutPrefix(param, "TZID="); ok {
				if in, err = LoadZone(strings.Trim(id, `"`)); err != nil {
					return line{}, fmt.Errorf("%s: TZID: %w", name, err)
				}
			}
		}
		l.dates, err = parseDates(value, in, start, allDay)
	default:
		return line{}, fmt.Errorf("%q is none of RRULE, RDATE, EXRULE, EXDATE", Clip(name))
	}
	if err != nil {
		return line{}, fmt.Errorf("%s %q: %w", name, Clip(value), err)
	}
	return l, nil
}

// parseDates reads the value of an RDATE or EXDATE, whose times hang in zone
// `in`. Of periods only the starts count.
func parseDates(value string, in *time.Location, start time.Time, allDay bool) ([]time.Time, error) {
	var dates []time.Time
	for part := range strings.SplitSeq(value, ",") {
		part, _, _ = strings.Cut(part, "/")
		if strings.TrimSpace(part) == "" {
			continue
		}
		v, err := ParseValue(part)
		if err != nil {
			return nil, err
		}
		dates = append(dates, v.Occurrence(in, start, allDay))
	}
	return dates, nil
}

// DateLine writes an RDATE or EXDATE line.
func DateLine(name string, dates []time.Time, allDay bool) string {
	values := make([]string, len(dates))
	for i, d := range dates {
		values[i] = format(d, allDay)
	}
	if allDay {
		name += ";VALUE=DATE"
	}
	return name + ":" + strings.Join(values, ",")
}

// Between returns the starts of the occurrences in [from, to), in order. A
// daily series gives 365 a year and hourly ones up to 24 times as many, so the
// span bounds the result.
func (s *Set) Between(from, to time.Time) []time.Time {
	dates := s.dates["RDATE"]
	first, _ := slices.BinarySearchFunc(dates, from, time.Time.Compare)
	end, _ := slices.BinarySearchFunc(dates, to, time.Time.Compare)
	return s.without(append(s.instants("RRULE", from, to), dates[first:max(first, end)]...), from, to)
}

// ByRule is Between for what the rules give by themselves, without the start if no
// rule gives it, and without dates that were added.
func (s *Set) ByRule(from, to time.Time) []time.Time {
	return s.without(s.instants("RRULE", from, to), from, to)
}

// Has reports whether there is an occurrence at t.
func (s *Set) Has(t time.Time) bool { return len(s.Between(t, t.Add(time.Second))) > 0 }

// without sorts starts and takes away what is excluded.
func (s *Set) without(starts []time.Time, from, to time.Time) []time.Time {
	slices.SortFunc(starts, time.Time.Compare)
	starts = slices.CompactFunc(starts, time.Time.Equal)
	excluded := s.instants("EXRULE", from, to)
	slices.SortFunc(excluded, time.Time.Compare)
	return slices.DeleteFunc(starts, func(t time.Time) bool {
		_, isExdate := slices.BinarySearchFunc(s.dates["EXDATE"], t, time.Time.Compare)
		_, isExcluded := slices.BinarySearchFunc(excluded, t, time.Time.Compare)
		return isExdate || isExcluded
	})
}

// rules returns the set's RRULEs or EXRULEs.
func (s *Set) rules(name string) (rules []rule) {
	for _, l := range s.lines {
		if l.name == name {
			rules = append(rules, l.rule)
		}
	}
	return rules
}

// instants returns what the RRULEs or EXRULEs give in [from, to), in the series' zone
// and in no order.
func (s *Set) instants(name string, from, to time.Time) []time.Time {
	var starts []time.Time
	// A wall clock may be up to a day off the instant it stands for.
	wallFrom := Wall(from.In(s.zone)).AddDate(0, 0, -1)
	wallTo := Wall(to.In(s.zone)).AddDate(0, 0, 1)
	for _, r := range s.rules(name) {
		for w := range r.occurrences(wallFrom, wallTo) {
			if t := Local(w, s.zone); !t.Before(from) && t.Before(to) {
				starts = append(starts, t)
			}
		}
	}
	return starts
}

// Clip shortens untrusted text for an error.
func Clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
