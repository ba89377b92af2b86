package ical_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"foreday/summarizer/google/ical"
)

// archive packs files, given as names and contents by turns.
func archive(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err == nil {
			_, err = f.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestArchivesOfCalendarsAreRead(t *testing.T) {
	t.Parallel()
	event := file("DTSTART:20260310T100000Z")
	named := strings.Replace(event, "BEGIN:VEVENT", "X-WR-CALNAME:Choir\nBEGIN:VEVENT", 1)
	packed := archive(t, "My calendars/Family and friends.ics", event, "__MACOSX/._x.ics", "x", "notes.txt", "x", "b c.ICS", named,
		"bad one.ics", "<html>")
	all, err := ical.ReadAll(bytes.NewReader(packed), "export.zip", ical.Options{})
	if err != nil || len(all) != 2 || all[0].Name != "Family and friends" || all[1].Name != "Choir" {
		t.Fatalf("read %v, %v", all, err)
	}
	if notes := all[0].Notes; len(notes) != 1 || !strings.Contains(notes[0].Text, `"bad one.ics"`) {
		t.Errorf("notes are %v", notes)
	}
}

func TestArchivesThatCannotBeReadSayWhy(t *testing.T) {
	t.Parallel()
	locked := archive(t, "a.ics", file("DTSTART:20260310T100000Z"))
	for _, header := range []struct {
		mark string
		at   int
	}{{"PK\x03\x04", 6}, {"PK\x01\x02", 8}} {
		flags := locked[bytes.Index(locked, []byte(header.mark))+header.at:]
		binary.LittleEndian.PutUint16(flags, binary.LittleEndian.Uint16(flags)|1)
	}
	bomb := strings.Repeat("\n", 1<<20)
	for name, c := range map[string]struct {
		in   []byte
		says string
	}{
		"a password":           {locked, "it has a password"},
		"no calendar":          {archive(t, "a.txt", "x"), "holds no .ics file"},
		"a bomb":               {archive(t, "a.ics", bomb), "larger than"},
		"a bomb of many files": {archive(t, "a.ics", bomb[:40_000], "b.ics", bomb[:40_000]), "larger than"},
		"too many files":       {archive(t, strings.Split(strings.Repeat("a.ics,x,", 201)+"a.ics,x", ",")...), "more than 200"},
		"an archive cut short": {archive(t, "a.ics", file())[:60], "cannot be opened"},
		"what is no calendar":  {archive(t, "a b.ics", "<html>"), `"a b.ics" in the archive`},
	} {
		_, err := ical.ReadAll(bytes.NewReader(c.in), "x.zip", ical.Options{MaxBytes: 1 << 16})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: error is %v, want one that says %q", name, err, c.says)
		}
		if tooLarge := (*ical.TooLargeError)(nil); strings.Contains(name, "bomb") && !errors.As(err, &tooLarge) {
			t.Errorf("%s: error is %T", name, err)
		}
	}
}

func TestUTF16IsReadWithoutAMark(t *testing.T) {
	t.Parallel()
	for name, order := range map[string]binary.AppendByteOrder{"little": binary.LittleEndian, "big": binary.BigEndian} {
		var b []byte
		for _, unit := range utf16.Encode([]rune(file("SUMMARY:Café 🎶", "DTSTART:20260310T100000Z"))) {
			b = order.AppendUint16(b, unit)
		}
		if cal := read(t, string(b)); len(cal.Events) != 1 || cal.Events[0].Summary != "Café 🎶" {
			t.Errorf("%s: read %s", name, show(cal))
		}
	}
}

func TestRulesOfOldCalendarsAreRead(t *testing.T) {
	t.Parallel()
	for old, want := range map[string]string{
		"D1 #5":                  "FREQ=DAILY;INTERVAL=1;COUNT=5",
		"D2":                     "FREQ=DAILY;INTERVAL=2;COUNT=2",
		"W1 MO TH #0":            "FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,TH",
		"MP1 1+ MO 2- FR #6":     "FREQ=MONTHLY;INTERVAL=1;BYDAY=1MO,-2FR;COUNT=6",
		"MD1 1 15 LD #3":         "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=1,15,-1;COUNT=3",
		"YM1 6 7 #8":             "FREQ=YEARLY;INTERVAL=1;BYMONTH=6,7;COUNT=8",
		"YD1 100 #0":             "FREQ=YEARLY;INTERVAL=1;BYYEARDAY=100",
		"W2 TU 20270101T000000Z": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;UNTIL=20270101T000000Z",
	} {
		cal := read(t, file("DTSTART:20260310T100000Z", "RRULE:"+old))
		if len(cal.Events) != 1 || len(cal.Events[0].Recurrence) != 1 || cal.Events[0].Recurrence[0] != "RRULE:"+want {
			t.Errorf("%s is read as %s, want %s", old, show(cal), want)
		}
	}
}

func TestNothingVanishesInSilence(t *testing.T) {
	t.Parallel()
	event := func(title string) string {
		return "BEGIN:VEVENT\nUID:one\nSUMMARY:" + title + "\nDTSTART:20260310T100000Z\nEND:VEVENT\n"
	}
	late := read(t, "BEGIN:VCALENDAR\n"+event("a")+"END:VCALENDAR\n"+strings.Replace(event("b"), "one", "two", 1))
	if len(late.Events) != 2 {
		t.Errorf("what comes after the end is read as %s", show(late))
	}
	twice := read(t, "BEGIN:VCALENDAR\n"+event("a")+event("b")+"END:VCALENDAR\n")
	if len(twice.Events)+len(twice.Notes) != 2 {
		t.Errorf("two events of one UID and one start are read as %s", show(twice))
	}
	others := read(t, "BEGIN:VCALENDAR\n"+strings.Repeat("BEGIN:VTODO\nSUMMARY:x\nEND:VTODO\n",
		3)+"BEGIN:VJOURNAL\nEND:VJOURNAL\n"+event("a")+"END:VCALENDAR\n")
	if len(others.Notes) != 1 || !strings.Contains(others.Notes[0].Text, "4 ") {
		t.Errorf("tasks and journals are read as %s", show(others))
	}
}
