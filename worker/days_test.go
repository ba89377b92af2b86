package worker

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"foreday/cache/freshness"
	"foreday/events"
	"foreday/summarizer"
	"foreday/summarizer/zonetest"
)

func inZone(t interface{ Fatal(...any) }, name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// span reads two dates, or two times with their offsets.
func span(start, end string) events.Span {
	if len(start) == len(time.DateOnly) {
		return events.Days(mustTime(time.DateOnly, start), mustTime(time.DateOnly, end))
	}
	return events.Between(mustTime(time.RFC3339, start), mustTime(time.RFC3339, end))
}

func mustTime(layout, s string) time.Time {
	t, err := time.Parse(layout, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestTheDaysOfASpanAreThoseOfItsUser(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		zone, start, end string
		first, last      string
	}{
		"within a day": {"Europe/Berlin", "2026-11-23T15:00:00+01:00", "2026-11-23T16:00:00+01:00", "2026-11-23",
			"2026-11-23"},
		"crosses midnight": {"Europe/Berlin", "2026-11-23T22:00:00+01:00", "2026-11-24T02:00:00+01:00", "2026-11-23",
			"2026-11-24"},
		"ends exactly at midnight": {"Europe/Berlin", "2026-11-23T22:00:00+01:00", "2026-11-24T00:00:00+01:00", "2026-11-23",
			"2026-11-23"},
		"starts exactly at midnight": {"Europe/Berlin", "2026-11-24T00:00:00+01:00", "2026-11-24T01:00:00+01:00", "2026-11-24",
			"2026-11-24"},
		"has no length": {"Europe/Berlin", "2026-11-23T15:00:00+01:00", "2026-11-23T15:00:00+01:00", "2026-11-23",
			"2026-11-23"},
		"has no length, at midnight": {"Europe/Berlin", "2026-11-24T00:00:00+01:00", "2026-11-24T00:00:00+01:00", "2026-11-24",
			"2026-11-24"},
		"lasts for days": {"Europe/Berlin", "2026-11-23T15:00:00+01:00", "2026-11-26T10:00:00+01:00", "2026-11-23",
			"2026-11-26"},
		"was given in another offset": {"Europe/Berlin", "2026-11-23T20:00:00-05:00", "2026-11-23T21:00:00-05:00", "2026-11-24",
			"2026-11-24"},
		"the day that lacks an hour": {"Europe/Berlin", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", "2026-03-29",
			"2026-03-29"},
		"the last hour of a short day": {"Europe/Berlin", "2026-03-29T23:00:00+02:00", "2026-03-30T00:30:00+02:00", "2026-03-29",
			"2026-03-30"},
		"the day with an hour twice": {"Europe/Berlin", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00", "2026-10-25",
			"2026-10-25"},
		"the hour that comes twice": {"Europe/Berlin", "2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-25",
			"2026-10-25"},
		"midnight that clocks skip": {"Asia/Beirut", "2026-03-28T23:30:00+02:00", "2026-03-29T01:00:00+03:00", "2026-03-28",
			"2026-03-28"},
		"far in the east":                    {"Pacific/Kiritimati", "2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", "2026-11-24", "2026-11-24"},
		"far in the west":                    {"Pacific/Pago_Pago", "2026-11-23T10:00:00Z", "2026-11-23T11:00:01Z", "2026-11-22", "2026-11-23"},
		"across a day that Apia never had":   {"Pacific/Apia", "2011-12-30T09:00:00Z", "2011-12-30T11:00:00Z", "2011-12-29", "2011-12-31"},
		"all day":                            {"Europe/Berlin", "2026-11-23", "2026-11-24", "2026-11-23", "2026-11-23"},
		"all day, in the far west":           {"Pacific/Pago_Pago", "2026-11-23", "2026-11-24", "2026-11-23", "2026-11-23"},
		"all day, in the far east":           {"Pacific/Kiritimati", "2026-11-23", "2026-11-24", "2026-11-23", "2026-11-23"},
		"all day for days":                   {"Europe/Berlin", "2026-11-23", "2026-11-26", "2026-11-23", "2026-11-25"},
		"all day, when clocks change":        {"Europe/Berlin", "2026-03-29", "2026-03-30", "2026-03-29", "2026-03-29"},
		"all day, on a day Apia never had":   {"Pacific/Apia", "2011-12-30", "2011-12-31", "2011-12-30", "2011-12-30"},
		"all day, to the last day of a leap": {"America/New_York", "2028-02-28", "2028-03-01", "2028-02-28", "2028-02-29"},
	} {
		first, last := datesOf(span(c.start, c.end), inZone(t, c.zone))
		if first.String() != c.first || last.String() != c.last {
			t.Errorf("%s: %s to %s, want %s to %s", name, first, last, c.first, c.last)
		}
	}
}

// zones are some whose days are or were odd.
var zones = []string{
	"UTC", "Europe/Berlin", "America/New_York", "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Pago_Pago",
	"Australia/Lord_Howe", "Asia/Kathmandu", "Asia/Beirut", "America/Havana", "Africa/Cairo", "Antarctica/Troll",
	"America/Scoresbysund", "Pacific/Kwajalein", "America/Sao_Paulo", "Asia/Gaza",
}

func TestWhatHappensNowIsDueAheadWhateverTheClocksDo(t *testing.T) {
	t.Parallel()
	// In St. John's the clocks went back a minute after midnight, and showed the day
	// before for another hour.
	for _, name := range []string{"America/St_Johns", "Asia/Beirut", "Europe/Berlin"} {
		zone := inZone(t, name)
		for now := mustTime(time.RFC3339, "2010-11-06T12:00:00Z"); now.Before(mustTime(time.RFC3339,
			"2010-11-08T12:00:00Z")); now = now.Add(10 * time.Minute) {
			first, last := datesOf(events.Between(now, now.Add(time.Minute)), zone)
			if w := dueWindow(zone, now, 1); !w.touches(first, last) {
				t.Errorf("at %s in %s, an event on %s is not due: %v is", now, name, first, w.first)
			}
		}
	}
}

func TestEveryInstantOfASpanFallsOnOneOfItsDays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		zone := inZone(t, rapid.SampledFrom(zones).Draw(t, "zone"))
		start := time.Unix(rapid.Int64Range(-5e8, 5e9).Draw(t, "start"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns"))
		length := time.Duration(rapid.Int64Range(0, int64(70*24*time.Hour)).Draw(t, "length"))
		into := time.Duration(rapid.Int64Range(0, max(0, int64(length)-1)).Draw(t, "into"))
		first, last := datesOf(events.Between(start, start.Add(length)), zone)
		if date := summarizer.DateOf(start.Add(into).In(zone)); date.Before(first) || last.Before(date) {
			t.Fatalf("%v after the start it is %s, which is not among %s to %s", into, date, first, last)
		}
		// And no day is named in vain.
		if end := (summarizer.Day{Date: first, Zone: zone}).End(); !end.After(start) {
			t.Fatalf("%s is over by %v", first, start)
		}
		if begin := (summarizer.Day{Date: last, Zone: zone}).Start(); length > 0 && !begin.Before(start.Add(length)) {
			t.Fatalf("%s begins after the end, %v", last, start.Add(length))
		}
	})
}

// What a summary of the day shows and what a message about it invalidates must be
// the same, in every zone and whenever its clocks are changed.
func TestTheDaysOfASpanAreThoseThatItsEventTouches(t *testing.T) {
	t.Parallel()
	for _, zone := range zonetest.All(t) {
		for _, change := range zonetest.Kinds(zone) {
			for _, s := range []struct{ from, to time.Duration }{
				{-2 * time.Hour, 2 * time.Hour}, {0, 0}, {0, time.Minute}, {-time.Minute, 0}, {-time.Nanosecond, -time.Nanosecond},
				{10 * time.Minute, 20 * time.Minute}, {50 * time.Minute, 26 * time.Hour}, {-26 * time.Hour, time.Minute},
			} {
				e := summarizer.Event{Start: change.Add(s.from), End: change.Add(s.to)}
				first, last := datesOf(events.Between(e.Start, e.End), zone)
				for d := first.AddDays(-2); !last.AddDays(2).Before(d); d = d.AddDays(1) {
					day := summarizer.Day{Date: d, Zone: zone}
					named := !d.Before(first) && !last.Before(d) && day.Start().Before(day.End())
					if touched := e.Touches(day); touched != named {
						t.Errorf("%v to %v touches %s: %v, but a message says %v", e.Start, e.End, day, touched, named)
					}
				}
			}
		}
	}
}

// The clock of the tests below stands at 09:00 of 23 November in Berlin, and two
// days are refreshed ahead.
var now = mustTime(time.RFC3339, "2026-11-23T09:00:00+01:00")

func message(kind events.Type, spans ...events.Span) events.Delivery {
	m := events.Message{Type: kind, User: "ada", Event: "e1"}
	for i, s := range spans {
		if i == 0 {
			m.Span = s
		} else {
			m.Was = s
		}
	}
	return events.Delivery{Message: m, Published: now}
}

// daysOf lists days as "2026-11-23" and "2026-11-24 due +e1".
func daysOf(in freshness.Invalidation) []string {
	days := make([]string, len(in.Days))
	for i, d := range in.Days {
		days[i] = d.Date.String()
		if d.Due {
			days[i] += " due"
		}
		if len(d.Expect) > 0 {
			days[i] += " " + strings.Join(d.Expect, " ")
		}
	}
	slices.Sort(days)
	return days
}

func TestAMessageTouchesTheDaysOfItsEvent(t *testing.T) {
	t.Parallel()
	dinner := span("2026-11-23T22:00:00+01:00", "2026-11-24T01:00:00+01:00")
	for name, c := range map[string]struct {
		messages []events.Delivery
		days     []string
		all      bool // every other cached day as well
	}{
		"created": {
			messages: []events.Delivery{message(events.EventCreated, dinner)},
			days:     []string{"2026-11-23 due +e1", "2026-11-24 due +e1"},
		},
		"deleted": {
			messages: []events.Delivery{message(events.EventDeleted, dinner)},
			days:     []string{"2026-11-23 due -e1", "2026-11-24 due -e1"},
		},
		"on a day that is not due": {
			messages: []events.Delivery{message(events.EventCreated, span("2026-11-25T10:00:00+01:00", "2026-11-25T11:00:00+01:00"))},
			days:     []string{"2026-11-25 +e1"},
		},
		"in the past": {
			messages: []events.Delivery{message(events.EventCreated, span("2026-11-22T10:00:00+01:00", "2026-11-22T11:00:00+01:00"))},
			days:     []string{"2026-11-22 +e1"},
		},
		"moved": {
			messages: []events.Delivery{message(events.EventUpdated, span("2026-11-24", "2026-11-25"), span("2026-11-30", "2026-12-01"))},
			days:     []string{"2026-11-24 due ?e1", "2026-11-30 ?e1"},
		},
		"updated, from nobody knows where": {
			messages: []events.Delivery{message(events.EventUpdated, span("2026-11-30", "2026-12-01"))},
			days:     []string{"2026-11-23 due ?e1", "2026-11-24 due ?e1", "2026-11-30 ?e1"},
			all:      true,
		},
		"calendar changed": {
			messages: []events.Delivery{message(events.CalendarChanged)},
			days:     []string{"2026-11-23 due", "2026-11-24 due"},
			all:      true,
		},
		"as long as can be enumerated": {
			messages: []events.Delivery{message(events.EventCreated, span("2027-01-01", "2027-03-04"))},
			days:     dates("2027-01-01", maxSpanDays, " +e1"),
		},
		"a day longer": {
			messages: []events.Delivery{message(events.EventCreated, span("2027-01-01", "2027-03-05"))},
			days:     []string{"2026-11-23 due", "2026-11-24 due"},
			all:      true,
		},
		"for 300 years": {
			messages: []events.Delivery{message(events.EventCreated, span("1900-01-01", "2200-12-31"))},
			days:     []string{"2026-11-23 due", "2026-11-24 due"},
			all:      true,
		},
		"several messages": {
			messages: []events.Delivery{
				message(events.EventCreated, span("2026-11-23T10:00:00+01:00", "2026-11-23T11:00:00+01:00")),
				message(events.EventDeleted, span("2026-11-23T10:00:00+01:00", "2026-11-23T11:00:00+01:00")),
				message(events.EventUpdated, span("2026-11-25", "2026-11-26"), span("2026-11-23", "2026-11-24")),
			},
			days: []string{"2026-11-23 due +e1 -e1 ?e1", "2026-11-25 ?e1"},
		},
	} {
		change := &change{user: "ada", deliveries: c.messages}
		in := change.invalidation(inZone(t, "Europe/Berlin"), false, now, 2, nil)
		if days := daysOf(in); !slices.Equal(days, c.days) || in.All != c.all {
			t.Errorf("%s: days %q, all %v, want %q, %v", name, days, in.All, c.days, c.all)
		}
		if in.User != "ada" || in.Zone != "Europe/Berlin" || in.SetZone != "Europe/Berlin" {
			t.Errorf("%s: for user %s in zone %s, to be kept in %s", name, in.User, in.Zone, in.SetZone)
		}
	}
}

func TestOfAnEventThatMayHaveMovedNothingIsCertainOnAnyKnownDay(t *testing.T) {
	t.Parallel()
	known := []summarizer.Date{summarizer.DateOf(now), summarizer.DateOf(now).AddDays(5)}
	change := &change{user: "ada", deliveries: []events.Delivery{message(events.EventUpdated, span("2026-11-30", "2026-12-01"))}}
	in := change.invalidation(inZone(t, "Europe/Berlin"), false, now, 2, known)
	want := []string{"2026-11-23 due ?e1", "2026-11-24 due ?e1", "2026-11-28 ?e1", "2026-11-30 ?e1"}
	if days := daysOf(in); !slices.Equal(days, want) {
		t.Errorf("days %q, want %q", days, want)
	}
}

// dates lists n days from the first on, each with the mark.
func dates(first string, n int, mark string) []string {
	date, err := summarizer.ParseDate(first)
	if err != nil {
		panic(err)
	}
	all := make([]string, n)
	for i := range all {
		all[i] = date.AddDays(i).String() + mark
	}
	return all
}

func TestABatchCountsFromItsEarliestMessageAndAnyThatWasRedelivered(t *testing.T) {
	t.Parallel()
	first, second := message(events.CalendarChanged), message(events.CalendarChanged)
	first.Published, second.Published = now, now.Add(-time.Minute)
	second.Redelivered = true
	in := (&change{user: "ada", deliveries: []events.Delivery{first, second}}).invalidation(time.UTC, false, now, 2, nil)
	if !in.Published.Equal(now.Add(-time.Minute)) || !in.Redelivered {
		t.Errorf("published %v, redelivered %v", in.Published, in.Redelivered)
	}
}

func TestWithAGuessedZoneTodayIsRefreshedIfADayMightBeDueElsewhere(t *testing.T) {
	t.Parallel()
	// It is 22 November in Pago Pago and 23 November in Kiritimati and in UTC.
	for _, c := range []struct {
		day         string
		refreshDays int
		today       bool
	}{
		{"2026-11-20", 1, false},
		{"2026-11-21", 1, true},
		{"2026-11-22", 1, true},
		{"2026-11-24", 1, true},
		{"2026-11-25", 1, true},
		{"2026-11-26", 1, false},
		{"2026-11-26", 2, true},
		{"2026-11-24", 0, false},
	} {
		t.Run(fmt.Sprint(c.day, " of ", c.refreshDays), func(t *testing.T) {
			t.Parallel()
			start := mustTime(time.DateOnly, c.day).Add(12 * time.Hour)
			ada := &change{user: "ada", deliveries: []events.Delivery{message(events.EventCreated, events.Between(start, start.Add(time.Hour)))}}
			refreshed := func(guessed bool) bool {
				in := ada.invalidation(time.UTC, guessed, now, c.refreshDays, nil)
				return slices.Contains(daysOf(in), "2026-11-23 due")
			}
			if got := refreshed(true); got != c.today {
				t.Errorf("guessed: today is refreshed: %v, want %v", got, c.today)
			}
			if refreshed(false) {
				t.Error("known: today is refreshed without need")
			}
		})
	}
}
