package recur

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rule is one RRULE or EXRULE, on wall clocks.
type rule struct {
	text  string    // tidied
	start time.Time // of the series
	until time.Time // UNTIL, exclusive; zero if there is none
	end   time.Time // the earlier of UNTIL and COUNT, exclusive; zero if the rule has no end

	freq            frequency
	interval, count int
	weekStart       time.Weekday
	skip            string // BACKWARD or FORWARD: where dates go that a month does not have

	// The BY parts, sorted; empty are those that the rule and its start leave open.
	months, monthDays, yearDays, weeks, hours, minutes, seconds, positions []int
	weekdays                                                               []weekday

	times []time.Duration // since midnight, or of an hourly rule since the hour began
}

// frequency is FREQ, which says what a period is.
type frequency int

const (
	yearly frequency = iota
	monthly
	weekly
	daily
	hourly
)

var frequencies = []string{"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"}

// weekday is an element of BYDAY: all such days, or the nth of a month or year,
// from its end if n is negative.
type weekday struct {
	n   int
	day time.Weekday
}

var weekdays = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

// Bounds on what a rule may ask for. They leave room for any calendar that a
// person keeps, and keep a hostile one from costing more than milliseconds.
const (
	maxInterval = 1000
	maxPerDay   = 24
	maxRuleText = 2000
	// maxCount is the COUNT beyond which a series counts as endless: 27 years
	// of every day.
	maxCount = 10_000
)

// parseRule reads the value of an RRULE of a series that starts at start, on the
// clocks of start's location.
func parseRule(text string, start time.Time, allDay bool) (rule, error) {
	r := rule{text: tidy(text), start: Wall(start), interval: 1, weekStart: time.Monday}
	switch {
	case len(r.text) > maxRuleText:
		return rule{}, fmt.Errorf("longer than %d bytes", maxRuleText)
	case !strings.Contains(r.text, "FREQ="):
		return rule{}, errors.New("FREQ is missing")
	}
	for part := range strings.SplitSeq(r.text, ";") {
		key, value, _ := strings.Cut(part, "=")
		if err := r.set(key, value, start.Location(), allDay); err != nil {
			return rule{}, err
		}
	}
	if err := r.check(); err != nil {
		return rule{}, err
	}
	r.spellOut()
	r.end = r.until
	if r.count > 0 && r.count <= maxCount {
		if start.Year() < FirstYear {
			return rule{}, fmt.Errorf("COUNT=%d is counted from %d, which is before %d", r.count, start.Year(), FirstYear)
		}
		r.end = cmp.Or(r.endOfCount(), r.until)
	}
	return r, nil
}

