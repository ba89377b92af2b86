package ical

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// rule is one RRULE or EXRULE, on wall clocks.
type rule struct {
	option rrule.ROption // without COUNT and UNTIL: end stands for both
	start  time.Time
	end    time.Time // exclusive; zero if the rule has no end
	skip   string    // BACKWARD or FORWARD: where dates go that a month does not have
}

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
// clocks of zone.
func parseRule(text string, start time.Time, zone *time.Location, allDay bool) (rule, error) {
	text, until, skip := tidyRule(text)
	if len(text) > maxRuleText {
		return rule{}, fmt.Errorf("longer than %d bytes", maxRuleText)
	}
	option, err := rrule.StrToROption(text)
	if err != nil {
		return rule{}, err
	}
	r := rule{option: *option, start: start, skip: skip}
	if err := r.check(); err != nil {
		return rule{}, err
	}
	r.spellOut()
	if len(r.tooShort()) == 0 {
		r.skip = ""
	} else if r.skip != "" && len(r.option.Bysetpos) > 0 {
		return rule{}, errors.New("SKIP together with BYSETPOS is not taken")
	}
	count := r.option.Count
	r.option.Count = 0
	if _, err := rrule.NewRRule(r.option); err != nil {
		return rule{}, err
	}
	if until != "" {
		if r.end, err = parseUntil(until, zone, allDay); err != nil {
			return rule{}, err
		}
	}
	if count > 0 && count <= maxCount {
		if start.Year() < firstYear {
			return rule{}, fmt.Errorf("COUNT=%d is counted from %d, which is before %d", count, start.Year(), firstYear)
		}
		r.end = earliest(r.endOf(count), r.end)
	}
	return r, nil
}

