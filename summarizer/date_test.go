package summarizer

import (
	"testing"
	"time"
	_ "time/tzdata"
)

// In every zone and year that matters, days follow each other without gap or
// overlap, and the local date of every instant of a day is the day's.
func TestDaysTileTime(t *testing.T) {
	t.Parallel()
	zones := []string{"UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Beirut",
		"Pacific/Apia", "Atlantic/Azores", "America/Havana", "Australia/Lord_Howe", "Africa/Cairo",
		"Asia/Amman", "America/Asuncion", "Asia/Tehran", "Antarctica/Troll", "Asia/Gaza", "America/Scoresbysund"}
	for _, name := range zones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for d := (Date{1996, 1, 1}); d.Year < 2027; d = d.AddDays(1) {
			day := Day{d, zone}
			start, end := day.Start(), day.End()
			length := end.Sub(start)
			skipped := name == "Pacific/Apia" && d == Date{2011, 12, 30}
			if skipped && length != 0 || !skipped && (length < 22*time.Hour || length > 26*time.Hour) {
				t.Fatalf("%s lasts %v, from %v to %v", day, length, start, end)
			}
			if got := DateOf(start); !skipped && got != d {
				t.Fatalf("%s starts at %v", day, start)
			}
			if before := DateOf(start.Add(-time.Nanosecond)); !before.Before(d) {
				t.Fatalf("%s starts at %v, but the instant before is of %v", day, start, before)
			}
		}
	}
}

func TestParseDateRefusesDatesThatDoNotExist(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "2026-02-29", "2026-13-01", "26-01-01", "2026-1-1", "today", "2026-01-01T00:00:00Z"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("ParseDate(%q) = %v, want an error", s, d)
		}
	}
	d, err := ParseDate("2028-02-29")
	if err != nil || d != (Date{2028, 2, 29}) {
		t.Errorf("ParseDate(2028-02-29) = %v, %v", d, err)
	}
}

func TestTouches(t *testing.T) {
	t.Parallel()
	berlin, _ := time.LoadLocation("Europe/Berlin")
	day := Day{Date{2026, 3, 29}, berlin} // 23 hours long
	at := func(s string) time.Time {
		u, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	for name, c := range map[string]struct {
		e    Event
		want bool
	}{
		"ends as the day starts":       {Event{Start: at("2026-03-28T22:00:00+01:00"), End: at("2026-03-29T00:00:00+01:00")}, false},
		"crosses into the day":         {Event{Start: at("2026-03-28T22:00:00+01:00"), End: at("2026-03-29T00:01:00+01:00")}, true},
		"starts as the day ends":       {Event{Start: at("2026-03-30T00:00:00+02:00"), End: at("2026-03-30T01:00:00+02:00")}, false},
		"in the day's last minute":     {Event{Start: at("2026-03-29T23:59:00+02:00"), End: at("2026-03-30T01:00:00+02:00")}, true},
		"no length, at the start":      {Event{Start: at("2026-03-29T00:00:00+01:00"), End: at("2026-03-29T00:00:00+01:00")}, true},
		"no length, at the end":        {Event{Start: at("2026-03-30T00:00:00+02:00"), End: at("2026-03-30T00:00:00+02:00")}, false},
		"all day, the day":             {Event{AllDay: true, StartDate: Date{2026, 3, 29}, EndDate: Date{2026, 3, 30}}, true},
		"all day, until the day":       {Event{AllDay: true, StartDate: Date{2026, 3, 27}, EndDate: Date{2026, 3, 29}}, false},
		"all day, the last of three":   {Event{AllDay: true, StartDate: Date{2026, 3, 27}, EndDate: Date{2026, 3, 30}}, true},
		"all day, end not after start": {Event{AllDay: true, StartDate: Date{2026, 3, 29}, EndDate: Date{2026, 3, 29}}, true},
	} {
		if got := c.e.Touches(day); got != c.want {
			t.Errorf("%s: Touches = %v, want %v", name, got, c.want)
		}
	}
}
