package ical_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf16"

	"foreday/summarizer/google/ical"

	"google.golang.org/api/calendar/v3"
)

var update = flag.Bool("update", false, "write what is read into the golden files")

func TestSamplesAreReadAsTheirGoldenFilesSay(t *testing.T) {
	t.Parallel()
	samples, err := filepath.Glob("testdata/*.ics")
	if err != nil || len(samples) == 0 {
		t.Fatal("no samples", err)
	}
	for _, sample := range samples {
		t.Run(filepath.Base(sample), func(t *testing.T) {
			file, err := os.ReadFile(sample)
			if err != nil {
				t.Fatal(err)
			}
			got := show(read(t, string(file)))
			golden := strings.TrimSuffix(sample, ".ics") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("read\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// show writes a calendar for people to compare.
func show(cal *ical.Calendar) string {
	var b strings.Builder
	zone := "no zone"
	if cal.Zone != nil {
		zone = cal.Zone.String()
	}
	fmt.Fprintf(&b, "calendar %q in %s\n", cal.Name, zone)
	for _, e := range cal.Events {
		fmt.Fprintf(&b, "\n%s\n  %s, %s\n", e.Summary, e.Id, e.Status)
		fmt.Fprintf(&b, "  from %s\n  to   %s\n", showTime(e.Start), showTime(e.End))
		for _, line := range e.Recurrence {
			fmt.Fprintf(&b, "  %s\n", line)
		}
		if e.RecurringEventId != "" {
			fmt.Fprintf(&b, "  of %s, instead of %s\n", e.RecurringEventId, showTime(e.OriginalStartTime))
		}
		for _, a := range e.Attendees {
			fmt.Fprintf(&b, "  %s has %s\n", a.Email, a.ResponseStatus)
		}
		for _, rest := range []string{e.Location, e.Description, e.Transparency, e.Visibility, e.Created, e.Updated} {
			if rest != "" {
				fmt.Fprintf(&b, "  %q\n", rest)
			}
		}
	}
	for _, s := range cal.Skipped {
		fmt.Fprintf(&b, "\nskipped line %d, %s: %s\n", s.Line, s.UID, s.Reason)
	}
	for _, n := range cal.Notes {
		fmt.Fprintf(&b, "\nline %d: %s\n", n.Line, n.Text)
	}
	return b.String()
}

func showTime(t *calendar.EventDateTime) string {
	return strings.TrimSpace(t.Date + t.DateTime + " " + t.TimeZone)
}

func read(t *testing.T, file string) *ical.Calendar {
	t.Helper()
	cal, err := ical.Read(strings.NewReader(file), ical.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

// file wraps the lines of one event.
func file(lines ...string) string {
	return "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:x\n" + strings.Join(lines, "\n") + "\nEND:VEVENT\nEND:VCALENDAR\n"
}

func TestFilesOfAnyEncodingAndLineEndAreRead(t *testing.T) {
	t.Parallel()
	utf8 := file("SUMMARY:Café\\, 10 €", "DTSTART:20260310T100000Z")
	units := utf16.Encode([]rune(utf8))
	little, big := []byte("\xFF\xFE"), []byte("\xFE\xFF")
	for _, u := range units {
		little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
	}
	for name, in := range map[string]string{
		"UTF-8":               utf8,
		"a byte order mark":   "\xEF\xBB\xBF" + utf8,
		"CR LF":               strings.ReplaceAll(utf8, "\n", "\r\n"),
		"CR":                  strings.ReplaceAll(utf8, "\n", "\r"),
		"blank lines":         strings.ReplaceAll(utf8, "\n", "\n\r\n"),
		"NULs":                strings.ReplaceAll(utf8, "A", "A\x00"),
		"folds in characters": strings.Replace(utf8, "\xC3\xA9", "\xC3\n \xA9", 1),
		"UTF-16, little":      string(little),
		"UTF-16, big":         string(big),
		"small letters":       strings.ReplaceAll(strings.ReplaceAll(utf8, "BEGIN:VEVENT", "begin:vevent"), "SUMMARY", "summary"),
	} {
		if got := read(t, in); len(got.Events) != 1 || got.Events[0].Summary != "Café, 10 €" {
			t.Errorf("%s: read %s", name, show(got))
		}
	}
	windows := read(t, file("SUMMARY:\x93Caf\xE9\x94 \xC3\xA9", "DTSTART:20260310T100000Z"))
	if got := windows.Events[0].Summary; got != "“Café” é" {
		t.Errorf("Windows-1252 among UTF-8: read %q", got)
	}
	latin := read(t, file("SUMMARY:Caf\xE9", "DTSTART:20260310T100000Z"))
	if got := latin.Events[0].Summary; got != "Café" {
		t.Errorf("Latin-1: read %q", got)
	}
}

func TestWhatIsNoCalendarIsAnError(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		in   string
		want error
	}{
		"empty":        {"", ical.ErrEmpty},
		"white space":  {" \r\n\t\n", ical.ErrEmpty},
		"a mark alone": {"\xEF\xBB\xBF", ical.ErrEmpty},
		"HTML":         {"<html><body>Please sign in</body></html>", ical.ErrNotCalendar},
		"a lone event": {"BEGIN:VEVENT\nDTSTART:20260310T100000Z\nEND:VEVENT\n", ical.ErrNotCalendar},
	} {
		if _, err := ical.Read(strings.NewReader(c.in), ical.Options{}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := ical.Read(iotest.ErrReader(broken), ical.Options{}); !errors.Is(err, broken) {
		t.Errorf("a broken reader: %v", err)
	}
	var tooLarge *ical.TooLargeError
	if _, err := ical.Read(strings.NewReader(file()), ical.Options{MaxBytes: 20}); !errors.As(err, &tooLarge) || tooLarge.MaxBytes != 20 {
		t.Errorf("a large file: %v", err)
	}
	if cal := read(t, "BEGIN:VCALENDAR\nEND:VCALENDAR\n"); len(cal.Events)+len(cal.Skipped) != 0 {
		t.Errorf("a calendar without events: %s", show(cal))
	}
}

func TestOptionsSayWhatAFileLeavesOpen(t *testing.T) {
	t.Parallel()
	in := file("DTSTART:20260310T100000", "ATTENDEE;PARTSTAT=DECLINED:MAILTO:Ada@Example.org")
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	cal, err := ical.Read(strings.NewReader(in), ical.Options{Zone: zone, Owner: "ada@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	e := cal.Events[0]
	if e.Start.DateTime != "2026-03-10T10:00:00-04:00" || e.Start.TimeZone != "America/New_York" || cal.Zone != nil {
		t.Errorf("a floating time hangs in %+v", e.Start)
	}
	if len(e.Attendees) != 1 || e.Attendees[0].ResponseStatus != "declined" || !e.Attendees[0].Self {
		t.Errorf("the owner's answer is %+v", e.Attendees)
	}
}

// Hostile rules and folds cost milliseconds, not minutes.
func TestReadingIsBoundedInTime(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("BEGIN:VCALENDAR\n")
	rules := []string{
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31", "FREQ=DAILY;COUNT=999999999", "FREQ=HOURLY;INTERVAL=24;BYHOUR=3",
		"FREQ=DAILY;INTERVAL=999999999999",
		"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5", "FREQ=WEEKLY;BYSETPOS=300;COUNT=2", "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1;COUNT=9",
		"FREQ=HOURLY;BYMINUTE=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23;BYSETPOS=300;COUNT=2",
	}
	for i := range 70 {
		fmt.Fprintf(&b, "BEGIN:VEVENT\nUID:%d\nDTSTART:20260310T100000Z\nRRULE:%s\nEND:VEVENT\n", i, rules[i%len(rules)])
	}
	b.WriteString(strings.Repeat("DESCRIPTION:"+strings.Repeat("x\n ", 100_000)+strings.Repeat("y", 1<<20)+"\n", 2))
	began := used(t)
	cal := read(t, b.String())
	if took := used(t) - began; took > 8*time.Second {
		t.Errorf("took %v of a CPU", took)
	}
	if len(cal.Events)+len(cal.Skipped) != 70 {
		t.Errorf("read %d and skipped %d of 70", len(cal.Events), len(cal.Skipped))
	}
}

func BenchmarkRead(b *testing.B) {
	var in bytes.Buffer
	in.WriteString("BEGIN:VCALENDAR\r\n")
	for i := range 5000 {
		fmt.Fprintf(&in, "BEGIN:VEVENT\r\nDTSTART;TZID=Europe/Berlin:202603%02dT%02d0000\r\n"+
			"DTEND;TZID=Europe/Berlin:202603%02dT%02d3000\r\nRRULE:FREQ=WEEKLY;COUNT=50\r\nDTSTAMP:20260301T080000Z\r\n"+
			"UID:%d@example.org\r\nSEQUENCE:1\r\nSTATUS:CONFIRMED\r\nSUMMARY:Event %d\r\nDESCRIPTION:About it\r\n"+
			"TRANSP:OPAQUE\r\nEND:VEVENT\r\n", i%28+1, i%24, i%28+1, i%24, i, i)
	}
	in.WriteString("END:VCALENDAR\r\n")
	for b.Loop() {
		if _, err := ical.Read(bytes.NewReader(in.Bytes()), ical.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
