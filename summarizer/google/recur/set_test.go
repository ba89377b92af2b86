package recur_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"foreday/summarizer/google/recur"

	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"
)

// Rules give what rrule-go gives, whose code has nothing in common with ours.
func TestRulesGiveWhatTheLibraryGives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		start := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC).
			AddDate(0, 0, rapid.IntRange(0, 50*365).Draw(rt, "day")).
			Add(time.Duration(rapid.IntRange(0, 24*60-1).Draw(rt, "minute")) * time.Minute)
		rule := drawRule(rt, start)
		from := start.AddDate(0, 0, rapid.IntRange(-100, 60*365).Draw(rt, "from"))
		to := from.AddDate(0, 0, rapid.IntRange(1, 400).Draw(rt, "days"))

		set, err := rrule.StrToRRuleSet("DTSTART:" + start.Format(rrule.DateTimeFormat) + "\nRRULE:" + rule)
		if err != nil {
			rt.Fatal(err)
		}
		recurrence, err := recur.Parse([]string{"RRULE:" + rule}, start, false)
		if err != nil {
			rt.Fatal(err)
		}
		want := slices.DeleteFunc(set.Between(from, to, true), func(t time.Time) bool { return t.Equal(to) })
		if got := recurrence.ByRule(from, to); !slices.EqualFunc(got, want, time.Time.Equal) {
			rt.Fatalf("%s from %s gives, from %s to %s,\n%v\nwant\n%v", rule, start, from, to, got, want)
		}
	})
}

// drawRule makes up a rule that both sides take.
func drawRule(rt *rapid.T, start time.Time) string {
	freq := rapid.SampledFrom([]string{"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"}).Draw(rt, "freq")
	parts := []string{"FREQ=" + freq, fmt.Sprintf("INTERVAL=%d", rapid.IntRange(1, 6).Draw(rt, "interval"))}
	add := func(key string, from, to int) {
		if n := rapid.IntRange(0, 8).Draw(rt, key); n == 0 {
			values := rapid.SliceOfNDistinct(rapid.IntRange(from, to), 1, 4, rapid.ID[int]).Draw(rt, key)
			values = slices.DeleteFunc(values, func(v int) bool { return v == 0 })
			slices.Sort(values)
			if len(values) > 0 {
				parts = append(parts, key+"="+strings.Trim(strings.Join(strings.Fields(fmt.Sprint(values)), ","), "[]"))
			}
		}
	}
	add("BYMONTH", 1, 12)
	add("BYMONTHDAY", -31, 28)
	add("BYYEARDAY", 1, 366)
	add("BYHOUR", 1, 23)
	if freq == "YEARLY" {
		add("BYWEEKNO", 1, 51) // the library takes the last days of a week 52 for week 53 in some years
	}
	if rapid.Bool().Draw(rt, "by day") {
		days := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}), 1, 3, rapid.ID[string]).Draw(rt,
			"days")
		if freq == "MONTHLY" {
			// All or none: the library takes days with and without numbers for days that are both.
			for i := range days {
				days[i] = fmt.Sprint(rapid.SampledFrom([]int{-5, -1, 1, 2, 5}).Draw(rt, "n")) + days[i]
			}
		}
		parts = append(parts, "BYDAY="+strings.Join(days, ","))
	}
	switch rapid.IntRange(0, 3).Draw(rt, "end") {
	case 0:
		parts = append(parts, fmt.Sprintf("COUNT=%d", rapid.IntRange(1, 300).Draw(rt, "count")))
	case 1:
		until := start.AddDate(0, 0, rapid.IntRange(0, 4000).Draw(rt, "until"))
		parts = append(parts, "UNTIL="+until.Format(rrule.DateTimeFormat))
	}
	// An hourly rule that never meets its hours would keep the library for ever.
	if freq == "HOURLY" {
		parts[1] = "INTERVAL=5"
	}
	return strings.Join(parts, ";")
}