// tidy drops what real files add to rules and has no meaning here.
func tidy(text string) string {
	var parts []string
	for part := range strings.SplitSeq(strings.ToUpper(strings.Join(strings.Fields(text), "")), ";") {
		key, value, _ := strings.Cut(part, "=")
		isDefault := part == "RSCALE=GREGORIAN" || part == "SKIP=OMIT"
		if value != "" && !isDefault && !strings.HasPrefix(key, "X-") {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ";")
}

// parseUntil reads UNTIL into the exclusive end of a rule, on the clocks of zone.
// A date takes in the whole of that day.
func parseUntil(value string, zone *time.Location, allDay bool) (time.Time, error) {
	v, err := ParseValue(value)
	switch {
	case err != nil:
		return time.Time{}, err
	case v.Date || allDay:
		return v.Midnight().AddDate(0, 0, 1), nil
	default:
		return Wall(v.In(zone)).Add(time.Second), nil
	}
}

// set reads one part of a rule.
func (r *rule) set(key, value string, zone *time.Location, allDay bool) (err error) {
	switch key {
	case "FREQ":
		if r.freq = frequency(slices.Index(frequencies, value)); r.freq < 0 {
			return fmt.Errorf("FREQ=%s: series are by the hour, day, week, month or year", Clip(value))
		}
	case "INTERVAL":
		r.interval, err = number(value, 0, maxInterval)
	case "COUNT":
		r.count, err = number(value, 0, 1<<31-1)
	case "UNTIL":
		r.until, err = parseUntil(value, zone, allDay)
	case "WKST":
		day := slices.Index(weekdays, value)
		if r.weekStart = time.Weekday(day); day < 0 {
			err = fmt.Errorf("%q is no day of the week", Clip(value))
		}
	case "BYDAY":
		r.weekdays, err = parseWeekdays(value)
	case "BYMONTH":
		r.months, err = numbers(value, 1, 12)
	case "BYMONTHDAY":
		r.monthDays, err = numbers(value, -31, 31)
	case "BYYEARDAY":
		r.yearDays, err = numbers(value, -366, 366)
	case "BYWEEKNO":
		r.weeks, err = numbers(value, -53, 53)
	case "BYHOUR":
		r.hours, err = numbers(value, 0, 23)
	case "BYMINUTE":
		r.minutes, err = numbers(value, 0, 59)
	case "BYSECOND":
		r.seconds, err = numbers(value, 0, 59)
	case "BYSETPOS":
		r.positions, err = numbers(value, -366, 366)
	case "SKIP":
		if r.skip = value; value != "BACKWARD" && value != "FORWARD" {
			err = fmt.Errorf("%q is none of OMIT, BACKWARD, FORWARD", Clip(value))
		}
	default:
		err = errors.New("is not part of a rule")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", Clip(key), err)
	}
	return nil
}

// number reads a number. Where it may count from the end there is no 0.
func number(text string, least, most int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most || n == 0 && least < 0 {
		return 0, fmt.Errorf("%q is no number from %d to %d", Clip(text), least, most)
	}
	return n, nil
}

func numbers(text string, least, most int) (list []int, err error) {
	for part := range strings.SplitSeq(text, ",") {
		n, err := number(part, least, most)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

func parseWeekdays(text string) (list []weekday, err error) {
	for part := range strings.SplitSeq(text, ",") {
		at := max(0, len(part)-2)
		day := slices.Index(weekdays, part[at:])
		w := weekday{day: time.Weekday(day)}
		if at > 0 {
			w.n, err = number(part[:at], -53, 53)
		}
		if err != nil || day < 0 {
			return nil, fmt.Errorf("%q is no day of the week", Clip(part))
		}
		list = append(list, w)
	}
	return list, nil
}

// check refuses what Google Calendar does not take.
func (r *rule) check() error {
	times := max(1, len(r.hours)) * max(1, len(r.minutes)) * max(1, len(r.seconds))
	if times > maxPerDay {
		return fmt.Errorf("%d times a day; at most %d are taken", times, maxPerDay)
	}
	for _, w := range r.weekdays {
		inMonth := r.freq == monthly || len(r.months) > 0
		if inMonth && max(w.n, -w.n) > 5 {
			return fmt.Errorf("BYDAY=%+d%s: there is no such day", w.n, weekdays[w.day])
		}
	}
	r.interval = max(r.interval, 1)
	if r.freq == hourly && !r.reachesAnHour() {
		return errors.New("no hour of BYHOUR is ever reached")
	}
	return nil
}

// reachesAnHour reports whether an hourly rule ever meets one of its BYHOURs.
func (r *rule) reachesAnHour() bool {
	for n := range 24 {
		if len(r.hours) == 0 || slices.Contains(r.hours, (r.start.Hour()+n*r.interval)%24) {
			return true
		}
	}
	return false
}

// spellOut makes explicit what a rule takes from its start.
func (r *rule) spellOut() {
	saysDay := len(r.weeks)+len(r.yearDays)+len(r.monthDays)+len(r.weekdays) > 0
	switch {
	case saysDay:
	case r.freq == yearly && len(r.months) == 0:
		r.months, r.monthDays = []int{int(r.start.Month())}, []int{r.start.Day()}
	case r.freq <= monthly:
		r.monthDays = []int{r.start.Day()}
	case r.freq == weekly:
		r.weekdays = []weekday{{day: r.start.Weekday()}}
	}
	clock := func(list []int, own int) []int {
		if len(list) == 0 {
			return []int{own}
		}
		return list
	}
	hours := []int{0}
	if r.freq != hourly {
		hours = clock(r.hours, r.start.Hour())
	}
	for _, hour := range hours {
		for _, minute := range clock(r.minutes, r.start.Minute()) {
			for _, second := range clock(r.seconds, r.start.Second()) {
				r.times = append(r.times, time.Duration(hour*3600+minute*60+second)*time.Second)
			}
		}
	}
}

// endOfCount returns the end of the rule's first COUNT occurrences, or the zero time
// if there are not so many.
func (r *rule) endOfCount() time.Time {
	left := r.count
	for t := range r.occurrences(r.start, time.Time{}) {
		if left--; left == 0 {
			return t.Add(time.Second)
		}
	}
	return time.Time{}
}
