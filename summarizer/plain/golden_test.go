package plain_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
	"unicode/utf8"

	"foreday/summarizer"
	"foreday/summarizer/plain"
)

var update = flag.Bool("update", false, "write the golden files anew instead of comparing with them")

const timeLayout = "2006-01-02 15:04"

// A brief as a test writes it down: times are read in the zone, and a title is
// all that must be given.
type event struct {
	title    string
	from, to string // as timeLayout, RFC 3339 where that is ambiguous, or a date
	calendar string
	reason   string
	novelty  float64
	status   summarizer.EventStatus
}

func brief(t *testing.T, zone, date string, total int, events ...event) summarizer.Brief {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	d, err := summarizer.ParseDate(date)
	if err != nil {
		t.Fatal(err)
	}
	b := summarizer.Brief{Day: summarizer.Day{Date: d, Zone: loc}, Total: total}
	for _, e := range events {
		b.Novel = append(b.Novel, e.verdict(t, loc))
	}
	return b
}

func (e event) verdict(t *testing.T, loc *time.Location) summarizer.Verdict {
	t.Helper()
	v := summarizer.Verdict{Novel: true, Novelty: max(e.novelty, 0.5), Reason: e.reason}
	v.Event = summarizer.Event{Title: e.title, Calendar: e.calendar, Status: e.status}
	if v.Reason == "" {
		v.Reason = "first time in a year"
	}
	if e.calendar == "" {
		v.Event.Calendar = "Personal"
	}
	if from, err := summarizer.ParseDate(e.from); err == nil {
		to, err := summarizer.ParseDate(e.to)
		if err != nil {
			t.Fatal(err)
		}
		v.Event.AllDay, v.Event.StartDate, v.Event.EndDate = true, from, to
		return v
	}
	v.Event.Start, v.Event.End = instant(t, e.from, loc), instant(t, e.to, loc)
	return v
}

