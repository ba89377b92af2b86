package recur

import (
	"iter"
	"slices"
	"time"
)

// cycle is after how many years weekdays and leap days are the same again, from
// FirstYear to LastYear. A rule that gives nothing for so long, times its interval,
// never does.
const cycle = 28

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
		fruitful := from.Year() // when there was an occurrence last
		for begin := r.begin(n); begin.Before(last) && begin.Year() <= fruitful+cycle*r.interval; begin = r.begin(n) {
			for _, t := range r.in(n) {
				if t.Before(from) || t.Equal(before) { // a date that moved may meet another
					continue
				}
				if !t.Before(last) || !yield(t) {
					return
				}
				before, fruitful = t, t.Year()
			}
			n += step
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
	var days []time.Time
	end := r.begin(n + 1)
	for day := r.begin(n); day.Before(end); day = day.Add(oneDay) {
		if len(r.months) > 0 && !slices.Contains(r.months, int(day.Month())) {
			day = time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC)
			continue
		}
		if r.fits(day) {
			days = append(days, day)
		}
		if to, ok := r.moved(day); ok {
			days = append(days, to)
		}
	}
	var set []time.Time
	if r.freq == hourly {
		for _, day := range days {
			set = append(set, r.inHours(day)...)
		}
		return set
	}
	for i := range picked(r.positions, len(days)*len(r.times)) {
		set = append(set, days[i/len(r.times)].Add(r.times[i%len(r.times)]))
	}
	return set
}

// inHours returns what an hourly rule gives on a day.
func (r *rule) inHours(day time.Time) (set []time.Time) {
	first := 24*daysBetween(r.start.Truncate(oneDay), day) - r.start.Hour()
	for hour := range 24 {
		if (first+hour)%r.interval != 0 || len(r.hours) > 0 && !slices.Contains(r.hours, hour) {
			continue
		}
		for i := range picked(r.positions, len(r.times)) {
			set = append(set, day.Add(time.Duration(hour)*time.Hour+r.times[i]))
		}
	}
	return set
}

// picked yields the indexes into a set of n that BYSETPOS picks, in order.
func picked(positions []int, n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			isPicked := len(positions) == 0 || slices.Contains(positions, i+1) || slices.Contains(positions, i-n)
			if isPicked && !yield(i) {
				return
			}
		}
	}
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

// isOneOf reports whether a list, if there is one, has the nth of the days that the
// month or year of day has, counted from one end or the other.
func isOneOf(list []int, n int, day time.Time, length func(time.Time) int) bool {
	return len(list) == 0 || slices.Contains(list, n) || list[0] < 0 && slices.Contains(list, n-length(day)-1)
}

func (r *rule) fitsMonthDay(day time.Time) bool {
	return isOneOf(r.monthDays, day.Day(), day, lengthOfMonth)
}

func (r *rule) fitsYearDay(day time.Time) bool {
	return isOneOf(r.yearDays, day.YearDay(), day, lengthOfYear)
}

// fitsWeek goes by the year that most days of the week are in.
func (r *rule) fitsWeek(day time.Time) bool {
	if len(r.weeks) == 0 {
		return true
	}
	middle := day.AddDate(0, 0, 3-(int(day.Weekday())-int(r.weekStart)+7)%7)
	left := (lengthOfYear(middle) - middle.YearDay()) / 7
	return slices.Contains(r.weeks, (middle.YearDay()+6)/7) || slices.Contains(r.weeks, -left-1)
}

func (r *rule) fitsWeekday(day time.Time) bool {
	return len(r.weekdays) == 0 || slices.ContainsFunc(r.weekdays, func(w weekday) bool {
		switch {
		case w.day != day.Weekday():
			return false
		case w.n == 0 || r.freq > monthly:
			return true
		}
		at, length := day.Day(), lengthOfMonth(day)
		if r.freq == yearly && len(r.months) == 0 {
			at, length = day.YearDay(), lengthOfYear(day)
		}
		return w.n == (at+6)/7 || w.n == -(length-at+7)/7
	})
}

func lengthOfMonth(day time.Time) int {
	return time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func lengthOfYear(day time.Time) int {
	return time.Date(day.Year(), 12, 31, 0, 0, 0, 0, time.UTC).YearDay()
}
