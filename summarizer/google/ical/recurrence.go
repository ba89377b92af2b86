package ical

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// Recurrence is the set of times at which a series takes place: its start, and what
// its RRULE and RDATE lines give, less what EXRULE and EXDATE take away. It is
// immutable and safe for concurrent use.
//
// The start is an occurrence even if no rule gives it, and does not count for COUNT
// then. Only a series whose rules have all ended before it started has none: that
// is what is left of one that goes on as another.
//
// Nothing takes place outside the years 1901 to 2099.
type Recurrence struct {
	zone    *time.Location
	rules   []rule
	exrules []rule
	rdates  []time.Time // sorted
	exdates []int64     // Unix seconds, sorted
}

// The years in which rules are expanded. Between them every fourth year is a
// leap year, which rule.occurrences relies on.
const (
	firstYear = 1901
	lastYear  = 2099
)

// maxDates bounds the RDATEs and EXDATEs of one series.
const maxDates = 100_000

// ParseRecurrence reads the recurrence lines of a series whose first occurrence
// starts at start. Rules follow the clocks of start's location. An all-day
// series has start at midnight UTC of its first date, and so has each
// occurrence. An error names the line and what is wrong with it.
func ParseRecurrence(lines []string, start time.Time, allDay bool) (*Recurrence, error) {
	r := &Recurrence{zone: start.Location()}
	if allDay {
		r.zone = time.UTC
	}
	for _, line := range lines {
		name, params, value, err := splitRecurrenceLine(line)
		if err != nil {
			return nil, err
		}
		switch name {
		case "RRULE", "EXRULE":
			parsed, err := parseRule(value, wall(start.In(r.zone)), r.zone, allDay)
			if err != nil {
				return nil, fmt.Errorf("%s %q: %w", name, clip(value), err)
			}
			if name == "RRULE" {
				r.rules = append(r.rules, parsed)
			} else {
				r.exrules = append(r.exrules, parsed)
			}
		case "RDATE", "EXDATE":
			dates, err := parseDateLine(name, params, value, start.In(r.zone), allDay)
			if err != nil {
				return nil, err
			}
			if name == "RDATE" {
				r.rdates = append(r.rdates, dates...)
			} else {
				for _, d := range dates {
					r.exdates = append(r.exdates, d.Unix())
				}
			}
		default:
			return nil, fmt.Errorf("%q is none of RRULE, RDATE, EXRULE, EXDATE", clip(name))
		}
	}
	if len(r.rdates) > maxDates || len(r.exdates) > maxDates {
		return nil, fmt.Errorf("more than %d RDATEs or EXDATEs", maxDates)
	}
	if !r.over(start) {
		r.rdates = append(r.rdates, start)
	}
	slices.SortFunc(r.rdates, time.Time.Compare)
	slices.Sort(r.exdates)
	return r, nil
}

// over reports whether all rules end before the series starts.
func (r *Recurrence) over(start time.Time) bool {
	clock := wall(start.In(r.zone))
	hasBegun := func(rule rule) bool { return rule.end.IsZero() || rule.end.After(clock) }
	return len(r.rules) > 0 && !slices.ContainsFunc(r.rules, hasBegun)
}

// Between returns the starts of the occurrences in [from, to), in order. A
// daily series gives 365 a year and hourly ones up to 24 times as many, so the
// span bounds the result.
func (r *Recurrence) Between(from, to time.Time) []time.Time {
	starts := r.instants(r.rules, from, to)
	first, _ := slices.BinarySearchFunc(r.rdates, from, time.Time.Compare)
	for _, t := range r.rdates[first:] {
		if !t.Before(to) {
			break
		}
		starts = append(starts, t.In(r.zone))
	}
	return r.without(starts, from, to)
}

// ByRule is Between for what the rules give by themselves, without the start if no
// rule gives it, and without dates that were added.
func (r *Recurrence) ByRule(from, to time.Time) []time.Time {
	return r.without(r.instants(r.rules, from, to), from, to)
}

// without sorts starts and takes away what is excluded.
func (r *Recurrence) without(starts []time.Time, from, to time.Time) []time.Time {
	slices.SortFunc(starts, time.Time.Compare)
	starts = slices.CompactFunc(starts, time.Time.Equal)
	if len(r.exdates) == 0 && len(r.exrules) == 0 {
		return starts
	}
	excluded := map[int64]bool{}
	for _, t := range r.instants(r.exrules, from, to) {
		excluded[t.Unix()] = true
	}
	return slices.DeleteFunc(starts, func(t time.Time) bool {
		_, isExdate := slices.BinarySearch(r.exdates, t.Unix())
		return isExdate || excluded[t.Unix()]
	})
}

