package ical_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"foreday/summarizer/google/ical"
	"foreday/summarizer/google/recur"
)

func TestZonesAreFoundUnderTheNamesThatProgramsGiveThem(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Europe/Berlin":                          "Europe/Berlin",
		`"Europe/Berlin"`:                        "Europe/Berlin",
		"W. Europe Standard Time":                "Europe/Berlin",
		"eastern standard time":                  "America/New_York",
		"Eastern Time (US & Canada)":             "America/New_York",
		"(UTC-08:00) Pacific Time (US & Canada)": "America/Los_Angeles",
		"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna": "Europe/Berlin",
		"(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi":              "Asia/Kolkata",
		"(GMT+09:00) Osaka, Sapporo, Tokyo":                            "Asia/Tokyo",
		"Greenwich Mean Time:Dublin; Edinburgh; Lisbon; London":        "Europe/Dublin",
		"Germany/Berlin":                       "Europe/Berlin",
		"/mozilla.org/20050126_1/Europe/Paris": "Europe/Paris",
		"/freeassociation.sourceforge.net/Tzfile/America/Argentina/Salta": "America/Argentina/Salta",
		"UTC+2":                        "Etc/GMT-2",
		"GMT-0500":                     "Etc/GMT+5",
		"(UTC+03:00)":                  "Etc/GMT-3",
		"UTC":                          "UTC",
		"europe/berlin":                "Europe/Berlin",
		"America/New York":             "America/New_York",
		"tzone://Microsoft/Utc":        "UTC",
		"GMT+05:30":                    "Asia/Kolkata",
		"US/EST":                       "America/New_York",
		"(UTC-09:00) Alaska":           "America/Anchorage",
		"(UTC-03:30) Newfoundland":     "America/St_Johns",
		"(UTC+01:00) Nowhere at all":   "",
		"":                             "",
		"Local":                        "",
		"../../etc":                    "",
		"Mars/Olympus":                 "",
		"UTC+99":                       "",
		strings.Repeat("Berlin,", 100): "",
	} {
		got := ""
		if zone := ical.FindZone(name); zone != nil {
			got = zone.String()
		}
		if got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

// vtimezone is a zone with daylight saving from one Sunday to another.
func vtimezone(id, standard, daylight, spring, autumn string) string {
	return fmt.Sprintf(`BEGIN:VTIMEZONE
TZID:%[1]s
BEGIN:STANDARD
DTSTART:19700101T030000
TZOFFSETFROM:%[3]s
TZOFFSETTO:%[2]s
RRULE:FREQ=YEARLY;%[5]s
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700101T020000
TZOFFSETFROM:%[2]s
TZOFFSETTO:%[3]s
RRULE:FREQ=YEARLY;%[4]s
END:DAYLIGHT
END:VTIMEZONE
`, id, standard, daylight, spring, autumn)
}

func TestCustomZonesAreEvaluated(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		definition string
		zone       string // what its events name
		winter     string
		summer     string
	}{
		"like Berlin's": {
			vtimezone("Mine", "+0100", "+0200", "BYMONTH=3;BYDAY=-1SU", "BYMONTH=10;BYDAY=-1SU"),
			"UTC", "2026-01-15T09:00:00Z", "2026-07-15T08:00:00Z",
		},
		"like nobody's": {
			vtimezone("Mine", "+0100", "+0230", "BYMONTH=5;BYDAY=1SU", "BYMONTH=9;BYDAY=1SU"),
			"UTC", "2026-01-15T09:00:00Z", "2026-07-15T07:30:00Z",
		},
		"an offset alone": {
			"BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0300\n" +
				"TZOFFSETTO:+0300\nEND:STANDARD\nEND:VTIMEZONE\n",
			"Etc/GMT-3", "2026-01-15T07:00:00Z", "2026-07-15T07:00:00Z",
		},
		"named by its location": {
			"BEGIN:VTIMEZONE\nTZID:Mine\nX-LIC-LOCATION:Asia/Tokyo\nEND:VTIMEZONE\n",
			"Asia/Tokyo", "2026-01-15T01:00:00Z", "2026-07-15T01:00:00Z",
		},
		"without a rule that can be read": {
			"BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:east\nTZOFFSETTO:west\nEND:STANDARD\nEND:VTIMEZONE\n",
			"UTC", "2026-01-15T10:00:00Z", "2026-07-15T10:00:00Z",
		},
		"with changes on given days": {
			"BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:STANDARD\nDTSTART:20251026T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\n" +
				"BEGIN:DAYLIGHT\nDTSTART:20250330T020000\nRDATE:20260329T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT\nEND:VTIMEZONE\n",
			"UTC", "2026-01-15T09:00:00Z", "2026-07-15T08:00:00Z",
		},
	} {
		in := "BEGIN:VCALENDAR\n" + c.definition
		for _, month := range []string{"01", "07"} {
			in += "BEGIN:VEVENT\nUID:" + month + "\nDTSTART;TZID=Mine:2026" + month + "15T100000\nEND:VEVENT\n"
		}
		events := read(t, in+"END:VCALENDAR\n").Events
		for i, want := range []string{c.winter, c.summer} {
			got, err := time.Parse(time.RFC3339, events[i].Start.DateTime)
			if err != nil || got.UTC().Format(time.RFC3339) != want {
				t.Errorf("%s: 10:00 is %v, %v; want %s", name, got.UTC(), err, want)
			}
		}
		if got := events[0].Start.TimeZone; got != c.zone {
			t.Errorf("%s: events are in %s, want %s", name, got, c.zone)
		}
	}
}

func TestSeriesFollowTheClocksOfTheFilesOwnZones(t *testing.T) {
	t.Parallel()
	cal := read(t, "BEGIN:VCALENDAR\n"+vtimezone("Mine", "+0100", "+0230", "BYMONTH=5;BYDAY=1SU", "BYMONTH=9;BYDAY=1SU")+
		"BEGIN:VEVENT\nUID:x\nSUMMARY:S\nDTSTART;TZID=Mine:20260427T003000\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3\nEND:VEVENT\nEND:VCALENDAR\n")
	e := cal.Events[0]
	series, err := recur.Parse(e.Recurrence, time.Date(2026, 4, 26, 23, 30, 0, 0, time.UTC).In(cal.Series[e.Id].Zone), false)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, at := range series.Between(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)) {
		got = append(got, at.UTC().Format("0102T1504"))
	}
	if want := []string{"0426T2330", "0503T2200", "0510T2200"}; !slices.Equal(got, want) {
		t.Errorf("takes place at %q, want %q", got, want)
	}
	if len(cal.Notes) != 1 || !strings.Contains(cal.Notes[0].Text, `TZID "Mine" is no time zone that is known`) {
		t.Errorf("notes are %v", cal.Notes)
	}
}
