package recur

import (
	"fmt"
	"strings"
	"time"
)

const oneDay = 24 * time.Hour

// Value is a DATE or DATE-TIME as it is written: what a clock shows, of which
// other properties may say where it hangs.
type Value struct {
	Wall time.Time // in UTC, whatever the zone
	Date bool      // no time of day
	UTC  bool      // written with Z or an offset
}

// layouts of real files, the standard's three first.
var layouts = []struct {
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

// ParseValue reads one value; what it looks like counts, not what a VALUE parameter
// says of it.
func ParseValue(s string) (Value, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	for _, l := range layouts {
		if t, err := time.Parse(l.layout, s); err == nil {
			return Value{Wall: t.UTC().Truncate(time.Second), Date: l.date, UTC: l.utc}, nil
		}
	}
	return Value{}, fmt.Errorf("%q is no date or time that exists", Clip(s))
}

// In returns the instant that the value means to somebody whose clock shows zone.
func (v Value) In(zone *time.Location) time.Time {
	if v.UTC {
		return v.Wall.In(zone)
	}
	return Local(v.Wall, zone)
}

// Midnight returns the value's date at midnight UTC.
func (v Value) Midnight() time.Time { return v.Wall.Truncate(oneDay) }

// Occurrence returns the start of the occurrence that the value, whose time hangs
// in zone `in`, means in a series that starts at start. A mere date in a timed series
// means the occurrence on that day.
func (v Value) Occurrence(in *time.Location, start time.Time, allDay bool) time.Time {
	switch zone := start.Location(); {
	case allDay && v.UTC && !v.Wall.Equal(v.Midnight()):
		return Wall(v.Wall.In(in)).Truncate(oneDay) // a midnight elsewhere
	case allDay:
		return v.Midnight()
	case v.Date:
		clock := Wall(start)
		return Local(v.Midnight().Add(clock.Sub(clock.Truncate(oneDay))), zone)
	default:
		return v.In(in).In(zone)
	}
}

// format writes a time in UTC, that of an all-day series as a date.
func format(t time.Time, allDay bool) string {
	if allDay {
		return t.UTC().Format("20060102")
	}
	return t.UTC().Format("20060102T150405Z")
}
