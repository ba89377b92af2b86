package calendarfile

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"google.golang.org/api/calendar/v3"

	"foreday/cmd/foreday/internal/terminal"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/google/ical"
)

// Loaded is what was read from calendar files.
type Loaded struct {
	Calendars int
	Events    int
	Zone      *time.Location // of the first file that names one; nil if none does
	Titles    map[string]bool
}

// fileCalendar is the ID of the n-th calendar that was read, from 1 on.
func fileCalendar(n int) string {
	if n == 1 {
		return "primary"
	}
	return fmt.Sprintf("file%d", n)
}

// Load reads exported calendars and gives them to a user of the stand-in, the
// first as their primary one. What cannot be read is named on stderr, and skipped.
func Load(
	ctx context.Context, server *googletest.Server, user string, files []string, zone *time.Location, stdin io.Reader, stderr io.Writer,
) (Loaded, error) {
	all := Loaded{Titles: make(map[string]bool)}
	for _, file := range files {
		calendars, err := Read(ctx, file, zone, stdin)
		if err != nil {
			return Loaded{}, err
		}
		for _, cal := range calendars {
			all.add(server, user, ShownName(file), cal, stderr)
		}
	}
	if zone == nil && all.Zone == nil {
		fmt.Fprintf(stderr, "foreday: %s: no time zone of its own, so its days and times are in UTC: choose another with --timezone\n",
			ShownName(files[0]))
	}
	return all, nil
}

// add gives one calendar to the user.
func (all *Loaded) add(server *googletest.Server, user, file string, cal *ical.Calendar, stderr io.Writer) {
	all.Calendars++
	id := fileCalendar(all.Calendars)
	if all.Calendars > 1 {
		server.AddCalendar(user, &calendar.CalendarListEntry{Id: id, Summary: cal.Name, Selected: true})
	}
	if err := server.Import(user, id, cal); err != nil {
		// The rest was imported all the same.
		fmt.Fprintf(stderr, "foreday: %s: some events were left out: %s\n", file, terminal.OneLine(err.Error()))
	}
	reportSkipped(stderr, file, cal.Skipped)
	reportNotes(stderr, file, cal.Notes, cal.MoreNotes)
	all.Events += len(cal.Events)
	if all.Zone == nil {
		all.Zone = cal.Zone
	}
	for _, e := range cal.Events {
		all.Titles[strings.ToLower(e.Summary)] = true
	}
}

// shownSkips bounds how many skipped events are named one by one.
const shownSkips = 5

func reportSkipped(stderr io.Writer, file string, skipped []ical.Skipped) {
	for i, s := range skipped {
		if i == shownSkips {
			fmt.Fprintf(stderr, "foreday: %s: and %d more skipped\n", file, len(skipped)-shownSkips)
			return
		}
		fmt.Fprintf(stderr, "foreday: %s line %d: event skipped: %s\n", file, s.Line, terminal.VisibleText(s.Reason))
	}
}

// reportNotes says what was not taken as it is written.
func reportNotes(stderr io.Writer, file string, notes []ical.Note, more int) {
	for _, n := range notes[:min(len(notes), shownSkips)] {
		place := file
		if n.Line > 0 {
			place = fmt.Sprintf("%s line %d", file, n.Line)
		}
		fmt.Fprintf(stderr, "foreday: %s: %s\n", place, terminal.VisibleText(n.Text))
	}
	if more += max(0, len(notes)-shownSkips); more > 0 {
		fmt.Fprintf(stderr, "foreday: %s: and %d more of such\n", file, more)
	}
}
