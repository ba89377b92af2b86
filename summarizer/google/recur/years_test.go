package recur

import (
	"testing"
	"time"
)

// Wherever a series began, its weekdays stay what the rule says.
func TestWeekdaysHoldInEveryYear(t *testing.T) {
	t.Parallel()
	for year := FirstYear; year <= LastYear; year++ {
		start := time.Date(year, 1, 1, 9, 30, 0, 0, time.UTC)
		r, err := Parse([]string{"RRULE:FREQ=WEEKLY;BYDAY=FR"}, start, false)
		if err != nil {
			t.Fatal(err)
		}
		got := r.ByRule(start, start.AddDate(1, 0, 0))
		if len(got) < 52 {
			t.Fatalf("%d: %d Fridays in a year", year, len(got))
		}
		for _, g := range got {
			if g.Weekday() != time.Friday {
				t.Fatalf("%v is no Friday", g)
			}
		}
	}
}

func TestLeapDaysComeEveryFourthYear(t *testing.T) {
	t.Parallel()
	start := time.Date(1904, 2, 29, 0, 0, 0, 0, time.UTC)
	r, err := Parse([]string{"RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"}, start, true)
	if err != nil {
		t.Fatal(err)
	}
	got := r.Between(start, time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC))
	for i, g := range got {
		if want := 1904 + 4*i; g.Year() != want || g.YearDay() != 60 {
			t.Fatalf("occurrence %d is %v, want 29 February %d", i, g, want)
		}
	}
	if len(got) != 49 {
		t.Fatalf("%d leap days from 1904 to 2096, want 49", len(got))
	}
}
