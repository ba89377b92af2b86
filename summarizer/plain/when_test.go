package plain_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"foreday/summarizer"
	"foreday/summarizer/plain"
)

// On whatever day, in whatever zone, however long an event is: the text keeps to
// its limits, and the clock shows what was asked for.
func TestEveryEventIsPutIntoWords(t *testing.T) {
	t.Parallel()
	zones := []string{"UTC", "Europe/Berlin", "America/Havana", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu"}
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		date := summarizer.Date{Year: 2011, Month: 1, Day: 1}.AddDays(rapid.IntRange(0, 6000).Draw(t, "day"))
		day := summarizer.Day{Date: date, Zone: zone}
		e := summarizer.Event{Title: rapid.String().Draw(t, "title"), Calendar: rapid.String().Draw(t, "calendar")}
		e.Start = day.Start().Add(time.Duration(rapid.IntRange(-3000, 1500).Draw(t, "start")) * time.Minute)
		e.End = e.Start.Add(time.Duration(rapid.IntRange(-10, 5000).Draw(t, "length")) * time.Minute)
		if rapid.Bool().Draw(t, "all day") {
			e.AllDay, e.StartDate, e.EndDate = true, date.AddDays(rapid.IntRange(-60, 2).Draw(t, "from")), date.AddDays(rapid.IntRange(-3, 60).Draw(t, "to"))
		}
		v := summarizer.Verdict{Event: e, Novel: true, Reason: rapid.String().Draw(t, "reason")}
		n := rapid.IntRange(1, 40).Draw(t, "events")
		b := summarizer.Brief{Day: day, Total: n, Novel: make([]summarizer.Verdict, n)}
		for i := range b.Novel {
			b.Novel[i] = v
		}
		text, err := plain.Writer{}.Write(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		if h, m := len([]rune(text.Headline)), len([]rune(text.Body)); h == 0 || h > summarizer.MaxHeadline || m == 0 || m > summarizer.MaxText {
			t.Fatalf("%d and %d characters", h, m)
		}
		if starts, ok := plain.Starts(e, day); ok && !strings.HasPrefix(starts, e.Start.In(zone).Format("15:04")) {
			t.Fatalf("it starts at %s, the clock shows %s", e.Start.In(zone), starts)
		}
		checkCount(t, plain.When(e, day))
	})
}

var dayOfDays = regexp.MustCompile(`day (-?\d+) of (-?\d+)`)

func checkCount(t *rapid.T, when string) {
	if m := dayOfDays.FindStringSubmatch(when); m != nil {
		if len(m[1]) > len(m[2]) || len(m[1]) == len(m[2]) && m[1] > m[2] || strings.HasPrefix(m[1], "-") || m[1] == "0" {
			t.Fatalf("When = %q", when)
		}
	}
}

// Two instants of one day never look the same.
func TestClocksAreUnambiguous(t *testing.T) {
	t.Parallel()
	for zone, date := range map[string]summarizer.Date{
		"Europe/Berlin":       {Year: 2026, Month: 10, Day: 25},
		"Australia/Lord_Howe": {Year: 2026, Month: 4, Day: 5},
		"America/Havana":      {Year: 2026, Month: 11, Day: 1},
		"Europe/Moscow":       {Year: 2014, Month: 10, Day: 26}, // MSK before and after
		"America/Sao_Paulo":   {Year: 2018, Month: 2, Day: 17},  // midnight comes twice
		"Africa/Casablanca":   {Year: 2026, Month: 2, Day: 15},
	} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		day := summarizer.Day{Date: date, Zone: loc}
		seen := make(map[string]time.Time)
		for at := day.Start(); at.Before(day.End()); at = at.Add(15 * time.Minute) {
			shown, ok := plain.Starts(summarizer.Event{Start: at, End: at}, day)
			if !ok {
				t.Fatalf("%v does not start on %v", at, day)
			}
			if twin, ok := seen[shown]; ok {
				t.Errorf("%v and %v are both shown as %s", twin, at, shown)
			}
			seen[shown] = at
		}
		if len(seen) <= 24*4 {
			t.Errorf("%v has only %d quarters of an hour", day, len(seen))
		}
	}
}

func TestAnEventOfAnotherDayIsNamedWithItsDate(t *testing.T) {
	t.Parallel()
	day := summarizer.Day{Date: summarizer.Date{Year: 2026, Month: 11, Day: 23}, Zone: time.UTC}
	start := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	e := summarizer.Event{Start: start, End: start.Add(time.Hour)}
	if got, want := plain.When(e, day), "on Wednesday, 25 November 2026"; got != want {
		t.Errorf("When = %q, want %q", got, want)
	}
}