func TestRecurrenceLinesAddAndTakeAway(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		lines []string
		want  string // days of March
	}{
		"two rules":                  {[]string{"RRULE:FREQ=WEEKLY;COUNT=2", "RRULE:FREQ=DAILY;COUNT=3"}, "2 3 4 9"},
		"added dates":                {[]string{"RRULE:FREQ=WEEKLY;COUNT=2", "RDATE:20260305T090000Z,20260309T090000Z"}, "2 5 9"},
		"added dates alone":          {[]string{"RDATE:20260305T090000Z"}, "2 5"},
		"added periods":              {[]string{"RDATE;VALUE=PERIOD:20260305T090000Z/PT1H"}, "2 5"},
		"excluded dates":             {[]string{"RRULE:FREQ=DAILY;COUNT=4", "EXDATE:20260303T090000Z"}, "2 4 5"},
		"excluded in another zone":   {[]string{"RRULE:FREQ=DAILY;COUNT=4", "EXDATE;TZID=Europe/Berlin:20260303T100000"}, "2 4 5"},
		"an excluded day":            {[]string{"RRULE:FREQ=DAILY;COUNT=4", "EXDATE;VALUE=DATE:20260303"}, "2 4 5"},
		"an excluded rule":           {[]string{"RRULE:FREQ=DAILY;COUNT=6", "EXRULE:FREQ=DAILY;INTERVAL=2"}, "3 5 7"},
		"until a day, inclusive":     {[]string{"RRULE:FREQ=DAILY;UNTIL=20260304"}, "2 3 4"},
		"until a local time":         {[]string{"RRULE:FREQ=DAILY;UNTIL=20260304T085959"}, "2 3"},
		"small letters and spaces":   {[]string{"RRULE:freq=daily; count=2;"}, "2 3"},
		"what others add":            {[]string{"RRULE:FREQ=DAILY;COUNT=2;X-NOTE=1;RSCALE=GREGORIAN;SKIP=OMIT"}, "2 3"},
		"a start that does not fit":  {[]string{"RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=2"}, "2 3 10"},
		"a set of whole weeks":       {[]string{"RRULE:FREQ=WEEKLY;WKST=SA;BYSETPOS=1;BYDAY=SU,TU;COUNT=2"}, "2 8 15"},
		"the last of a whole week":   {[]string{"RRULE:FREQ=WEEKLY;BYSETPOS=-1;BYDAY=SU,MO;COUNT=2"}, "2 8 15"},
		"an end before the start":    {[]string{"RRULE:FREQ=DAILY;UNTIL=20260101T000000Z"}, ""},
		"a day that never comes":     {[]string{"RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31"}, "2"},
		"every hour, while it lasts": {[]string{"RRULE:FREQ=HOURLY;INTERVAL=24;COUNT=2"}, "2 3"},
	} {
		r, err := recur.Parse(c.lines, start, false)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var got []string
		for _, at := range r.Between(start.AddDate(0, 0, -7), start.AddDate(0, 0, 28)) {
			got = append(got, fmt.Sprint(at.Day()))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: takes place on %v, want %s", name, got, c.want)
		}
	}
}

func TestWeeksAreNumberedAsISOHasThem(t *testing.T) {
	t.Parallel()
	start := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, week := range []int{1, 2, 52, 53} {
		r, err := recur.Parse([]string{fmt.Sprintf("RRULE:FREQ=YEARLY;BYWEEKNO=%d", week)}, start, true)
		if err != nil {
			t.Fatal(err)
		}
		var want []time.Time
		for day := start; day.Year() < 2050; day = day.AddDate(0, 0, 1) {
			if _, n := day.ISOWeek(); n == week {
				want = append(want, day)
			}
		}
		if got := r.ByRule(start, time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC)); !slices.Equal(got, want) {
			t.Errorf("week %d is on %v, want %v", week, got, want)
		}
	}
}

// RFC 7529, 4.1: what a month lacks is moved, and counts as any other.
func TestDatesThatAMonthLacksAreMovedAsSkipSays(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{
		"FREQ=MONTHLY;SKIP=BACKWARD;COUNT=4":                 "2025-01-31 2025-02-28 2025-03-31 2025-04-30",
		"FREQ=MONTHLY;SKIP=FORWARD;COUNT=4":                  "2025-01-31 2025-03-01 2025-03-31 2025-05-01",
		"FREQ=MONTHLY;SKIP=OMIT;COUNT=3":                     "2025-01-31 2025-03-31 2025-05-31",
		"FREQ=MONTHLY;BYMONTHDAY=30,31;SKIP=FORWARD;COUNT=4": "2025-01-31 2025-03-01 2025-03-30 2025-03-31",
		"FREQ=MONTHLY;BYDAY=-1FR;SKIP=BACKWARD;COUNT=2":      "2025-01-31 2025-02-28",
		"FREQ=YEARLY;BYYEARDAY=366;SKIP=BACKWARD;COUNT=2":    "2025-01-31 2025-12-31 2026-12-31",
	} {
		start := time.Date(2025, 1, 31, 0, 0, 0, 0, time.UTC)
		r, err := recur.Parse([]string{"RRULE:RSCALE=GREGORIAN;" + rule}, start, true)
		if err != nil {
			t.Errorf("%s: %v", rule, err)
			continue
		}
		var got []string
		for _, at := range r.Between(start, start.AddDate(3, 0, 0)) {
			got = append(got, at.Format(time.DateOnly))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: takes place on %q, want %s", rule, got, want)
		}
	}
}

