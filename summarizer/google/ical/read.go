package ical

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"strings"
	"time"
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
	limit := cmp.Or(opt.MaxBytes, defaultMaxBytes)
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read calendar: %w", err)
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("read calendar: %w", &TooLargeError{limit})
	}
	b = plain(b)
	if len(strings.TrimSpace(string(b[:min(len(b), 4096)]))) == 0 && len(b) <= 4096 {
		return nil, fmt.Errorf("read calendar: %w", ErrEmpty)
	}
	calendars := split(unfold(b))
	if len(calendars) == 0 {
		return nil, fmt.Errorf("read calendar: %w", ErrNotCalendar)
	}
	return convert(calendars, opt), nil
}

// convert joins the VCALENDARs of a file.
func convert(calendars []*vcalendar, opt Options) *Calendar {
	cal := &Calendar{}
	for _, c := range calendars {
		cal.Name = cmp.Or(cal.Name, c.properties.value("X-WR-CALNAME"))
		if cal.Zone == nil {
			cal.Zone = FindZone(c.properties.value("X-WR-TIMEZONE"))
		}
	}
	owner := opt.Owner
	if address, err := mail.ParseAddress(cal.Name); owner == "" && err == nil {
		owner = address.Address
	}
	var entries []*entry
	for _, c := range calendars {
		rd := reader{zones: newZoneTable(c.timezones, zoneFor(c, cal, opt)), owner: strings.ToLower(owner)}
		for _, event := range c.events {
			e, err := rd.read(event)
			if err != nil {
				cal.Skipped = append(cal.Skipped, Skipped{Line: event.line, UID: clip(event.value("UID")), Reason: err.Error()})
				continue
			}
			entries = append(entries, e)
		}
	}
	events, skipped := assemble(entries)
	cal.Events = events
	cal.Skipped = append(cal.Skipped, skipped...)
	sortSkipped(cal.Skipped)
	return cal
}

// zoneFor returns where floating times of a VCALENDAR hang.
func zoneFor(c *vcalendar, cal *Calendar, opt Options) *time.Location {
	if zone := FindZone(c.properties.value("X-WR-TIMEZONE")); zone != nil {
		return zone
	}
	return cmp.Or(cal.Zone, opt.Zone, time.UTC)
}