// has reports whether there is an occurrence at t.
func (r *Recurrence) has(t time.Time) bool { return len(r.Between(t, t.Add(time.Second))) > 0 }

// instants returns what the rules give in [from, to), in the series' zone and in
// no order.
func (r *Recurrence) instants(rules []rule, from, to time.Time) []time.Time {
	var starts []time.Time
	// A wall clock may be up to a day off the instant it stands for.
	wallFrom := wall(from.In(r.zone)).AddDate(0, 0, -1)
	wallTo := wall(to.In(r.zone)).AddDate(0, 0, 1)
	for _, rule := range rules {
		for w := range rule.occurrences(wallFrom, wallTo) {
			if t := Local(w, r.zone); !t.Before(from) && t.Before(to) {
				starts = append(starts, t)
			}
		}
	}
	return starts
}

// wall returns what clocks show at t, as if they were set to UTC: rules are
// expanded on such times, where every day has 24 hours.
func wall(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// Local returns the instant at which clocks in zone show what w shows in its own
// location. Of two such instants it is the earlier, as RFC 5545 has it; a time
// that the clocks skip is taken as if they had not been changed yet.
func Local(w time.Time, zone *time.Location) time.Time {
	y, m, d := w.Date()
	t := time.Date(y, m, d, w.Hour(), w.Minute(), w.Second(), 0, zone)
	from, to := t.ZoneBounds()
	_, offset := t.Zone()
	for _, change := range [...]time.Time{from, to} {
		if change.IsZero() {
			continue
		}
		_, before := change.Add(-time.Second).Zone()
		_, after := change.Zone()
		if offset != before && offset != after {
			continue
		}
		asBefore := time.Unix(wall(w).Unix()-int64(before), 0).In(zone)
		skipped := after > before && !asBefore.Before(change) && asBefore.Before(change.Add(time.Duration(after-before)*time.Second))
		repeated := after < before && asBefore.Before(change) && !asBefore.Before(change.Add(time.Duration(after-before)*time.Second))
		if skipped || repeated {
			return asBefore
		}
	}
	return t
}

// occurrences yields the wall times in [from, to) that the rule gives, in order.
func (r rule) occurrences(from, to time.Time) iter.Seq[time.Time] {
	from = latest(from, r.start, time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC))
	to = earliest(to, r.end, time.Date(lastYear+1, 1, 1, 0, 0, 0, 0, time.UTC))
	if r.skip == "" {
		return laidOut{r.option, r.start}.between(from, to)
	}
	return r.skipping(from, to)
}

// laidOut is a rule of rrule-go from where it starts.
type laidOut struct {
	option rrule.ROption
	start  time.Time
}

// between yields what the rule gives in [from, to), in order.
//
// rrule-go looks for the next occurrence until the year 9999, however long that
// takes, and cannot be interrupted. So the rule is laid out near the end of its
// calendar, in years that look the same: see twinShift.
func (l laidOut) between(from, to time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		for from.Before(to) {
			end := earliest(to, from.AddDate(50, 0, 0))
			shift := twinShift(from.Year(), end.Year())
			next := l.iterator(l.align(from).AddDate(shift, 0, 0))
			for t, ok := next(); ok; t, ok = next() {
				t = t.AddDate(-shift, 0, 0)
				if !t.Before(end) {
					break
				}
				if !t.Before(from) && !yield(t) {
					return
				}
			}
			from = end
		}
	}
}

// twinShift returns how many years later, as late as there are, the years first
// to last have twins with the same weekdays and leap days. Those repeat every 28
// years where no century without a leap day comes between, as from 9901 to 9999,
// which is room for 50 years. It is not a multiple of 28: centuries do come
// between those years and ours.
func twinShift(first, last int) int {
	shift := 9999 - last
	for shift > 0 && (shift%4 != 0 || newYear(first) != newYear(first+shift)) {
		shift--
	}
	return shift
}

// newYear returns the weekday on which the year begins.
func newYear(year int) time.Weekday { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Weekday() }

func latest(t time.Time, others ...time.Time) time.Time {
	return slices.MaxFunc(append(others, t), time.Time.Compare)
}

// earliest ignores zero times, which stand for no end.
func earliest(t time.Time, others ...time.Time) time.Time {
	for _, o := range others {
		if !o.IsZero() && o.Before(t) {
			t = o
		}
	}
	return t
}

// clip shortens untrusted text for an error.
func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
