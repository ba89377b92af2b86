package googletest_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"foreday/summarizer/google/googletest"
	"foreday/summarizer/google/ical"
)

func TestAnImportedCalendarIsListedLikeAnyOther(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	file := strings.Join([]string{
		"BEGIN:VCALENDAR", "X-WR-TIMEZONE:Europe/Berlin",
		"BEGIN:VEVENT", "UID:weekly@example.com", "SUMMARY:Choir", "DTSTART;TZID=Europe/Berlin:20260303T190000",
		"DTEND;TZID=Europe/Berlin:20260303T210000", "RRULE:FREQ=WEEKLY", "END:VEVENT",
		"BEGIN:VEVENT", "UID:weekly@example.com", "RECURRENCE-ID;TZID=Europe/Berlin:20260310T190000", "SUMMARY:Choir, moved",
		"DTSTART;TZID=Europe/Berlin:20260311T190000", "DTEND;TZID=Europe/Berlin:20260311T210000", "END:VEVENT",
		"BEGIN:VEVENT", "UID:weekly@example.com", "RECURRENCE-ID;TZID=Europe/Berlin:20260317T190000", "STATUS:CANCELLED", "END:VEVENT",
		"BEGIN:VEVENT", "UID:fair@example.com", "SUMMARY:Fair", "DTSTART;VALUE=DATE:20260320", "DTEND;VALUE=DATE:20260323", "END:VEVENT",
		"END:VCALENDAR", "",
	}, "\r\n")
	cal, err := ical.Read(strings.NewReader(file), ical.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Import(user, "primary", cal); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range b.day(t, "2026-03-01T00:00:00Z", "2026-03-28T00:00:00Z") {
		got = append(got, e.Summary+" "+e.Start.Date+e.Start.DateTime)
	}
	want := []string{"Choir 2026-03-03T19:00:00+01:00", "Choir, moved 2026-03-11T19:00:00+01:00", "Fair 2026-03-20",
		"Choir 2026-03-24T19:00:00+01:00"}
	if !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
}

// A resource cannot say that a series goes by clocks that IANA does not know.
func TestAnImportedSeriesFollowsTheClocksOfTheFile(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	file := strings.Join([]string{
		"BEGIN:VCALENDAR", "BEGIN:VTIMEZONE", "TZID:Customized Time Zone",
		"BEGIN:STANDARD", "DTSTART:16010101T020000", "TZOFFSETFROM:-0400", "TZOFFSETTO:-0500",
		"RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11", "END:STANDARD",
		"BEGIN:DAYLIGHT", "DTSTART:16010101T020000", "TZOFFSETFROM:-0500", "TZOFFSETTO:-0400",
		"RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3", "END:DAYLIGHT",
		"END:VTIMEZONE",
		"BEGIN:VEVENT", "UID:call", "SUMMARY:Call", "DTSTART;TZID=Customized Time Zone:20260302T100000", "DURATION:PT1H",
		"RRULE:FREQ=WEEKLY;COUNT=3", "END:VEVENT",
		"BEGIN:VEVENT", "UID:call", "SUMMARY:Moved", "RECURRENCE-ID;TZID=Customized Time Zone:20260316T100000",
		"DTSTART;TZID=Customized Time Zone:20260316T110000", "DURATION:PT1H", "END:VEVENT",
		"END:VCALENDAR", "",
	}, "\r\n")
	cal, err := ical.Read(strings.NewReader(file), ical.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Import(user, "primary", cal); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range b.day(t, "2026-03-01T00:00:00Z", "2026-03-28T00:00:00Z") {
		got = append(got, e.Summary+" "+e.Start.DateTime)
	}
	want := []string{"Call 2026-03-02T09:00:00-06:00", "Call 2026-03-09T09:00:00-05:00", "Moved 2026-03-16T10:00:00-05:00"}
	if !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
}

// big returns a calendar of n events, a tenth of them weekly series.
func big(n int) []byte {
	var b bytes.Buffer
	b.WriteString("BEGIN:VCALENDAR\r\n")
	for i := range n {
		fmt.Fprintf(&b, "BEGIN:VEVENT\r\nUID:%d@example.com\r\nSUMMARY:Event "+
			"%d\r\nDTSTART;TZID=Europe/Berlin:2025%02d%02dT%02d0000\r\nDURATION:PT1H\r\n", i, i, i%12+1, i%28+1, i%24)
		if i%10 == 0 {
			b.WriteString("RRULE:FREQ=WEEKLY\r\n")
		}
		b.WriteString("END:VEVENT\r\n")
	}
	b.WriteString("END:VCALENDAR\r\n")
	return b.Bytes()
}

// Listings of a calendar of 5,000 events, 500 of them weekly series: a page of
// a year, and a day.
func BenchmarkList(b *testing.B) {
	s := googletest.New(googletest.Config{})
	s.AddUser(user, nil)
	cal, err := ical.Read(bytes.NewReader(big(5000)), ical.Options{})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Import(user, "primary", cal); err != nil {
		b.Fatal(err)
	}
	const url = "/calendar/v3/calendars/primary/events?singleEvents=true&orderBy=startTime&maxResults=2500" +
		"&fields=items(id,summary,start,end),nextPageToken&timeMin=2025-03-01T00:00:00Z&timeMax="
	for name, to := range map[string]string{"year": "2026-03-01T00:00:00Z", "day": "2025-03-02T00:00:00Z"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				ask(b, s, s.Token(user), url+to)
			}
		})
	}
}
