package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"google.golang.org/api/calendar/v3"

	"foreday/summarizer"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/google/ical"
)

// Exported calendars: files, addresses, and what comes on stdin.

// loaded is what was read from calendar files.
type loaded struct {
	calendars int
	events    int
	zone      *time.Location // of the first file that names one; nil if none does
	titles    map[string]bool
}

// fileCalendar is the ID of the n-th calendar that was read, from 1 on.
func fileCalendar(n int) string {
	if n == 1 {
		return "primary"
	}
	return fmt.Sprintf("file%d", n)
}

// load reads exported calendars and gives them to the user, the first as their
// primary one. What cannot be read is named on stderr, and skipped.
func (s *standIns) load(ctx context.Context, user string, files []string, zone *time.Location, out console) (loaded, error) {
	all := loaded{titles: make(map[string]bool)}
	for _, file := range files {
		calendars, err := readICS(ctx, file, zone, out.stdin)
		if err != nil {
			return loaded{}, err
		}
		for _, cal := range calendars {
			s.add(user, shownSource(file), cal, &all, out.stderr)
		}
	}
	if zone == nil && all.zone == nil {
		fmt.Fprintf(out.stderr, "foreday: %s: no time zone of its own, so its days and times are in UTC: choose another with --timezone\n",
			shownSource(files[0]))
	}
	return all, nil
}

// add gives one calendar to the user.
func (s *standIns) add(user, file string, cal *ical.Calendar, all *loaded, stderr io.Writer) {
	all.calendars++
	id := fileCalendar(all.calendars)
	if all.calendars > 1 {
		s.google.AddCalendar(user, &calendar.CalendarListEntry{Id: id, Summary: cal.Name, Selected: true})
	}
	if err := s.google.Import(user, id, cal); err != nil {
		// The rest was imported all the same.
		fmt.Fprintf(stderr, "foreday: %s: some events were left out: %s\n", file, oneLine(err))
	}
	reportSkipped(stderr, file, cal.Skipped)
	reportNotes(stderr, file, cal.Notes, cal.MoreNotes)
	all.events += len(cal.Events)
	if all.zone == nil {
		all.zone = cal.Zone
	}
	for _, e := range cal.Events {
		all.titles[strings.ToLower(e.Summary)] = true
	}
}

// shownSource is a file, or an address without what may be a secret in it: whoever knows
// the address of a published calendar can read it.
func shownSource(file string) string {
	u, err := url.Parse(file)
	if err != nil || u.Host == "" {
		return file
	}
	return u.Scheme + "://" + u.Host + "/…"
}

// readICS reads the calendars of a file; a .zip archive may hold several.
func readICS(ctx context.Context, file string, zone *time.Location, stdin io.Reader) ([]*ical.Calendar, error) {
	f, err := openICS(ctx, file, stdin)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	calendars, err := ical.ReadAll(f, file, ical.Options{Zone: zone})
	if err != nil {
		return nil, fmt.Errorf("--ics %q: %w: export it anew from the calendar", shownSource(file), err)
	}
	holdsEvents := func(cal *ical.Calendar) bool { return len(cal.Events) > 0 }
	if !slices.ContainsFunc(calendars, holdsEvents) {
		return nil, fmt.Errorf("--ics %q: %w: export another calendar, or this one anew", shownSource(file), errNoEvents(calendars[0]))
	}
	return calendars, nil
}

func errNoEvents(cal *ical.Calendar) error {
	if n := len(cal.Skipped); n > 0 {
		return fmt.Errorf("none of its %d events can be read; the first: line %d: %s", n, cal.Skipped[0].Line, cal.Skipped[0].Reason)
	}
	return errors.New("it holds no events")
}

// shownSkips bounds how many skipped events are named one by one.
const shownSkips = 5

func reportSkipped(stderr io.Writer, file string, skipped []ical.Skipped) {
	for i, s := range skipped {
		if i == shownSkips {
			fmt.Fprintf(stderr, "foreday: %s: and %d more skipped\n", file, len(skipped)-shownSkips)
			return
		}
		fmt.Fprintf(stderr, "foreday: %s line %d: event skipped: %s\n", file, s.Line, visibleText(s.Reason))
	}
}

// reportNotes says what was not taken as it is written.
func reportNotes(stderr io.Writer, file string, notes []ical.Note, more int) {
	for _, n := range notes[:min(len(notes), shownSkips)] {
		place := file
		if n.Line > 0 {
			place = fmt.Sprintf("%s line %d", file, n.Line)
		}
		fmt.Fprintf(stderr, "foreday: %s: %s\n", place, visibleText(n.Text))
	}
	if more += max(0, len(notes)-shownSkips); more > 0 {
		fmt.Fprintf(stderr, "foreday: %s: and %d more of such\n", file, more)
	}
}

// reason leaves out the operation and the file, which the message names already.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// fetchPatience is how long it may take to fetch a calendar from an address.
const fetchPatience = 30 * time.Second

