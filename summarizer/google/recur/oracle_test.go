package recur_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"foreday/summarizer/google/recur"

	"pgregory.net/rapid"
)

// Rules give what going through the days one by one gives, by the text of RFC 5545,
// 3.3.10. The start is one of them even if it fits no rule, which does not count.
func TestRulesGiveWhatTheStandardSaysDayByDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		start := time.Date(2019, 12, 20, 9, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 1500).Draw(rt, "start"))
		r := drawDailyRule(rt, start)
		recurrence, err := recur.Parse([]string{"RRULE:" + r.String()}, start, false)
		if err != nil {
			rt.Fatalf("%s: %v", r, err)
		}
		to := start.AddDate(6, 0, 0)
		got, want := recurrence.ByRule(start, to), r.days(start, to)
		if !slices.EqualFunc(got, want, time.Time.Equal) {
			rt.Fatalf("%s from %s gives\n%v\nwant\n%v", r, start.Format("Mon 2006-01-02"), got, want)
		}
	})
}

// dailyRule is a rule with at most one occurrence a day.
type dailyRule struct {
	freq                     string
	interval, count          int
	until                    time.Time
	weekdays                 []string // such as MO, or -1MO
	monthDays, months, picks []int
	weekStart                time.Weekday
}

var dayNames = []string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}

func drawDailyRule(rt *rapid.T, start time.Time) dailyRule {
	numbers := func(key string, from, to int) []int {
		if !rapid.Bool().Draw(rt, "has "+key) {
			return nil
		}
		nonzero := rapid.IntRange(from, to).Filter(func(n int) bool { return n != 0 })
		return rapid.SliceOfNDistinct(nonzero, 1, 4, rapid.ID[int]).Draw(rt, key)
	}
	r := dailyRule{
		freq:      rapid.SampledFrom([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}).Draw(rt, "freq"),
		interval:  rapid.IntRange(1, 4).Draw(rt, "interval"),
		months:    numbers("months", 1, 12),
		weekStart: time.Weekday(rapid.IntRange(0, 6).Draw(rt, "week start")),
	}
	if r.freq != "WEEKLY" { // where the standard forbids it
		r.monthDays = numbers("month days", -31, 31)
	}
	if rapid.Bool().Draw(rt, "has weekdays") {
		r.weekdays = rapid.SliceOfNDistinct(rapid.SampledFrom(dayNames), 1, 4, rapid.ID[string]).Draw(rt, "weekdays")
		for i := range r.weekdays {
			if inMonths := r.freq == "MONTHLY" || r.freq == "YEARLY" && len(r.months) > 0; inMonths && rapid.Bool().Draw(rt, "has ordinal") {
				n := rapid.SampledFrom([]int{-5, -2, -1, 1, 2, 3, 5}).Draw(rt, "ordinal")
				r.weekdays[i] = strconv.Itoa(n) + r.weekdays[i]
			}
		}
	}
	if len(r.weekdays)+len(r.monthDays)+len(r.months) > 0 {
		r.picks = numbers("picks", -6, 6)
	}
	switch rapid.SampledFrom([]string{"", "COUNT", "UNTIL"}).Draw(rt, "end") {
	case "COUNT":
		r.count = rapid.IntRange(1, 40).Draw(rt, "count")
	case "UNTIL":
		r.until = start.AddDate(0, 0, rapid.IntRange(0, 1500).Draw(rt, "until"))
	}
	return r
}

// String writes the rule.
func (r dailyRule) String() string {
	text := fmt.Sprintf("FREQ=%s;INTERVAL=%d;WKST=%s", r.freq, r.interval, dayNames[r.weekStart])
	for key, list := range map[string][]int{"BYMONTHDAY": r.monthDays, "BYMONTH": r.months, "BYSETPOS": r.picks} {
		if len(list) > 0 {
			text += ";" + key + "=" + strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ","), "[]")
		}
	}
	if len(r.weekdays) > 0 {
		text += ";BYDAY=" + strings.Join(r.weekdays, ",")
	}
	if r.count > 0 {
		text += fmt.Sprintf(";COUNT=%d", r.count)
	}
	if !r.until.IsZero() {
		text += ";UNTIL=" + r.until.Format("20060102T150405Z")
	}
	return text
}

// days goes through all days from the start's period on.
func (r dailyRule) days(start, to time.Time) []time.Time {
	var all, set []time.Time
	counted := 0
	finish := func() {
		for i, day := range set {
			picked := len(r.picks) == 0 || slices.Contains(r.picks, i+1) || slices.Contains(r.picks, i-len(set))
			ended := r.count > 0 && counted == r.count || !r.until.IsZero() && day.After(r.until)
			if picked && !ended && !day.Before(start) {
				counted++
				if day.Before(to) {
					all = append(all, day)
				}
			}
		}
		set = nil
	}
	first := r.period(start)
	last := -1
	for day := start.AddDate(-1, 0, 0); day.Before(to.AddDate(1, 0, 1)); day = day.AddDate(0, 0, 1) {
		n := r.period(day) - first
		if n != last {
			finish()
			last = n
		}
		if n >= 0 && n%r.interval == 0 && r.fits(day, start) {
			set = append(set, day)
		}
	}
	return all
}

// period numbers the days, weeks, months or years.
func (r dailyRule) period(day time.Time) int {
	number := int(day.Unix() / (24 * 60 * 60))
	switch r.freq {
	case "DAILY":
		return number
	case "WEEKLY":
		return (number - (int(day.Weekday())-int(r.weekStart)+7)%7 + 7*1000) / 7
	case "MONTHLY":
		return day.Year()*12 + int(day.Month())
	default:
		return day.Year()
	}
}

// fits reports whether a day of a period that counts is in the rule's set. What the
// rule leaves open, the start says.
func (r dailyRule) fits(day, start time.Time) bool {
	length := time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
	switch {
	case len(r.months) > 0 && !slices.Contains(r.months, int(day.Month())):
		return false
	case len(r.monthDays) > 0 && !slices.Contains(r.monthDays, day.Day()) && !slices.Contains(r.monthDays, day.Day()-length-1):
		return false
	case len(r.weekdays) > 0:
		name := dayNames[day.Weekday()]
		return slices.ContainsFunc(r.weekdays, func(w string) bool {
			n, _ := strconv.Atoi(strings.TrimSuffix(w, name)) // 0 is every one
			return strings.HasSuffix(w, name) && (n == 0 || n == (day.Day()+6)/7 || n == -(length-day.Day()+7)/7)
		})
	case len(r.monthDays) > 0 || r.freq == "DAILY":
		return true
	case r.freq == "WEEKLY":
		return day.Weekday() == start.Weekday()
	case r.freq == "YEARLY" && len(r.months) == 0:
		return day.Month() == start.Month() && day.Day() == start.Day()
	default:
		return day.Day() == start.Day()
	}
}