// tidyRule drops what real files add to rules and rrule-go would refuse, and
// takes out UNTIL, whose meaning depends on the series' zone, and SKIP (RFC 7529),
// which it does not know.
func tidyRule(text string) (tidy, until, skip string) {
	var parts []string
	for part := range strings.SplitSeq(strings.ToUpper(strings.Join(strings.Fields(text), "")), ";") {
		key, value, _ := strings.Cut(part, "=")
		switch {
		case part == "", value == "", strings.HasPrefix(key, "X-"), key == "RSCALE" && value == "GREGORIAN", key == "SKIP" && value == "OMIT":
		case key == "UNTIL":
			until = value
		case key == "SKIP" && (value == "BACKWARD" || value == "FORWARD"):
			skip = value
		default:
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ";"), until, skip
}

// check refuses what Google Calendar does not take and what rrule-go cannot be
// asked: some values make it panic or never return.
func (r *rule) check() error {
	o := &r.option
	switch {
	case o.Freq > rrule.HOURLY:
		return fmt.Errorf("FREQ=%s: series by the minute or second are not taken", o.Freq)
	case o.Interval < 0 || o.Interval > maxInterval:
		return fmt.Errorf("INTERVAL=%d is not between 1 and %d", o.Interval, maxInterval)
	case o.Count < 0:
		return fmt.Errorf("COUNT=%d is negative", o.Count)
	case len(o.Byeaster) > 0:
		return errors.New("BYEASTER is not part of iCalendar")
	case !o.Dtstart.IsZero():
		return errors.New("DTSTART does not belong into a rule")
	}
	for _, list := range []*[]int{&o.Bysetpos, &o.Bymonth, &o.Bymonthday, &o.Byyearday, &o.Byweekno, &o.Byhour, &o.Byminute, &o.Bysecond} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	times := max(1, len(o.Byhour)) * max(1, len(o.Byminute)) * max(1, len(o.Bysecond))
	if times > maxPerDay {
		return fmt.Errorf("%d times a day; at most %d are taken", times, maxPerDay)
	}
	nth := 53
	if o.Freq == rrule.MONTHLY || len(o.Bymonth) > 0 {
		nth = 5
	}
	for _, day := range o.Byweekday {
		if n := day.N(); n > nth || n < -nth {
			return fmt.Errorf("BYDAY=%s: there is no such day", day)
		}
	}
	o.Interval = max(o.Interval, 1)
	return r.checkHourly()
}

// checkHourly refuses hourly rules that never meet one of their BYHOURs.
func (r *rule) checkHourly() error {
	if r.option.Freq != rrule.HOURLY || len(r.option.Byhour) == 0 {
		return nil
	}
	step := gcd(r.option.Interval, 24)
	for _, hour := range r.option.Byhour {
		if (hour-r.start.Hour())%step == 0 {
			return nil
		}
	}
	return errors.New("no hour of BYHOUR is ever reached")
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// spellOut makes explicit what a rule takes from its start, so that it can be
// laid out from another one.
func (r *rule) spellOut() {
	o := &r.option
	o.Byweekday = spellWeekdaysOut(o)
	if len(o.Byweekno)+len(o.Byyearday)+len(o.Bymonthday)+len(o.Byweekday) > 0 {
		return
	}
	switch o.Freq {
	case rrule.YEARLY:
		if len(o.Bymonth) == 0 {
			o.Bymonth = []int{int(r.start.Month())}
		}
		o.Bymonthday = []int{r.start.Day()}
	case rrule.MONTHLY:
		o.Bymonthday = []int{r.start.Day()}
	case rrule.WEEKLY:
		o.Byweekday = []rrule.Weekday{weekdays[r.start.Weekday()]}
	}
}

// spellWeekdaysOut numbers the days that have no number if others have one: rrule-go
// would take only days that are both.
func spellWeekdaysOut(o *rrule.ROption) []rrule.Weekday {
	isNumbered := func(day rrule.Weekday) bool { return day.N() != 0 }
	if o.Freq > rrule.MONTHLY || !slices.ContainsFunc(o.Byweekday, isNumbered) {
		return o.Byweekday
	}
	most := 53
	if o.Freq == rrule.MONTHLY || len(o.Bymonth) > 0 {
		most = 5
	}
	var all []rrule.Weekday
	for _, day := range o.Byweekday {
		if isNumbered(day) {
			all = append(all, day)
			continue
		}
		for n := 1; n <= most; n++ {
			all = append(all, weekdays[(day.Day()+1)%7].Nth(n))
		}
	}
	return all
}

var weekdays = [...]rrule.Weekday{rrule.SU, rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA}

// align returns a start that gives the same occurrences from `from` on: one
// that is a whole number of intervals later than the rule's, and not after from.
// It stands at the beginning of an interval, so that BYSETPOS counts from there.
func (l laidOut) align(from time.Time) time.Time {
	s, interval := l.start, l.option.Interval
	whole := func(units int) int { return max(0, units/interval*interval) }
	switch l.option.Freq {
	case rrule.YEARLY:
		// One year early, for weeks that belong to the year before.
		year := s.Year() + whole(from.Year()-1-s.Year())
		return time.Date(year, 1, 1, s.Hour(), s.Minute(), s.Second(), 0, time.UTC)
	case rrule.MONTHLY:
		months := whole((from.Year()-s.Year())*12 + int(from.Month()) - int(s.Month()))
		return time.Date(s.Year(), s.Month()+time.Month(months), 1, s.Hour(), s.Minute(), s.Second(), 0, time.UTC)
	case rrule.WEEKLY:
		weekBegins := (int(s.Weekday()) + 6 - l.option.Wkst.Day() + 7) % 7
		s = s.AddDate(0, 0, -weekBegins)
		return s.AddDate(0, 0, 7*whole(daysBetween(s, from)/7-1))
	case rrule.DAILY:
		return s.AddDate(0, 0, whole(daysBetween(s, from)-1))
	default:
		hours := whole(24 * (daysBetween(s, from) - 1))
		return s.AddDate(0, 0, hours/24).Add(time.Duration(hours%24) * time.Hour)
	}
}

// daysBetween returns the whole days from a to b; subtracting them would
// overflow a Duration after 292 years.
func daysBetween(a, b time.Time) int { return int((b.Unix() - a.Unix()) / (24 * 60 * 60)) }

func (l laidOut) iterator(start time.Time) rrule.Next {
	option := l.option
	option.Dtstart = start
	made, err := rrule.NewRRule(option)
	if err != nil {
		// parseRule built it before, from the same option.
		return func() (time.Time, bool) { return time.Time{}, false }
	}
	return made.Iterator()
}

// endOf returns the end of the rule's first count occurrences, or the zero time
// if there are not so many.
func (r rule) endOf(count int) time.Time {
	for t := range r.occurrences(r.start, time.Date(lastYear+1, 1, 1, 0, 0, 0, 0, time.UTC)) {
		if count--; count == 0 {
			return t.Add(time.Second)
		}
	}
	return time.Time{}
}
