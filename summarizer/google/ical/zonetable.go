package ical

import (
	"strings"
	"time"
)

// zoneTable finds the zones of one VCALENDAR's TZIDs.
type zoneTable struct {
	calendar *time.Location        // for what names none, or none that is known
	defined  map[string]*component // VTIMEZONEs by TZID
	known    map[string]tzZone
}

// tzZone is what a TZID stands for. Custom zones have no name that others know,
// so they have two locations.
type tzZone struct {
	exact *time.Location // for reading times
	iana  *time.Location // for series, which must name their zone
}

func newZoneTable(timezones []*component, calendar *time.Location) *zoneTable {
	t := &zoneTable{calendar: calendar, defined: map[string]*component{}, known: map[string]tzZone{}}
	for _, c := range timezones {
		if id := c.value("TZID"); id != "" && len(t.defined) < maxZones {
			t.defined[id] = c
		}
	}
	return t
}

// find returns the zone of a TZID; that of "", and of one that cannot be made
// out, is the calendar's.
func (t *zoneTable) find(tzid string) tzZone {
	tzid = strings.TrimSpace(tzid)
	if zone, ok := t.known[tzid]; ok {
		return zone
	}
	zone := t.resolve(tzid)
	if len(t.known) < 10*maxZones {
		t.known[tzid] = zone
	}
	return zone
}

func (t *zoneTable) resolve(tzid string) tzZone {
	same := func(zone *time.Location) tzZone { return tzZone{zone, zone} }
	if tzid == "" {
		return same(t.calendar)
	}
	for _, find := range []func(string) *time.Location{byName, bySuffix} {
		if zone := find(tzid); zone != nil {
			return same(zone)
		}
	}
	definition := t.defined[tzid]
	if definition == nil {
		if zone := FindZone(tzid); zone != nil {
			return same(zone)
		}
		return same(t.calendar)
	}
	if zone := byName(definition.value("X-LIC-LOCATION")); zone != nil {
		return same(zone)
	}
	guess := FindZone(tzid)
	exact, err := evaluate(definition)
	if err != nil {
		if guess != nil {
			return same(guess)
		}
		return same(t.calendar)
	}
	_, offset := time.Date(2025, 1, 15, 0, 0, 0, 0, exact).Zone()
	iana, err := twin(exact, settledFrom(definition), guess, t.calendar, fixedZone(offset))
	if err == nil {
		return same(iana)
	}
	return tzZone{exact: exact, iana: iana}
}
