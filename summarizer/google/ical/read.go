package ical

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"slices"
	"strings"
	"time"

	"foreday/summarizer/google/recur"
)

// Errors of files that are no calendar.
var (
	ErrEmpty       = errors.New("the file is empty")
	ErrNotCalendar = errors.New("not an iCalendar file: no BEGIN:VCALENDAR")
)

// TooLargeError says that a file is longer than Options.MaxBytes.
type TooLargeError struct{ MaxBytes int64 }

// Error implements error.
func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the file is larger than the %d MiB that are read; export a shorter span of time", e.MaxBytes>>20)
}

const defaultMaxBytes = 64 << 20

// Read reads an .ics file. Several VCALENDARs in it are one calendar; tasks,
// journals and free/busy times are left out. Its errors are ErrEmpty,
// ErrNotCalendar, a *TooLargeError and those of r; an event that cannot be read
// is no error, but listed in Calendar.Skipped.
func Read(r io.Reader, opt Options) (*Calendar, error) {
	b, err := readBounded(r, cmp.Or(opt.MaxBytes, defaultMaxBytes))
	if err != nil {
		return nil, err
	}
	return parse(b, opt)
}

// parse is Read for what has been read.
func parse(b []byte, opt Options) (*Calendar, error) {
	b = plain(b)
	if len(bytes.TrimSpace(b)) == 0 {
		return nil, fmt.Errorf("read calendar: %w", ErrEmpty)
	}
	cal := &Calendar{}
	calendars := split(b, cal)
	if len(calendars) == 0 {
		return nil, fmt.Errorf("read calendar: %w", ErrNotCalendar)
	}
	cal.join(calendars, opt)
	return cal, nil
}

// join joins the VCALENDARs of a file.
func (cal *Calendar) join(calendars []*vcalendar, opt Options) {
	for _, c := range calendars {
		zone, _ := c.zone()
		cal.Name, cal.Zone = cmp.Or(cal.Name, c.properties.value("X-WR-CALNAME")), cmp.Or(cal.Zone, zone)
	}
	owner := opt.Owner
	if address, err := mail.ParseAddress(cal.Name); owner == "" && err == nil {
		owner = address.Address
	}
	var entries []*entry
	for _, c := range calendars {
		own, name := c.zone()
		zone := cmp.Or(own, cal.Zone, opt.Zone, time.UTC)
		if name != nil && own == nil {
			cal.note(name.line, "%s %q is no time zone that is known; times that name none are read in %s", name.name, recur.Clip(name.value), zone)
		}
		rd := reader{zones: newZoneTable(c.timezones, zone, cal), owner: strings.ToLower(owner), cal: cal}
		for _, event := range c.events {
			e, err := rd.read(event)
			if err != nil {
				cal.Skipped = append(cal.Skipped, Skipped{Line: event.line, UID: recur.Clip(event.value("UID")), Reason: err.Error()})
				continue
			}
			entries = append(entries, e)
		}
	}
	cal.assemble(entries)
	slices.SortStableFunc(cal.Notes, func(a, b Note) int { return cmp.Compare(a.Line, b.Line) })
}

// zone returns the zone that a VCALENDAR names for times that name none, nil if it
// names none that is known, and what names it. TZ is vCalendar 1.0.
func (c *vcalendar) zone() (*time.Location, *property) {
	for _, name := range []string{"X-WR-TIMEZONE", "TZ"} {
		if p := c.properties.get(name); p != nil && strings.TrimSpace(p.value) != "" {
			return FindZone(p.value), p
		}
	}
	return nil, nil
}
