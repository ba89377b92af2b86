package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"google.golang.org/api/calendar/v3"

	"foreday/summarizer/google/googletest"
	"foreday/summarizer/google/ical"
	"foreday/summarizer/openai/openaitest"
)

// standIns are a Google Calendar and a model on one loopback port. They speak
// the real protocols: everything else reaches them through the real clients.
type standIns struct {
	google *googletest.Server
	model  *openaitest.Server
	url    string
	server *http.Server
}

// standInModel is the name of the model that is none.
const standInModel = "stand-in"

// startStandIns listens on a port of loopback, 0 for a free one.
func startStandIns(port int, g googletest.Config, m openaitest.Config) (*standIns, error) {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return nil, fmt.Errorf("listen for the stand-ins: %w: choose another --port", err)
	}
	s := &standIns{google: googletest.New(g), model: openaitest.New(m), url: "http://" + listener.Addr().String()}
	mux := http.NewServeMux()
	mux.Handle("/", s.google)
	mux.Handle("/v1/", s.model)
	s.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go s.server.Serve(listener) // ends with Close
	return s, nil
}

func (s *standIns) close() { s.server.Close() }

// pagesOfFiles bounds the pages that are read of a stand-in's calendar: it costs nobody
// but the one who gave the file, and may be far larger than Google's.
const pagesOfFiles = 1000

// useGoogle points the Google settings at the stand-in.
func (s *standIns) useGoogle(g *GoogleSettings) {
	*g = GoogleSettings{GoogleEndpoint: s.url, TokenURL: s.url + "/broker", TokenEndpoint: s.url + "/token", pages: pagesOfFiles}
}

func (s *standIns) useModel(m *ModelSettings) {
	*m = ModelSettings{BaseURL: s.url + "/v1", Model: standInModel, APIKey: "sandbox"}
}

// loaded is what was read from calendar files.
type loaded struct {
	calendars int
	events    int
	skipped   int
	zone      *time.Location // of the first file that names one; nil if none does
	titles    map[string]bool
}

// load reads exported calendars and gives them to the user, the first as their
// primary one. What cannot be read is named on stderr, and skipped.
func (s *standIns) load(user string, files []string, zone *time.Location, stderr io.Writer) (loaded, error) {
	all := loaded{titles: make(map[string]bool)}
	for _, file := range files {
		calendars, err := readICS(file, zone)
		if err != nil {
			return loaded{}, err
		}
		for _, cal := range calendars {
			s.add(user, file, cal, &all, stderr)
		}
	}
	return all, nil
}

// add gives one calendar to the user.
func (s *standIns) add(user, file string, cal *ical.Calendar, all *loaded, stderr io.Writer) {
	id := "primary"
	if all.calendars++; all.calendars > 1 {
		id = s.google.AddCalendar(user, &calendar.CalendarListEntry{Id: fmt.Sprintf("file%d", all.calendars), Summary: cal.Name, Selected: true})
	}
	if err := s.google.Import(user, id, cal); err != nil {
		// The rest was imported all the same.
		fmt.Fprintf(stderr, "foreday: %s: some events were left out: %s\n", file, oneLine(err))
	}
	reportSkipped(stderr, file, cal.Skipped)
	reportNotes(stderr, file, cal.Notes, cal.MoreNotes)
	all.events += len(cal.Events)
	all.skipped += len(cal.Skipped)
	if all.zone == nil {
		all.zone = cal.Zone
	}
	for _, e := range cal.Events {
		all.titles[strings.ToLower(e.Summary)] = true
	}
}

// readICS reads the calendars of a file; a .zip archive may hold several.
func readICS(file string, zone *time.Location) ([]*ical.Calendar, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, badSetting("--ics", file, reason(err)+": give an exported .ics file")
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, badSetting("--ics", file, "is a folder; give an exported .ics file")
	}
	calendars, err := ical.ReadAll(f, file, ical.Options{Zone: zone})
	if err != nil {
		return nil, fmt.Errorf("--ics %q: %w: export it anew from the calendar", file, err)
	}
	holdsEvents := func(cal *ical.Calendar) bool { return len(cal.Events) > 0 }
	if !slices.ContainsFunc(calendars, holdsEvents) {
		return nil, fmt.Errorf("--ics %q: %w: export another calendar, or this one anew", file, errNoEvents(calendars[0]))
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
		fmt.Fprintf(stderr, "foreday: %s: %s\n", place, n.Text)
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
