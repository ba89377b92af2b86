package recur

import (
	"iter"
	"slices"
	"time"
)

// occurrences yields the wall times in [from, to) that the rule gives, in order; a
// zero to is no bound.
func (r *rule) occurrences(from, to time.Time) iter.Seq[time.Time] {
	from = slices.MaxFunc([]time.Time{from, r.start, time.Date(FirstYear, 1, 1, 0, 0, 0, 0, time.UTC)}, time.Time.Compare)
	last := time.Date(LastYear+1, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, end := range []time.Time{to, r.end} {
		if !end.IsZero() && end.Before(last) {
			last = end
		}
	}
	return func(yield func(time.Time) bool) {
		step := r.interval
		if r.freq == hourly {
			step = 1
		}
		first := r.period(r.start)
		n := first + max(0, r.period(from)-first)/step*step
		if r.skip != "" {
			n = max(first, n-step) // dates may have moved out of the period before
		}
		var before time.Time
		for ; r.begin(n).Before(last); n += step {
			for _, t := range r.in(n) {
				if t.Before(from) || t.Equal(before) { // a date that moved may meet another
					continue
				}
				if !t.Before(last) || !yield(t) {
					return
				}
				before = t
			}
		}
	}
}

// period numbers the years, months, weeks or days, of which t is in one. Hourly rules
// go by days, too.
func (r *rule) period(t time.Time) int {
	switch r.freq {
	case yearly:
		return t.Year()
	case monthly:
		return t.Year()*12 + int(t.Month()) - 1
	case weekly:
		return daysBetween(r.begin(0), t) / 7
	default:
		return daysBetween(r.begin(0), t)
	}
}

// begin returns the first day of a period.
func (r *rule) begin(n int) time.Time {
	switch r.freq {
	case yearly:
		return time.Date(n, 1, 1, 0, 0, 0, 0, time.UTC)
	case monthly:
		return time.Date(0, time.Month(n+1), 1, 0, 0, 0, 0, time.UTC)
	case weekly:
		return time.Date(0, 1, 2+int(r.weekStart)+7*n, 0, 0, 0, 0, time.UTC) // 2 January of the year 0 is a Sunday
	default:
		return time.Date(0, 1, 1+n, 0, 0, 0, 0, time.UTC)
	}
}

// daysBetween returns the whole days from a to b; subtracting them would
// overflow a Duration after 292 years.
func daysBetween(a, b time.Time) int { return int((b.Unix() - a.Unix()) / (24 * 60 * 60)) }

// in returns what the rule gives in a period, in order.
func (r *rule) in(n int) []time.Time {
	var set []time.Time
	end := r.begin(n + 1)
	for day := r.begin(n); day.Before(end); day = day.Add(oneDay) {
		if len(r.months) > 0 && !slices.Contains(r.months, int(day.Month())) {
			day = time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC)
			continue
		}
		if r.fits(day) {
			set = r.appendTimes(set, day)
		}
		if to, ok := r.moved(day); ok {
			set = r.appendTimes(set, to)
		}
	}
	if r.freq == hourly {
		return set
	}
	return r.pick(set)
}

// appendTimes appends the rule's times on a day.
func (r *rule) appendTimes(set []time.Time, day time.Time) []time.Time {
	for hour := range 24 {
		if len(r.hours) > 0 && !slices.Contains(r.hours, hour) {
			continue
		}
		if r.freq == hourly && (24*daysBetween(r.start.Truncate(oneDay), day)+hour-r.start.Hour())%r.interval != 0 {
			continue
		}
		var times []time.Time
		for _, minute := range r.minutes {
			for _, second := range r.seconds {
				times = append(times, time.Date(day.Year(), day.Month(), day.Day(), hour, minute, second, 0, time.UTC))
			}
		}
		if r.freq == hourly { // the hour is the period
			times = r.pick(times)
		}
		set = append(set, times...)
	}
	return set
}

// pick returns those of a period's set that BYSETPOS picks.
func (r *rule) pick(set []time.Time) []time.Time {
	if len(r.positions) == 0 {
		return set
	}
	var picked []time.Time
	for i, t := range set {
		if slices.Contains(r.positions, i+1) || slices.Contains(r.positions, i-len(set)) {
			picked = append(picked, t)
		}
	}
	return picked
}

// fits reports whether a day of a month that counts is in the rule's set.
func (r *rule) fits(day time.Time) bool {
	return r.fitsMonthDay(day) && r.fitsYearDay(day) && r.fitsWeek(day) && r.fitsWeekday(day)
}

// moved returns where SKIP puts a date that the month or year which ends with day
// lacks: BACKWARD to the last day, FORWARD to the next (RFC 7529).
func (r *rule) moved(day time.Time) (to time.Time, ok bool) {
	next := day.Add(oneDay)
	if r.skip == "" || next.Day() != 1 {
		return time.Time{}, false
	}
	to = day
	if r.skip == "FORWARD" {
		to = next
	}
	isLater := func(n int) bool { return n > day.Day() }
	lacksMonthDay := slices.ContainsFunc(r.monthDays, isLater) && r.fitsYearDay(day)
	lacksYearDay := slices.Contains(r.yearDays, 366) && day.YearDay() == 365 && next.YearDay() == 1 && r.fitsMonthDay(day)
	return to, (lacksMonthDay || lacksYearDay) && r.fitsWeek(day) && r.fitsWeekday(to)
}

// isOneOf reports whether a list has a number, counted from one end or the other.
func isOneOf(list []int, n, fromEnd int) bool {
	return slices.Contains(list, n) || slices.Contains(list, fromEnd)
}

func (r *rule) fitsMonthDay(day time.Time) bool {
	return len(r.monthDays) == 0 || isOneOf(r.monthDays, day.Day(), day.Day()-lengthOfMonth(day)-1)
}

func (r *rule) fitsYearDay(day time.Time) bool {
	return len(r.yearDays) == 0 || isOneOf(r.yearDays, day.YearDay(), day.YearDay()-lengthOfYear(day)-1)
}

// fitsWeek goes by the year that most days of the week are in.
func (r *rule) fitsWeek(day time.Time) bool {
	if len(r.weeks) == 0 {
		return true
	}
	middle := day.AddDate(0, 0, 3-(int(day.Weekday())-int(r.weekStart)+7)%7)
	week := (middle.YearDay() + 6) / 7
	return isOneOf(r.weeks, week, -(lengthOfYear(middle)-middle.YearDay())/7-1)
}

func (r *rule) fitsWeekday(day time.Time) bool {
	return len(r.weekdays) == 0 || slices.ContainsFunc(r.weekdays, func(w weekday) bool {
		at, length := day.Day(), lengthOfMonth(day)
		if r.freq == yearly && len(r.months) == 0 {
			at, length = day.YearDay(), lengthOfYear(day)
		}
		isNth := w.n == (at+6)/7 || w.n == -(length-at+7)/7
		return w.day == day.Weekday() && (w.n == 0 || r.freq > monthly || isNth)
	})
}

func lengthOfMonth(day time.Time) int {
	return time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func lengthOfYear(day time.Time) int {
	return time.Date(day.Year(), 12, 31, 0, 0, 0, 0, time.UTC).YearDay()
}