func TestRulesThatCannotBeKeptAreRefused(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, line := range []string{
		"RRULE:FREQ=SECONDLY", "RRULE:FREQ=MINUTELY", "RRULE:FREQ=NEVER", "RRULE:COUNT=3", "RRULE:", "RRULE", "COUNT=3",
		"RRULE:FREQ=DAILY;INTERVAL=-1", "RRULE:FREQ=DAILY;INTERVAL=100000", "RRULE:FREQ=DAILY;COUNT=-1",
		"RRULE:FREQ=MONTHLY;BYDAY=53MO", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-6SU", "RRULE:FREQ=YEARLY;BYEASTER=1",
		"RRULE:FREQ=HOURLY;INTERVAL=24;BYHOUR=3", "RRULE:FREQ=DAILY;DTSTART=20260101", "RRULE:FREQ=DAILY;UNTIL=never",
		"RRULE:FREQ=DAILY;BYHOUR=1,2,3,4,5,6;BYMINUTE=1,2,3,4,5,6", "RRULE:FREQ=DAILY;BYMONTH=13",
		"RRULE:FREQ=DAILY;BYMONTHDAY=" + strings.Repeat("1,", 2000) + "1",
		"RDATE:tomorrow", "EXDATE;TZID=Mars/Olympus:20260303T090000", "RDATE:" + strings.Repeat("20260303T090000Z,", 100_001),
	} {
		if _, err := recur.Parse([]string{line}, start, false); err == nil || len(err.Error()) > 500 {
			t.Errorf("%.60s: error is %v", line, err)
		}
	}
}

func TestSeriesFollowTheClocksOfTheirZone(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		start time.Time
		want  []string
	}{
		"over the change to summer":       {time.Date(2026, 3, 28, 9, 0, 0, 0, berlin), []string{"28 09:00 +0100", "29 09:00 +0200"}},
		"at a time that is skipped":       {time.Date(2026, 3, 28, 2, 30, 0, 0, berlin), []string{"28 02:30 +0100", "29 03:30 +0200"}},
		"at a time that comes twice":      {time.Date(2026, 10, 24, 2, 30, 0, 0, berlin), []string{"24 02:30 +0200", "25 02:30 +0200"}},
		"over the change to winter":       {time.Date(2026, 10, 24, 23, 0, 0, 0, berlin), []string{"24 23:00 +0200", "25 23:00 +0100"}},
		"a century ago, by their own law": {time.Date(1916, 4, 29, 12, 0, 0, 0, berlin), []string{"29 12:00 +0100", "30 12:00 +0100"}},
	} {
		r, err := recur.Parse([]string{"RRULE:FREQ=DAILY;COUNT=2"}, c.start, false)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, at := range r.Between(c.start, c.start.AddDate(0, 0, 5)) {
			got = append(got, at.Format("02 15:04 -0700"))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: takes place at %q, want %q", name, got, c.want)
		}
	}
}

func TestACutSeriesTakesPlaceAsBefore(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	lines := []string{"RRULE:FREQ=DAILY;COUNT=6", "EXDATE:20260303T090000Z,20260306T090000Z", "RDATE:20260320T090000Z"}
	at := start.AddDate(0, 0, 3)
	whole, err := recur.Parse(lines, start, false)
	if err != nil {
		t.Fatal(err)
	}
	before, after := whole.Cut(at, at.Add(time.Hour))
	var got []string
	for _, part := range []struct {
		lines []string
		start time.Time
	}{{before, start}, {after, at.Add(time.Hour)}} {
		r, err := recur.Parse(part.lines, part.start, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range r.Between(start, start.AddDate(0, 1, 0)) {
			got = append(got, at.Format("2 15"))
		}
	}
	if want := []string{"2 09", "4 09", "5 10", "7 10", "20 10"}; !slices.Equal(got, want) {
		t.Errorf("takes place at %q, want %q", got, want)
	}
}
