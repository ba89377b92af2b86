package ical_test

import (
	"cmp"
	"strings"
	"testing"
	"time"

	"foreday/summarizer/google/ical"
	"foreday/summarizer/google/recur"
)

// starts lists when what a file says takes place, changed occurrences aside, in 2026.
func starts(t *testing.T, cal *ical.Calendar) string {
	t.Helper()
	var all []string
	for _, e := range cal.Events {
		layout, value := time.RFC3339, e.Start.DateTime
		if value == "" {
			layout, value = time.DateOnly, e.Start.Date
		}
		start, err := time.Parse(layout, value)
		if err != nil {
			t.Fatal(err)
		}
		if zone := cmp.Or(cal.Series[e.Id].Zone, ical.FindZone(e.Start.TimeZone)); zone != nil {
			start = start.In(zone)
		}
		r, err := recur.Parse(e.Recurrence, start, e.Start.Date != "")
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range r.Between(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)) {
			all = append(all, e.Summary+at.Format("0102T15"))
		}
	}
	return strings.Join(all, " ")
}

func TestAnEndBoundsTheTimesBeforeAMove(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ until, start, want string }{
		"later that day":          {"20260323T090000Z", "20260309T140000", "M0302T10 F0309T14 F0316T14 F0323T14"},
		"two days later":          {"20260323T090000Z", "20260311T100000", "M0302T10 F0311T10 F0318T10 F0325T10"},
		"later, until a day":      {"20260323", "20260311T100000", "M0302T10 F0311T10 F0318T10 F0325T10"},
		"earlier":                 {"20260323T090000Z", "20260309T080000", "M0302T10 F0309T08 F0316T08 F0323T08"},
		"over the clocks' change": {"20260330T080000Z", "20260309T140000", "M0302T10 F0309T14 F0316T14 F0323T14 F0330T14"},
	} {
		in := "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:x\nSUMMARY:M\nDTSTART;TZID=Europe/Berlin:20260302T100000\nRRULE:FREQ=WEEKLY;UNTIL=" + c.until +
			"\nEND:VEVENT\nBEGIN:VEVENT\nUID:x\nSUMMARY:F\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260309T100000\n" +
			"DTSTART;TZID=Europe/Berlin:" + c.start + "\nEND:VEVENT\nEND:VCALENDAR\n"
		if got := starts(t, read(t, in)); got != c.want {
			t.Errorf("%s: takes place at %s, want %s", name, got, c.want)
		}
	}
}

func TestDaysWrittenAsTimesEndOnTheirDateThere(t *testing.T) {
	t.Parallel()
	for zone, until := range map[string]string{
		"Asia/Tokyo": "20260304T150000Z", "Europe/Berlin": "20260304T230000Z", "America/New_York": "20260305T050000Z", "UTC": "20260305T000000Z",
	} {
		got := starts(t, read(t, file("DTSTART;TZID="+zone+":20260303T000000", "DTEND;TZID="+zone+":20260304T000000",
			"RRULE:FREQ=DAILY;UNTIL="+until, "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE")))
		if want := "0303T00 0304T00 0305T00"; got != want {
			t.Errorf("%s: takes place at %s, want %s", zone, got, want)
		}
	}
}

func TestACancelledSeriesTakesOlderChangesWithIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		series, change string
		stands         bool
	}{
		"older":                  {"SEQUENCE:3", "RECURRENCE-ID:20260310T100000Z\nSEQUENCE:1", false},
		"older, of all later":    {"SEQUENCE:3", "RECURRENCE-ID;RANGE=THISANDFUTURE:20260310T100000Z\nSEQUENCE:1", false},
		"as old":                 {"SEQUENCE:3", "RECURRENCE-ID:20260310T100000Z\nSEQUENCE:3", true},
		"newer":                  {"SEQUENCE:3", "RECURRENCE-ID:20260310T100000Z\nSEQUENCE:4", true},
		"neither says its order": {"CLASS:PUBLIC", "RECURRENCE-ID:20260310T100000Z", true},
	} {
		in := "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:x\nSUMMARY:O\nDTSTART:20260310T120000Z\n" + c.change + "\nEND:VEVENT\n" +
			"BEGIN:VEVENT\nUID:x\nSUMMARY:M\nDTSTART:20260303T100000Z\nRRULE:FREQ=WEEKLY\nSTATUS:CANCELLED\n" +
			c.series + "\nEND:VEVENT\nEND:VCALENDAR\n"
		got := read(t, in)
		if stands := strings.Contains(starts(t, got), "O0310T12"); stands != c.stands {
			t.Errorf("%s: the change stands: %v, want %v\n%s", name, stands, c.stands, show(got))
		}
	}
}

func TestAZoneDefinedForOneYearHasItsSummerTime(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ daylight, standard string }{
		"once":           {"DTSTART:20260308T020000", "DTSTART:20261101T020000"},
		"a rule of one":  {"DTSTART:20260308T020000\nRRULE:FREQ=YEARLY;COUNT=1", "DTSTART:20261101T020000\nRRULE:FREQ=YEARLY;COUNT=1"},
		"on given dates": {"DTSTART:20260308T020000\nRDATE:20260308T020000", "DTSTART:20251102T020000\nRDATE:20261101T020000"},
	} {
		in := "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:DAYLIGHT\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0400\n" + c.daylight +
			"\nEND:DAYLIGHT\nBEGIN:STANDARD\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\n" + c.standard + "\nEND:STANDARD\nEND:VTIMEZONE\n"
		for _, day := range []string{"20260710", "20261210"} {
			in += "BEGIN:VEVENT\nUID:" + day + "\nDTSTART;TZID=Mine:" + day + "T100000\nRRULE:FREQ=DAILY;COUNT=2\nEND:VEVENT\n"
		}
		events := read(t, in+"END:VCALENDAR\n").Events
		for i, want := range []string{"2026-07-10T14:00:00Z", "2026-12-10T15:00:00Z"} {
			got, err := time.Parse(time.RFC3339, events[i].Start.DateTime)
			if err != nil || got.UTC().Format(time.RFC3339) != want {
				t.Errorf("%s: 10:00 is %v, %v; want %s", name, got.UTC(), err, want)
			}
		}
	}
}