func instant(t *testing.T, s string, loc *time.Location) time.Time {
	t.Helper()
	if u, err := time.Parse(time.RFC3339, s); err == nil {
		return u
	}
	u, err := time.ParseInLocation(timeLayout, s, loc)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

const berlin = "Europe/Berlin"

var dentist = event{title: "Dentist", from: "2026-11-23 15:00", to: "2026-11-23 16:00"}

func TestWhatIsWrittenOfADay(t *testing.T) {
	t.Parallel()
	cancelled := event{title: "Team sync", from: "2026-11-23 10:00", to: "2026-11-23 10:30", calendar: "Work",
		status: summarizer.Cancelled, reason: "cancelled, usually Monday 10:00"}
	choir := event{title: "Choir", from: "2026-11-23 19:00", to: "2026-11-23 21:00",
		status: summarizer.Cancelled, reason: "cancelled, usually Monday 19:00"}
	moved := event{title: "Team sync", from: "2026-11-23 14:00", to: "2026-11-23 14:30", calendar: "Work",
		reason: "moved, usually Monday 10:00"}
	renamed := event{title: "Sync with the Lyon office", from: "2026-11-23 10:00", to: "2026-11-23 10:30", calendar: "Work",
		reason: "renamed, a weekly routine under another title"}
	many := make([]event, 60)
	for i := range many {
		many[i] = event{title: fmt.Sprintf("Talk %d", i+1), calendar: "Conference",
			from: fmt.Sprintf("2026-11-23 %02d:%02d", 8+i/6, i%6*10), to: fmt.Sprintf("2026-11-23 %02d:%02d", 8+i/6, i%6*10+9)}
	}
	crowded := make([]event, 25)
	for i := range crowded {
		from := time.Date(2026, 11, 23, 8, 20*i, 0, 0, time.UTC)
		crowded[i] = event{title: fmt.Sprintf("Interview %d", i+1), from: from.Format(timeLayout), to: from.Add(20 * time.Minute).Format(timeLayout), calendar: "Hiring"}
	}
	crowded[4].reason = "moved from Friday 20 November 09:00"
	crowded[11].title, crowded[11].reason, crowded[11].calendar = "Lunch with Noor", "2nd time in a year, last on 3 March 2026", ""
	for name, b := range map[string]summarizer.Brief{
		"empty":            brief(t, berlin, "2026-11-23", 0),
		"routine-only":     brief(t, berlin, "2026-11-23", 6),
		"routine-only-one": brief(t, berlin, "2026-11-23", 1),
		"one":              brief(t, berlin, "2026-11-23", 7, dentist),
		"one-and-only":     brief(t, berlin, "2026-11-23", 1, dentist),
		"one-cancelled":    brief(t, berlin, "2026-11-23", 2, cancelled),
		"one-moved":        brief(t, berlin, "2026-11-23", 4, moved),
		"one-renamed":      brief(t, berlin, "2026-11-23", 4, renamed),
		"only-cancelled":   brief(t, berlin, "2026-11-23", 2, cancelled, choir),
		"all-day-cancelled": brief(t, berlin, "2026-11-23", 2, event{title: "Bins out", from: "2026-11-23", to: "2026-11-24",
			status: summarizer.Cancelled, reason: "cancelled, usually Monday"}),
		"cancelled-by-others": brief(t, berlin, "2026-11-23", 2, event{title: "Choir", from: "2026-11-23 19:00", to: "2026-11-23 21:00",
			status: summarizer.Cancelled, reason: "takes place every Monday, but not this one"}),
		"only-moved": brief(t, berlin, "2026-11-23", 8,
			event{title: "Early shift", from: "2026-11-23 06:00", to: "2026-11-23 14:00", calendar: "Ward 3", reason: "usually every 5 days, due on Tuesday 24 November"},
			moved,
			event{title: "Physiotherapy", from: "2026-11-23 17:15", to: "2026-11-23 18:00", reason: "usually Wednesday 17:15"},
			event{title: "Book club", from: "2026-11-23 20:00", to: "2026-11-23 22:00", reason: "moved from Monday 30 November 20:00"}),
		"without-length":    brief(t, berlin, "2026-11-23", 1, event{title: "Reminder: taxes", from: "2026-11-23 09:00", to: "2026-11-23 09:00"}),
		"ends-before-start": brief(t, berlin, "2026-11-23", 1, event{title: "Odd", from: "2026-11-23 09:00", to: "2026-11-23 08:00"}),
		"two": brief(t, berlin, "2026-11-23", 5, dentist,
			event{title: "Anna's concert", from: "2026-11-23 20:00", to: "2026-11-23 22:30", calendar: "Family", reason: "once a year, last on 24 November 2025"}),
		"two-alike": brief(t, berlin, "2026-11-23", 5, dentist,
			event{title: "Anna's concert", from: "2026-11-23 20:00", to: "2026-11-23 22:30", calendar: "Family"}),
		"three-of-many-kinds": brief(t, berlin, "2026-11-23", 4, cancelled, dentist,
			event{title: "Design review", from: "2026-11-23 17:00", to: "2026-11-23 18:00", calendar: "Work",
				status: summarizer.Tentative, reason: "usually Tuesday 10:00"}),
		"25":      brief(t, berlin, "2026-11-23", 29, crowded...),
		"many":    brief(t, berlin, "2026-11-23", 63, many...),
		"all-day": brief(t, berlin, "2026-11-23", 2, event{title: "Moving house", from: "2026-11-23", to: "2026-11-24"}),
		"midnight-to-midnight": brief(t, berlin, "2026-11-23", 1,
			event{title: "Maintenance", from: "2026-11-23 00:00", to: "2026-11-24 00:00"}),
		"until-midnight":       brief(t, berlin, "2026-11-23", 1, event{title: "Play", from: "2026-11-23 20:00", to: "2026-11-24 00:00"}),
		"multi-day-first":      brief(t, berlin, "2026-11-23", 1, event{title: "Trade fair", from: "2026-11-23", to: "2026-11-28"}),
		"multi-day-middle":     brief(t, berlin, "2026-11-25", 1, event{title: "Trade fair", from: "2026-11-23", to: "2026-11-28"}),
		"multi-day-last":       brief(t, berlin, "2026-11-27", 1, event{title: "Trade fair", from: "2026-11-23", to: "2026-11-28"}),
		"multi-day-very-long":  brief(t, berlin, "2026-11-27", 1, event{title: "Sabbatical", from: "2026-03-01", to: "2027-03-01"}),
		"multi-day-by-clock-1": brief(t, berlin, "2026-11-23", 1, event{title: "Retreat", from: "2026-11-23 14:00", to: "2026-11-26 11:00"}),
		"multi-day-by-clock-2": brief(t, berlin, "2026-11-24", 1, event{title: "Retreat", from: "2026-11-23 14:00", to: "2026-11-26 11:00"}),
		"multi-day-by-clock-4": brief(t, berlin, "2026-11-26", 1, event{title: "Retreat", from: "2026-11-23 14:00", to: "2026-11-26 11:00"}),
		"midnight-out":         brief(t, berlin, "2026-11-23", 1, event{title: "Night train", from: "2026-11-23 22:15", to: "2026-11-24 06:40"}),
		"midnight-in":          brief(t, berlin, "2026-11-24", 1, event{title: "Night train", from: "2026-11-23 22:15", to: "2026-11-24 06:40"}),
		"clocks-back": brief(t, berlin, "2026-10-25", 3,
			event{title: "First pass", from: "2026-10-25T02:30:00+02:00", to: "2026-10-25T02:45:00+02:00"},
			event{title: "Both", from: "2026-10-25T02:30:00+02:00", to: "2026-10-25T02:30:00+01:00"},
			event{title: "Second pass", from: "2026-10-25T02:30:00+01:00", to: "2026-10-25T03:30:00+01:00"}),
		"clocks-back-half-an-hour": brief(t, "Australia/Lord_Howe", "2026-04-05", 1,
			event{title: "Fishing", from: "2026-04-05T01:45:00+11:00", to: "2026-04-05T01:45:00+10:30"}),
		"clocks-forward": brief(t, berlin, "2026-03-29", 1, event{title: "Night shift", from: "2026-03-29 01:30", to: "2026-03-29T03:30:00+02:00"}),
		"midnight-twice": brief(t, "America/Havana", "2026-11-01", 1,
			event{title: "Dance", from: "2026-11-01T00:30:00-04:00", to: "2026-11-01T00:30:00-05:00"}),
		"right-to-left": brief(t, "Asia/Jerusalem", "2026-11-23", 2,
			event{title: "תור לרופא שיניים", from: "2026-11-23 15:00", to: "2026-11-23 16:00", calendar: "אישי"},
			event{title: "عشاء مع ليلى", from: "2026-11-23 19:00", to: "2026-11-23 21:00"}),
		"hostile": brief(t, berlin, "2026-11-23", 9, hostile()...),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := plain.Writer{}.Write(context.Background(), b)
			if err != nil {
				t.Fatal(err)
			}
			withinLimits(t, text)
			compare(t, name, text.Headline+"\n\n"+text.Body+"\n")
		})
	}
}

