package ical

import (
	"fmt"
	"strings"
	"time"
)

// zoneTable finds the zones of one VCALENDAR's TZIDs.
type zoneTable struct {
	calendar *time.Location        // for what names none, or none that is known
	defined  map[string]*component // VTIMEZONEs by TZID, in lower case
	known    map[string]tzZone
	custom   int // how many VTIMEZONEs were evaluated
	notes    *notes
}

// tzZone is what a TZID stands for. Custom zones have no name that others know,
// so they have two locations.
type tzZone struct {
	exact *time.Location // for reading times
	iana  *time.Location // for series, which must name their zone
}

func newZoneTable(timezones []*component, calendar *time.Location, notes *notes) *zoneTable {
	t := &zoneTable{calendar: calendar, defined: map[string]*component{}, known: map[string]tzZone{}, notes: notes}
	for _, c := range timezones {
		if id := strings.ToLower(c.value("TZID")); id != "" {
			t.defined[id] = c
		}
	}
	return t
}

// find returns the zone of a TZID. One that cannot be made out is said, once: its
// times hang in the calendar's zone, as those without a TZID do.
func (t *zoneTable) find(tzid string, line int) tzZone {
	tzid = strings.TrimSpace(tzid)
	if tzid == "" {
		return tzZone{t.calendar, t.calendar}
	}
	if zone, ok := t.known[tzid]; ok {
		return zone
	}
	zone, problem := t.resolve(tzid)
	if problem != "" {
		t.notes.add(line, "TZID %q %s", clip(tzid), problem)
	}
	t.known[tzid] = zone // as many as the file has
	return zone
}

func same(zone *time.Location) tzZone { return tzZone{zone, zone} }

// resolve returns the zone, and what is wrong with it, if anything is.
func (t *zoneTable) resolve(tzid string) (tzZone, string) {
	definition := t.defined[strings.ToLower(tzid)]
	tidy := tidyZoneName(tzid)
	// A short name such as EST may be defined as something else than IANA does.
	if definition == nil || strings.ContainsAny(tidy, "/ ") {
		for _, find := range []func(string) *time.Location{byName, bySuffix} {
			if zone := find(tidy); zone != nil {
				return same(zone), ""
			}
		}
	}
	if definition != nil {
		return t.evaluate(tzid, definition)
	}
	if zone := FindZone(tzid); zone != nil {
		return same(zone), ""
	}
	return t.unknown(tzid, "is no time zone that is known")
}

// unknown returns what is closest to a zone that cannot be made out.
func (t *zoneTable) unknown(tzid, problem string) (tzZone, string) {
	seconds, rest, ok := cutOffset(tidyZoneName(tzid))
	if !ok {
		return same(t.calendar), fmt.Sprintf("%s; its times are read in %s", problem, t.calendar)
	}
	zone := fixedZone(seconds)
	if zone == nil {
		zone = time.UTC
	}
	offset := time.Date(2000, 1, 1, 0, 0, 0, 0, time.FixedZone("", seconds)).Format("-07:00")
	exact := tzZone{time.FixedZone("UTC"+offset, seconds), zone}
	if rest == "" {
		return exact, fmt.Sprintf("has no name that others know; its series are kept in %s", zone)
	}
	return exact, fmt.Sprintf("%s; its times are read at UTC%s all year", problem, offset)
}

// evaluate reads a VTIMEZONE.
func (t *zoneTable) evaluate(tzid string, definition *component) (tzZone, string) {
	if zone := FindZone(definition.value("X-LIC-LOCATION")); zone != nil {
		return same(zone), ""
	}
	guess := FindZone(tzid)
	exact, first, last, err := (*time.Location)(nil), time.Time{}, time.Time{}, fmt.Errorf("more than %d VTIMEZONEs", maxZones)
	if t.custom++; t.custom <= maxZones {
		exact, first, last, err = evaluate(definition)
	}
	if err != nil {
		if guess != nil {
			return same(guess), ""
		}
		return t.unknown(tzid, fmt.Sprintf("cannot be made out: %v", err))
	}
	_, offset := time.Date(2025, 1, 15, 0, 0, 0, 0, exact).Zone()
	candidates := []*time.Location{guess, t.calendar, fixedZone(offset)}
	end := time.Date(lastYear, 1, 1, 0, 0, 0, 0, time.UTC)
	iana, err := twin(exact, first, end, candidates...)
	if err == nil {
		return same(iana), ""
	}
	// A definition for a few years only, such as those of the file's events, stands
	// for the zone that it is in these years.
	settled := settledFrom(definition)
	if last.Before(settled) {
		settled, end = first, last
	}
	if iana, err = twin(exact, settled, end, candidates...); err != nil {
		return tzZone{exact: exact, iana: iana}, fmt.Sprintf("behaves like no zone that is known; its series are kept in %s", iana)
	}
	return tzZone{exact: exact, iana: iana}, ""
}