// openICS opens an exported calendar: a file, an address, or "-" for stdin.
func openICS(ctx context.Context, name string, stdin io.Reader) (io.ReadCloser, error) {
	scheme, rest, _ := strings.Cut(name, "://")
	switch {
	case name == "":
		return nil, badSetting("--ics", name, "give an exported .ics file, its address, or - for stdin")
	case name == "-":
		return io.NopCloser(stdin), nil
	case strings.EqualFold(scheme, "webcal"), strings.EqualFold(scheme, "webcals"):
		return fetchICS(ctx, name, "https://"+rest)
	case strings.EqualFold(scheme, "http"), strings.EqualFold(scheme, "https"):
		return fetchICS(ctx, name, name)
	case rest != "":
		return nil, badSetting("--ics", withoutPassword(name), "want a file, or an address that begins with https://, http:// or webcal://")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, badSetting("--ics", name, reason(err)+": give an exported .ics file")
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, badSetting("--ics", name, "is a folder; give an exported .ics file")
	}
	return f, nil
}

// fetchICS gets a published calendar. Such an address is often a secret by itself,
// so that only its host is told of.
func fetchICS(ctx context.Context, name, address string) (io.ReadCloser, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, badSetting("--ics", withoutPassword(name), "is no address: want one like https://host/calendar.ics")
	}
	failed := func(problem string) error {
		return fmt.Errorf("--ics: the calendar at %s cannot be fetched: %s: %s", u.Host, problem,
			"check the address in a browser, or download the file and give that")
	}
	ctx, cancel := context.WithTimeout(ctx, fetchPatience)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		cancel()
		return nil, failed("it is no address")
	}
	request.Header.Set("Accept", "text/calendar, */*;q=0.5")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		cancel()
		return nil, failed(withoutAddress(err))
	}
	body := fetched{response.Body, cancel}
	switch kind := response.Header.Get("Content-Type"); {
	case response.StatusCode != http.StatusOK:
		err = failed("it answers " + response.Status)
	case strings.HasPrefix(kind, "text/html"):
		err = failed("it answers with a page, not with a calendar; the address to give is that of the calendar in iCal format")
	}
	if err != nil {
		body.Close()
		return nil, err
	}
	return body, nil
}

// withoutAddress is an error of the HTTP client without the address in it.
func withoutAddress(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Sprintf("no answer within %v", fetchPatience)
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err.Error()
	}
	return err.Error()
}

// fetched is the body of an answer, and what ends the request.
type fetched struct {
	io.ReadCloser
	cancel context.CancelFunc
}

// Close ends the request.
func (f fetched) Close() error {
	defer f.cancel()
	return f.ReadCloser.Close()
}

// reportEmptyDay says where there is something, if files hold nothing on a day.
func reportEmptyDay(stderr io.Writer, server *googletest.Server, user string, day summarizer.Day, calendars int) {
	on := func(from, to summarizer.Date) []*calendar.Event {
		var all []*calendar.Event
		for n := range calendars {
			start, end := summarizer.Day{Date: from, Zone: day.Zone}.Start(), summarizer.Day{Date: to, Zone: day.Zone}.Start()
			events, err := server.Events(user, fileCalendar(n+1), start, end)
			if err == nil { // it is there: it was loaded
				all = append(all, events...)
			}
		}
		return all
	}
	if len(on(day.Date, day.Date.AddDays(1))) > 0 {
		return
	}
	here := "this file"
	if calendars > 1 {
		here = "these files"
	}
	before, after := nearest(day, on)
	switch {
	case !before.IsZero() && after.IsZero():
		fmt.Fprintf(stderr, "foreday: nothing on that day; the last event in %s is on %s: try --date %[2]s\n", here, before)
	case before.IsZero() && !after.IsZero():
		fmt.Fprintf(stderr, "foreday: nothing on that day; the first event in %s is on %s: try --date %[2]s\n", here, after)
	case !before.IsZero():
		fmt.Fprintf(stderr, "foreday: nothing on that day; the nearest events in %s are on %s and %s: try --date %[2]s\n", here, before, after)
	default:
		fmt.Fprintf(stderr, "foreday: nothing on that day, nor at any time near it, in %s\n", here)
	}
}

// nearest returns the last day before a day on which something is, and the first
// after it; a zero date where there is none. It looks further and further, so that
// endless series are not gone through to their end.
func nearest(day summarizer.Day, on func(from, to summarizer.Date) []*calendar.Event) (before, after summarizer.Date) {
	for _, days := range []int{40, 400, 4000, 40_000} {
		if before.IsZero() {
			for _, e := range on(day.Date.AddDays(-days), day.Date) {
				if d := dateOf(e.Start, day.Zone); before.Before(d) && d.Before(day.Date) {
					before = d
				}
			}
		}
		if after.IsZero() {
			for _, e := range on(day.Date.AddDays(1), day.Date.AddDays(1+days)) {
				if d := dateOf(e.Start, day.Zone); day.Date.Before(d) && (after.IsZero() || d.Before(after)) {
					after = d
				}
			}
		}
	}
	return before, after
}

func dateOf(t *calendar.EventDateTime, zone *time.Location) summarizer.Date {
	if date, err := summarizer.ParseDate(t.Date); err == nil {
		return date
	}
	at, _ := time.Parse(time.RFC3339, t.DateTime) // the server wrote it
	return summarizer.DateOf(at.In(zone))
}
