package ical

import (
	"fmt"
	"strings"
	"time"
)

// stamp is a DATE or DATE-TIME value as it is written: what a clock shows, of
// which other properties may say where it hangs.
type stamp struct {
	wall time.Time // in UTC, whatever the zone
	date bool      // no time of day
	utc  bool      // written with Z or an offset
}

// Layouts of real files, the standard's three first.
var stampLayouts = []struct {
	layout    string
	date, utc bool
}{
	{layout: "20060102", date: true},
	{layout: "20060102T150405"},
	{layout: "20060102T150405Z", utc: true},
	{layout: "20060102T1504"},
	{layout: "20060102T1504Z", utc: true},
	{layout: "20060102T150405Z0700", utc: true},
	{layout: "2006-01-02", date: true},
	{layout: "2006-01-02T15:04:05"},
	{layout: "2006-01-02T15:04:05Z07:00", utc: true},
}

// parseStamp reads one value; what the value looks like counts, not what a VALUE
// parameter says of it.
func parseStamp(s string) (stamp, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	for _, l := range stampLayouts {
		if len(s) != len(l.layout) && !strings.Contains(l.layout, "0700") && !strings.Contains(l.layout, "07:00") {
			continue
		}
		if t, err := time.Parse(l.layout, s); err == nil {
			return stamp{wall: t.UTC(), date: l.date, utc: l.utc}, nil
		}
	}
	return stamp{}, fmt.Errorf("%q is no date or time that exists", clip(s))
}

// in returns the instant that the stamp means to somebody whose clock shows
// zone.
func (s stamp) in(zone *time.Location) time.Time {
	if s.utc {
		return s.wall.In(zone)
	}
	return Local(s.wall, zone)
}

// midnight returns the stamp's date at midnight UTC.
func (s stamp) midnight() time.Time { return s.wall.Truncate(24 * time.Hour) }

// parseUntil reads UNTIL into the exclusive end of a rule, on the clocks of zone.
// A date takes in the whole of that day.
func parseUntil(value string, zone *time.Location, allDay bool) (time.Time, error) {
	s, err := parseStamp(value)
	switch {
	case err != nil:
		return time.Time{}, fmt.Errorf("UNTIL: %w", err)
	case s.date || allDay:
		return s.midnight().AddDate(0, 0, 1), nil
	default:
		return wall(s.in(zone)).Add(time.Second), nil
	}
}

// splitRecurrenceLine takes a line such as EXDATE;TZID=Europe/Berlin:20261126T100000 apart.
func splitRecurrenceLine(text string) (name string, params map[string]string, value string, err error) {
	if !isProperty([]byte(text)) {
		return "", nil, "", fmt.Errorf("%q is not written NAME:value", clip(text))
	}
	p, err := parseProperty(propertyName([]byte(text)), line{text: []byte(text)})
	if err != nil {
		return "", nil, "", fmt.Errorf("%q is not written NAME:value", clip(text))
	}
	return p.name, p.params, p.value, nil
}

// parseDateLine reads an RDATE or EXDATE line of a resource, whose TZID is a
// name that others know.
func parseDateLine(name string, params map[string]string, value string, start time.Time, allDay bool) ([]time.Time, error) {
	in := start.Location()
	if id, ok := params["TZID"]; ok {
		if in = FindZone(id); in == nil {
			return nil, fmt.Errorf("%s: TZID %q is no time zone", name, clip(id))
		}
	}
	dates, err := parseDates(value, in, start, allDay)
	if err != nil {
		return nil, fmt.Errorf("%s %q: %w", name, clip(value), err)
	}
	return dates, nil
}

// parseDates reads the value of an RDATE or EXDATE, whose times hang in zone
// `in`, of a series that starts at start. Of periods only the starts count, and
// a mere date in a timed series means the occurrence on that day.
func parseDates(value string, in *time.Location, start time.Time, allDay bool) ([]time.Time, error) {
	var dates []time.Time
	for part := range strings.SplitSeq(value, ",") {
		part, _, _ = strings.Cut(part, "/")
		if strings.TrimSpace(part) == "" {
			continue
		}
		s, err := parseStamp(part)
		if err != nil {
			return nil, err
		}
		dates = append(dates, s.occurrence(in, start, allDay))
	}
	return dates, nil
}

// occurrence returns the start of the occurrence that the stamp, whose time
// hangs in zone `in`, means in a series that starts at start.
func (s stamp) occurrence(in *time.Location, start time.Time, allDay bool) time.Time {
	switch zone := start.Location(); {
	case allDay && s.utc && !s.wall.Equal(s.midnight()):
		return wall(s.wall.In(in)).Truncate(24 * time.Hour) // a midnight elsewhere
	case allDay:
		return s.midnight()
	case s.date:
		clock := wall(start)
		return Local(s.midnight().Add(clock.Sub(clock.Truncate(24*time.Hour))), zone)
	default:
		return s.in(in).In(zone)
	}
}
