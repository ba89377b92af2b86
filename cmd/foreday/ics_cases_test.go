package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// caseFolder holds small files, each of which stands for a kind, and what is right.
const caseFolder = "../../summarizer/google/ical/testdata/cases"

// icsCase is one of cases.json; its fields are explained there.
type icsCase struct {
	File, Date, Timezone string
	Expect               *[]string
	ExpectListed         bool     `json:"expect_listed"`
	ExpectTitles         []string `json:"expect_titles"`
	ExpectTitle          string   `json:"expect_title"`
	ExpectStart          string   `json:"expect_start"`
}

// check compares what was listed.
func (c icsCase) check(t *testing.T, events []explainedEvent) {
	t.Helper()
	var all, titles []string
	for _, e := range events {
		all, titles = append(all, c.show(t, e)), append(titles, e.Title)
	}
	slices.Sort(all)
	switch {
	case c.Expect != nil && !slices.Equal(all, slices.Sorted(slices.Values(*c.Expect))):
		t.Errorf("listed %q, want %q", all, *c.Expect)
	case c.ExpectListed && len(all) == 0:
		t.Error("nothing is listed")
	case c.ExpectTitles != nil && !slices.Equal(titles, c.ExpectTitles):
		t.Errorf("listed %q, want titles %q", titles, c.ExpectTitles)
	case c.ExpectTitle != "" && !slices.Equal(titles, []string{c.ExpectTitle}):
		t.Errorf("listed %q, want title %q", titles, c.ExpectTitle)
	case c.ExpectStart != "" && (len(all) != 1 || !strings.Contains(all[0], " "+c.ExpectStart+"-")):
		t.Errorf("listed %q, want one that starts at %s", all, c.ExpectStart)
	}
}

func (c icsCase) show(t *testing.T, e explainedEvent) string {
	t.Helper()
	if e.AllDay {
		return fmt.Sprintf("%s all-day %s..%s", e.Title, e.Start, e.End)
	}
	clock := func(text string) string {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		if at.Format(time.DateOnly) == c.Date {
			return at.Format("15:04")
		}
		return at.Format("2006-01-02T15:04")
	}
	return e.Title + " " + clock(e.Start) + "-" + clock(e.End)
}

// explainICS runs the command on a file and returns what it lists.
func explainICS(t *testing.T, file, date, zone string) (x explanation, stderr string) {
	t.Helper()
	r := mustDo(t, nil, "explain", "--ics", file, "--date", date, "--timezone", zone, "--json")
	if err := json.Unmarshal([]byte(r.stdout), &x); err != nil {
		t.Fatalf("explain: %v\n%s", err, r.stderr)
	}
	return x, r.stderr
}

func TestExplainReadsRealFilesAsTheyAreMeant(t *testing.T) {
	t.Parallel()
	var list struct{ Cases []icsCase }
	text, err := os.ReadFile(filepath.Join(caseFolder, "cases.json"))
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	if err != nil || len(list.Cases) == 0 {
		t.Fatal("no cases", err)
	}
	for _, c := range list.Cases {
		t.Run(c.File+"/"+c.Date, func(t *testing.T) {
			t.Parallel()
			x, _ := explainICS(t, filepath.Join(caseFolder, c.File), c.Date, c.Timezone)
			c.check(t, x.Events)
		})
	}
}

func TestExplainOpensAnArchiveOfCalendars(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "export.zip")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	archive := zip.NewWriter(f)
	for name, from := range map[string]string{
		"Takeout/My work.ics": "19-tzid-case.ics", "Takeout/At home.ics": "05-dtend-without-zone.ics", "readme.html": "cases.json",
	} {
		text, err := os.ReadFile(filepath.Join(caseFolder, from))
		if err != nil {
			t.Fatal(err)
		}
		w, err := archive.Create(name)
		if err == nil {
			_, err = w.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	x, _ := explainICS(t, file, "2026-03-10", "UTC")
	var calendars []string
	for _, e := range x.Events {
		calendars = append(calendars, e.Calendar)
	}
	slices.Sort(calendars)
	if !slices.Equal(calendars, []string{"At home", "My work"}) {
		t.Errorf("listed events of %q", calendars)
	}
}

func TestExplainSaysWhichZoneItDoesNotKnow(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "zones.ics")
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\n")
	for i := range 40 {
		fmt.Fprintf(&b, "BEGIN:VEVENT\nUID:%d\nSUMMARY:A\nDTSTART;TZID=Mars/Crater %d:20260310T100000\nEND:VEVENT\n", i, i)
	}
	b.WriteString("END:VCALENDAR\n")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	x, stderr := explainICS(t, file, "2026-03-10", "UTC")
	if len(x.Events) != 40 || !strings.Contains(stderr, `"Mars/Crater 0"`) || !strings.Contains(stderr, "and 35 more") {
		t.Errorf("%d events are listed, and it says\n%s", len(x.Events), stderr)
	}
}