func hostile() []event {
	at := func(title string) event {
		return event{title: title, from: "2026-11-23 09:00", to: "2026-11-23 10:00"}
	}
	return []event{
		at(strings.Repeat("A", 10_000)),
		at("two\nlines\r\n\tand a \x00 bell \a and \x1b[31mred"),
		at("\u202Ereversed\u202C \u2066isolated\u2069 \u200Bzero\u200Bwidth\uFEFF"),
		at("<script>alert(1)</script> & <b>Dentist</b>"),
		at("👩‍👩‍👧‍👦 family day 🏳️‍🌈 🇩🇪"),
		at("z" + strings.Repeat("\u0334\u0335\u0336", 400) + "algo"),
		at("\xff\xfe not UTF-8 \xc3"),
		at(" \t\n "),
		at("“quoted” \"as if\" «it» were said"),
	}
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant, by %s,\n%s", got, path, want)
	}
}

func withinLimits(t *testing.T, text summarizer.Text) {
	t.Helper()
	if n := utf8.RuneCountInString(text.Headline); n == 0 || n > summarizer.MaxHeadline {
		t.Errorf("the headline has %d characters: %q", n, text.Headline)
	}
	if n := utf8.RuneCountInString(text.Body); n == 0 || n > summarizer.MaxText {
		t.Errorf("the body has %d characters", n)
	}
	for _, s := range []string{text.Headline, text.Body} {
		if !utf8.ValidString(s) {
			t.Errorf("not UTF-8: %q", s)
		}
	}
}
