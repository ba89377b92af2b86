package novelty_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"foreday/summarizer"
	"foreday/summarizer/novelty"
)

// rawUsual says what such days were like by looking at the events alone; it leaves
// Missing out.
func rawUsual(day summarizer.Day, events []summarizer.Event) summarizer.Usual {
	type past struct{ starts, ends []int }
	var first summarizer.Date
	dates := map[summarizer.Date]*past{}
	counts := map[summarizer.Date]int{}
	for _, e := range events {
		start, end := e.Span(day.Zone)
		on := summarizer.DateOf(start.In(day.Zone))
		if e.Status == summarizer.Cancelled {
			continue
		}
		if first.IsZero() || on.Before(first) {
			first = on
		}
		counts[on]++
		if e.AllDay {
			continue
		}
		if dates[on] == nil {
			dates[on] = &past{}
		}
		clock := func(t time.Time) int { return t.In(day.Zone).Hour()*60 + t.In(day.Zone).Minute() }
		ends := clock(end)
		if on.Before(summarizer.DateOf(end.In(day.Zone))) {
			ends = 24 * 60
		}
		dates[on].starts = append(dates[on].starts, clock(start))
		dates[on].ends = append(dates[on].ends, max(ends, clock(start)))
	}
	var begins, ends, numbers []int
	for k := 1; k <= 12; k++ {
		on := day.Date.AddDays(-7 * k)
		if first.IsZero() || on.Before(first) {
			continue
		}
		numbers = append(numbers, counts[on])
		if d := dates[on]; d != nil {
			begins, ends = append(begins, slices.Min(d.starts)), append(ends, slices.Max(d.ends))
		}
	}
	if len(numbers) < 6 {
		return summarizer.Usual{}
	}
	slices.Sort(numbers)
	return summarizer.Usual{
		Days: len(numbers), Begins: rawMinute(begins), Ends: rawMinute(ends),
		Events: numbers[(len(numbers)-1)/2], Most: numbers[len(numbers)-1],
	}
}

func rawMinute(minutes []int) int {
	slices.Sort(minutes)
	n := len(minutes)
	if n < 6 {
		return -1
	}
	median, close := minutes[(n-1)/2], 0
	for _, m := range minutes {
		if m >= median-45 && m <= median+45 {
			close++
		}
	}
	if float64(close) < 2*float64(n)/3-1e-9 {
		return -1
	}
	return median
}

func TestUsualDaysAreAsTheEventsTell(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var events []summarizer.Event
		for i := range rapid.IntRange(0, 6).Draw(t, "patterns") {
			e := at("2026-06-16 10:00", fmt.Sprint("Habit ", i))
			if rapid.IntRange(0, 3).Draw(t, "all day") == 0 {
				e = at("2026-06-16", fmt.Sprint("Habit ", i))
				e.EndDate = e.EndDate.AddDays(rapid.IntRange(0, 3).Draw(t, "days"))
			}
			e = shifted(e, rapid.IntRange(-20, 20).Draw(t, "day"), time.Duration(rapid.IntRange(-600, 800).Draw(t, "minute"))*time.Minute)
			for _, past := range before(e, rapid.IntRange(0, 20).Draw(t, "times"), rapid.SampledFrom([]int{1, 7, 7, 14}).Draw(t, "every")) {
				past = shifted(past, 0, time.Duration(rapid.IntRange(-60, 60).Draw(t, "drift"))*time.Minute)
				if !past.AllDay {
					past.End = past.Start.Add(time.Duration(rapid.IntRange(0, 2000).Draw(t, "length")) * time.Minute)
				}
				if rapid.IntRange(0, 9).Draw(t, "cancelled") == 0 {
					past.Status = summarizer.Cancelled
				}
				events = append(events, past)
			}
		}
		m := learn(events)
		for i := range 7 {
			day := summarizer.Day{Date: today.Date.AddDays(i), Zone: berlin}
			got, want := m.Usual(day, nil), rawUsual(day, events)
			if got.Missing = nil; !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v, want %+v", day, got, want)
			}
			asOthers, err := novelty.Decode(novelty.Key{1}, m.Encode())
			if err != nil {
				t.Fatal(err)
			}
			if got, want := asOthers.Usual(day, nil), m.Usual(day, nil); !reflect.DeepEqual(got, want) {
				t.Errorf("decoded: %+v, want %+v", got, want)
			}
		}
	})
}

func TestLittleIsSaidOfDaysThatDiffer(t *testing.T) {
	t.Parallel()
	early, late := at("2026-06-16 08:00", "Breakfast"), at("2026-06-16 20:00", "Dinner")
	if u := learn(before(early, 5, 7)).Usual(today, nil); !reflect.DeepEqual(u, summarizer.Usual{}) {
		t.Errorf("of five weeks: %+v", u)
	}
	if u := learn(before(early, 6, 7)).Usual(today, nil); u.Days != 6 || u.Begins != 8*60 || u.Ends != 9*60 || u.Events != 1 || u.Most != 1 {
		t.Errorf("of six weeks: %+v", u)
	}
	both := append(before(early, 10, 14), before(late, 10, 14)...)
	for i := range 10 {
		both[i] = shifted(both[i], 7, 0)
	}
	if u := learn(both).Usual(today, nil); u.Begins != -1 || u.Ends != -1 || u.Days != 12 {
		t.Errorf("of mornings and evenings in turn: %+v", u)
	}
	night := with(at("2026-06-16 22:00", "Night shift"), func(e *summarizer.Event) { e.End = e.Start.Add(8 * time.Hour) })
	if u := learn(before(night, 8, 7)).Usual(today, nil); u.Ends != 24*60 {
		t.Errorf("of nights: %+v", u)
	}
	backwards := with(early, func(e *summarizer.Event) { e.End = e.Start.Add(-time.Hour) })
	if u := learn(before(backwards, 8, 7)).Usual(today, nil); u.Ends != 8*60 {
		t.Errorf("of what ends before it begins: %+v", u)
	}
	if u := learn(before(night, 8, 7)).Usual(tomorrow, nil); u.Events != 0 || u.Begins != -1 || u.Ends != -1 {
		t.Errorf("of the days after nights: %+v", u)
	}
}

