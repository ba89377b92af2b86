package ical

import (
	"iter"
	"slices"
	"time"

	"github.com/teambition/rrule-go"
)

// RFC 7529 moves dates that a month or year does not have: to the last one before
// them (SKIP=BACKWARD), or to the first after them (FORWARD). Here they are found
// where they would be if they could: at the end of each month that is too short.

// skipping yields what the rule gives in [from, to), in order.
func (r rule) skipping(from, to time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		// Year by year, so that what is moved can be put in order.
		for begin := from; begin.Before(to); begin = time.Date(begin.Year()+1, 1, 1, 0, 0, 0, 0, time.UTC) {
			end := earliest(to, time.Date(begin.Year()+1, 1, 1, 0, 0, 0, 0, time.UTC))
			for _, t := range r.skippingIn(begin, end) {
				if !yield(t) {
					return
				}
			}
		}
	}
}

func (r rule) skippingIn(from, to time.Time) []time.Time {
	days := 0
	if r.skip == "FORWARD" {
		days = 1
	}
	all := slices.Collect(laidOut{r.option, r.start}.between(from, to))
	for _, s := range r.tooShort() {
		option := r.option
		s.change(&option)
		option.Byweekday = nil // decided where the date is moved to
		for t := range (laidOut{option, r.start}).between(from.AddDate(0, 0, -days), to.AddDate(0, 0, -days)) {
			if s.lacks(t) {
				all = append(all, t.AddDate(0, 0, days))
			}
		}
	}
	all = slices.DeleteFunc(all, func(t time.Time) bool {
		ok := func(day rrule.Weekday) bool { return day.Day() == weekdays[t.Weekday()].Day() }
		return t.Before(from) || len(r.option.Byweekday) > 0 && !slices.ContainsFunc(r.option.Byweekday, ok)
	})
	slices.SortFunc(all, time.Time.Compare)
	return slices.CompactFunc(all, time.Time.Equal)
}

// short is a date of a rule that some months or years lack.
type short struct {
	change func(*rrule.ROption)   // makes the rule one for their last days
	lacks  func(t time.Time) bool // reports whether it is lacking in that of a last day
}

func (r rule) tooShort() []short {
	var all []short
	for _, day := range r.option.Bymonthday {
		if day > 28 {
			all = append(all, short{
				func(o *rrule.ROption) { o.Bymonthday = []int{-1} },
				func(t time.Time) bool { return t.Day() < day },
			})
		}
	}
	if slices.Contains(r.option.Byyearday, 366) {
		all = append(all, short{
			func(o *rrule.ROption) { o.Byyearday = []int{-1} },
			func(t time.Time) bool { return t.YearDay() == 365 },
		})
	}
	return all
}
