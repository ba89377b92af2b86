package words_test

import (
	"strings"
	"testing"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/words"
)

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
		for _, l := range words.Languages {
			for _, twelve := range []bool{false, true} {
				day := summarizer.Day{Date: date, Zone: loc}
				seen := make(map[string]time.Time)
				for at := day.Start(); at.Before(day.End()); at = at.Add(15 * time.Minute) {
					shown := words.When(summarizer.Event{Start: at, End: at}, day, l.Tag.String(), twelve)
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
	}
}

func TestWhenAnEventIs(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	day := summarizer.Day{Date: summarizer.Date{Year: 2026, Month: 11, Day: 23}, Zone: berlin}
	for name, c := range map[string]struct {
		from, to string
		twelve   bool
		want     string
	}{
		"within the day":         {"2026-11-23 15:00", "2026-11-23 16:00", false, "15:00–16:00"},
		"in one half":            {"2026-11-23 15:00", "2026-11-23 16:00", true, "3:00–4:00 pm"},
		"in both halves":         {"2026-11-23 11:30", "2026-11-23 13:00", true, "11:30 am–1:00 pm"},
		"until noon":             {"2026-11-23 11:00", "2026-11-23 12:00", true, "11:00 am–noon"},
		"from noon":              {"2026-11-23 12:00", "2026-11-23 12:30", true, "noon–12:30 pm"},
		"from midnight":          {"2026-11-23 00:00", "2026-11-23 00:30", true, "12:00–12:30 am"},
		"until midnight":         {"2026-11-23 20:00", "2026-11-24 00:00", false, "20:00–24:00"},
		"until midnight of 12":   {"2026-11-23 20:00", "2026-11-24 00:00", true, "8:00 pm–midnight"},
		"without length":         {"2026-11-23 09:00", "2026-11-23 09:00", false, "09:00"},
		"over midnight":          {"2026-11-23 22:00", "2026-11-24 02:00", false, "22:00 until 02:00 the next day"},
		"until the next is over": {"2026-11-23 22:00", "2026-11-25 00:00", false, "22:00 until 24:00 the next day"},
		"from the day before":    {"2026-11-22 22:00", "2026-11-23 02:00", false, "until 02:00"},
		"first of several":       {"2026-11-23 14:00", "2026-11-26 11:00", false, "14:00 until Thursday at 11:00"},
		"first of many":          {"2026-11-23 14:00", "2026-12-26 11:00", false, "14:00 until 26 December at 11:00"},
		"in the middle":          {"2026-11-21 14:00", "2026-11-26 11:00", false, "until Thursday"},
		"the whole day":          {"2026-11-23 00:00", "2026-11-24 00:00", false, "all day"},
		"another day":            {"2026-11-25 09:00", "2026-11-25 10:00", false, "on Wednesday, 25 November"},
		"another year":           {"2027-01-04 09:00", "2027-01-04 10:00", false, "on Monday, 4 January 2027"},
	} {
		at := func(s string) time.Time {
			u, err := time.ParseInLocation("2006-01-02 15:04", s, berlin)
			if err != nil {
				t.Fatal(err)
			}
			return u
		}
		if got := words.When(summarizer.Event{Start: at(c.from), End: at(c.to)}, day, "en", c.twelve); got != c.want {
			t.Errorf("%s: When = %q, want %q", name, got, c.want)
		}
	}
}

func TestReasonsOfAllKindsAreWorded(t *testing.T) {
	t.Parallel()
	day := summarizer.Day{Date: summarizer.Date{Year: 2026, Month: 11, Day: 23}, Zone: time.UTC}
	last := summarizer.Date{Year: 2025, Month: 3, Day: 3}
	slot := summarizer.Slot{Kind: summarizer.SlotAt, Weekday: time.Monday, Minute: 600}
	for want, why := range map[string]summarizer.Why{
		"":                                  {},
		"first time in the only week known": {Kind: summarizer.FirstTime, Weeks: 1},
		"first time, in a new calendar":     {Kind: summarizer.NewCalendar},
		"3rd time in the 7 weeks known, last on 3 March 2025": {Kind: summarizer.NthTime, Times: 3, Weeks: 7, Last: last},
		"12th time in a year":                       {Kind: summarizer.NthTime, Times: 12},
		"once a year, last on 3 March 2025":         {Kind: summarizer.Yearly, Last: last},
		"a routine under another title":             {Kind: summarizer.Renamed},
		"a fortnightly routine under another title": {Kind: summarizer.Renamed, Rhythm: summarizer.Fortnightly},
		"moved":                           {Kind: summarizer.Moved},
		"moved from 09:15":                {Kind: summarizer.Moved, From: summarizer.Moment{Date: day.Date, Minute: 9*60 + 15}},
		"moved from Monday, 3 March 2025": {Kind: summarizer.Moved, From: summarizer.Moment{Date: last, AllDay: true}},
		"moved, usually on Monday at 10:00, under another title": {Kind: summarizer.Moved, Usual: slot, Renamed: true},
		"cancelled": {Kind: summarizer.CalledOff},
		"cancelled, usually at 10:00": {Kind: summarizer.CalledOff,
			Usual: summarizer.Slot{Kind: summarizer.SlotClock, Minute: 600}},
		"instead of the usual one on Monday all day": {Kind: summarizer.Instead,
			Usual: summarizer.Slot{Kind: summarizer.SlotDay, Weekday: time.Monday}},
		"instead of a routine": {Kind: summarizer.Instead},
		"usually every 5 days, due on Tuesday, 24 November": {Kind: summarizer.OutOfTurn, Every: 5,
			From: summarizer.Moment{Date: day.Date.AddDays(1)}},
		"on top of the usual one": {Kind: summarizer.Extra},
		"weekly routine, usually on Monday at 10:00, 40 times in a year": {Kind: summarizer.Habitual, Times: 40,
			Rhythm: summarizer.Weekly, Usual: slot},
		"routine, once in a year, last on 3 March 2025": {Kind: summarizer.Habitual, Times: 1, Last: last},
		"much like a daily routine, usually on Monday at 10:00, 9 times in a year": {Kind: summarizer.LikeRoutine, Times: 9,
			Rhythm: summarizer.Daily, Usual: slot},
		"repeats, in a new calendar": {Kind: summarizer.TooYoung},
	} {
		if got := words.Reason(because(why, day), day, "en", false); got != want {
			t.Errorf("Reason = %q, want %q", got, want)
		}
	}
	for kind := summarizer.FirstTime; kind <= summarizer.TooYoung; kind++ {
		for _, l := range words.Languages {
			if got := words.Reason(because(summarizer.Why{Kind: kind, Times: 2, Every: 2, From: summarizer.Moment{Date: last}}, day), day,
				l.Tag.String(), true); strings.TrimSpace(got) == "" {
				t.Errorf("%s has no words for reasons of kind %d", l.Tag, kind)
			}
		}
	}
}