func TestWhatIsDueAndNotThereIsMissing(t *testing.T) {
	t.Parallel()
	class, swim, call := at("2026-06-16 10:00", "Pottery class"), at("2026-06-16 18:00", "Swimming"), at("2026-06-16 14:00", "Call home")
	usual := slices.Concat(before(inSeries(class), 30, 7), before(swim, 20, 7), before(call, 12, 14))
	off := func(e summarizer.Event) summarizer.Event { e.Status = summarizer.Cancelled; return e }
	of := func(parts ...[]summarizer.Event) []summarizer.Event { return slices.Concat(parts...) }
	for name, c := range map[string]struct {
		history, listed []summarizer.Event
		missing         string
	}{
		"a weekly one that is not there":  {usual, of(one(swim), one(call)), "Tuesday 10:00"},
		"nothing on a day like any other": {usual, of(one(inSeries(class)), one(swim), one(call)), ""},
		"a fortnightly one":               {usual, of(one(inSeries(class)), one(swim)), "Tuesday 14:00"},
		"no fortnightly one that is not due": {of(before(inSeries(class), 30, 7), before(swim, 20, 7), before(shifted(call, -7, 0), 12, 14)),
			of(one(inSeries(class)), one(swim)), ""},
		"none that is half an hour late": {usual, of(one(shifted(inSeries(class), 0, 30*time.Minute)), one(swim), one(call)), ""},
		"none that was put to the afternoon": {usual, of(one(putBy(at("2026-06-16 16:00", "Pottery class"), "2026-06-16 10:00")), one(swim),
			one(call)), ""},
		"none that is at another time for once":  {usual, of(one(at("2026-06-16 16:00", "Pottery class")), one(swim), one(call)), ""},
		"none that is cancelled":                 {usual, of(one(off(inSeries(class))), one(swim), one(call)), ""},
		"none that has another title":            {usual, of(one(inSeries(at("2026-06-16 10:00", "Kiln opening"))), one(swim), one(call)), ""},
		"none that is spelt otherwise":           {usual, of(one(at("2026-06-16 10:00", "Potery class")), one(swim), one(call)), ""},
		"none with a word more that says little": {usual, of(one(at("2026-06-16 10:00", "Pottery class meeting")), one(swim), one(call)), ""},
		"one whose place something else took":    {usual, of(one(at("2026-06-16 10:00", "Dentist")), one(swim), one(call)), "Tuesday 10:00"},
		"none that was put to the day before":    {of(usual, one(at("2026-06-15 17:00", "Pottery class"))), of(one(swim), one(call)), ""},
		"none that is put to the day after":      {of(usual, one(at("2026-06-17 17:00", "Pottery class"))), of(one(swim), one(call)), ""},
		"nothing on a holiday":                   {usual, of(one(swim)), ""},
		"nothing on an empty day":                {usual, nil, ""},
		"none that has ended": {of(before(swim, 20, 7), before(call, 12, 14), before(shifted(class, -35, 0), 20, 7)),
			of(one(swim), one(call)), ""},
		"none that is monthly": {of(before(at("2026-06-16 09:00", "Board"), 12, 28), usual),
			of(one(inSeries(class)), one(swim), one(call)), ""},
		"none that was held three times": {of(before(at("2026-06-16 09:00", "Spanish"), 3, 7), usual),
			of(one(inSeries(class)), one(swim), one(call)), ""},
		"none that was held there three times": {of(before(at("2026-06-18 09:00", "Spanish"), 8, 7),
			before(at("2026-06-16 09:00", "Spanish"), 3, 7), usual), of(one(inSeries(class)), one(swim), one(call)), ""},
		"one that is all day": {of(before(at("2026-06-16", "Bins out"), 20, 14), usual),
			of(one(inSeries(class)), one(swim), one(call)), "Tuesday"},
		"one of those of a working day": {
			of(usual, before(at("2026-06-16 09:00", "Stand-up"), 60, 1)), of(one(inSeries(class)), one(swim), one(call)), "Tuesday 09:00"},
		"the three most frequent": {
			of(usual, before(at("2026-06-16 07:00", "Run"), 40, 7), before(at("2026-06-16 12:00", "Lunch"), 35, 7),
				before(at("2026-06-16 20:00", "Choir"), 25, 7),
				before(at("2026-06-16 21:00", "Tea"), 15, 7), before(at("2026-06-16 08:00", "News"), 15, 7)),
			of(one(inSeries(class)), one(swim), one(call), one(at("2026-06-16 20:00", "Choir"))), "Tuesday 07:00, Tuesday 12:00, Tuesday 08:00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var slots []string
			for _, s := range learn(history(c.history)).Usual(today, c.listed).Missing {
				slots = append(slots, nameOf(s))
			}
			if got := strings.Join(slots, ", "); got != c.missing {
				t.Errorf("%q is missing, want %q", got, c.missing)
			}
		})
	}
}

func nameOf(s summarizer.Slot) string {
	if s.Kind == summarizer.SlotDay {
		return s.Weekday.String()
	}
	return fmt.Sprintf("%s %02d:%02d", s.Weekday, s.Minute/60, s.Minute%60)
}
