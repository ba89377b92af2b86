package ical_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"foreday/summarizer/google/ical"
	"foreday/summarizer/google/recur"
)

// Whatever the file, reading ends, and what is read can be used: times exist,
// series can be expanded, IDs are unique.
func FuzzRead(f *testing.F) {
	samples, err := filepath.Glob("testdata/*.ics")
	if err != nil {
		f.Fatal(err)
	}
	for _, sample := range samples {
		b, err := os.ReadFile(sample)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, lines := range [][]string{
		{"DTSTART:20260310T100000Z", "RRULE:FREQ=HOURLY;INTERVAL=7;BYHOUR=3"},
		{"DTSTART;VALUE=DATE:20240229", "RRULE:FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;WKST=SU"},
		{"DTSTART:20260310T100000", "RECURRENCE-ID;RANGE=THISANDFUTURE:20260311", "RRULE:FREQ=MONTHLY;BYSETPOS=-1;BYDAY=MO,TU"},
		{"DTSTART:00010101T000000Z", "DURATION:P9999999W", "EXRULE:FREQ=DAILY"},
	} {
		f.Add([]byte(file(lines...)))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		cal, err := ical.Read(bytes.NewReader(b), ical.Options{MaxBytes: 1 << 16})
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, e := range cal.Events {
			if seen[e.Id] || e.Id == "" {
				t.Errorf("ID %q is not unique", e.Id)
			}
			seen[e.Id] = true
			start, allDay := time.Time{}, e.Start.Date != ""
			if allDay {
				start, err = time.Parse(time.DateOnly, e.Start.Date)
			} else {
				start, err = time.Parse(time.RFC3339, e.Start.DateTime)
			}
			if err != nil {
				t.Fatalf("event starts at %+v", e.Start)
			}
			if len(e.Recurrence) == 0 {
				continue
			}
			r, err := recur.Parse(e.Recurrence, start, allDay)
			if err != nil {
				t.Fatalf("recurrence %q cannot be read again: %v", e.Recurrence, err)
			}
			if n := len(r.Between(start, start.AddDate(2, 0, 0))); n > 20_000 {
				t.Errorf("%q takes place %d times in two years", e.Recurrence, n)
			}
		}
	})
}
