package calendarfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"foreday/cmd/foreday/internal/wiring"
	"foreday/summarizer/google/ical"
)

// ShownName is a file, or an address without what may be a secret in it: whoever knows
// the address of a published calendar can read it.
func ShownName(file string) string {
	u, err := url.Parse(file)
	if err != nil || u.Host == "" {
		return file
	}
	return u.Scheme + "://" + u.Host + "/…"
}

// Read reads the calendars of a file; a .zip archive may hold several.
func Read(ctx context.Context, file string, zone *time.Location, stdin io.Reader) ([]*ical.Calendar, error) {
	f, err := openICS(ctx, file, stdin)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	calendars, err := ical.ReadAll(f, file, ical.Options{Zone: zone})
	if err != nil {
		return nil, fmt.Errorf("--ics %q: %w: export it anew from the calendar", ShownName(file), err)
	}
	holdsEvents := func(cal *ical.Calendar) bool { return len(cal.Events) > 0 }
	if !slices.ContainsFunc(calendars, holdsEvents) {
		return nil, fmt.Errorf("--ics %q: %w: export another calendar, or this one anew", ShownName(file), errNoEvents(calendars[0]))
	}
	return calendars, nil
}

func errNoEvents(cal *ical.Calendar) error {
	if n := len(cal.Skipped); n > 0 {
		return fmt.Errorf("none of its %d events can be read; the first: line %d: %s", n, cal.Skipped[0].Line, cal.Skipped[0].Reason)
	}
	return errors.New("it holds no events")
}

// fetchPatience is how long it may take to fetch a calendar from an address.
const fetchPatience = 30 * time.Second

// openICS opens an exported calendar: a file, an address, or "-" for stdin.
func openICS(ctx context.Context, name string, stdin io.Reader) (io.ReadCloser, error) {
	scheme, rest, _ := strings.Cut(name, "://")
	switch {
	case name == "":
		return nil, wiring.BadSetting("--ics", name, "give an exported .ics file, its address, or - for stdin")
	case name == "-":
		return io.NopCloser(stdin), nil
	case strings.EqualFold(scheme, "webcal"), strings.EqualFold(scheme, "webcals"):
		return fetchICS(ctx, name, "https://"+rest)
	case strings.EqualFold(scheme, "http"), strings.EqualFold(scheme, "https"):
		return fetchICS(ctx, name, name)
	case rest != "":
		return nil, wiring.BadSetting("--ics", wiring.WithoutPassword(name),
			"want a file, or an address that begins with https://, http:// or webcal://")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, wiring.BadSetting("--ics", name, wiring.Reason(err)+": give an exported .ics file")
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, wiring.BadSetting("--ics", name, "is a folder; give an exported .ics file")
	}
	return f, nil
}

// fetchICS gets a published calendar. Such an address is often a secret by itself,
// so that only its host is told of.
func fetchICS(ctx context.Context, name, address string) (io.ReadCloser, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, wiring.BadSetting("--ics", wiring.WithoutPassword(name), "is no address: want one like https://host/calendar.ics")
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
