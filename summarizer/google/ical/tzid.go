package ical

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"foreday/summarizer/google/recur"
)

// zoneTable finds the zones of one VCALENDAR's TZIDs.
type zoneTable struct {
	calendar *time.Location        // for what names none, or none that is known
	defined  map[string]*component // VTIMEZONEs by TZID, in lower case
	known    map[string]*time.Location
	custom   int       // how many VTIMEZONEs were evaluated
	cal      *Calendar // for notes
}

// maxZones bounds the VTIMEZONEs that are evaluated in one file.
const maxZones = 1000

func newZoneTable(timezones []*component, calendar *time.Location, cal *Calendar) *zoneTable {
	t := &zoneTable{calendar: calendar, defined: map[string]*component{}, known: map[string]*time.Location{}, cal: cal}
	for _, c := range timezones {
		if id := strings.ToLower(c.value("TZID")); id != "" {
			t.defined[id] = c
		}
	}
	return t
}

// find returns the zone of a TZID. One that has no name that others know has none
// either, see isCustom. That is said, and if a zone cannot be made out, once: its times
// hang in the calendar's zone then, as those without a TZID do.
func (t *zoneTable) find(tzid string, line int) *time.Location {
	zone, ok := t.known[tzid]
	if !ok {
		var problem string
		if zone, problem = t.resolve(tzid); problem != "" {
			t.cal.note(line, "TZID %q %s", recur.Clip(tzid), problem)
		}
		t.known[tzid] = zone // as many as the file has
	}
	return zone
}

// isCustom reports whether a zone is one of the file's own, or a mere offset. Its times
// are written in UTC, as a resource can only name zones that others know.
func isCustom(zone *time.Location) bool { return zone.String() == "" }

// resolve returns the zone, or what is closest to it, and what is wrong with it, if
// anything is.
func (t *zoneTable) resolve(tzid string) (zone *time.Location, problem string) {
	problem = "is no time zone that is known"
	if definition := t.defined[strings.ToLower(tzid)]; definition != nil {
		// A short name such as EST may be defined as something else than IANA does.
		if strings.ContainsAny(tidyZoneName(tzid), "/ ") {
			zone = knownZone(tzid)
		}
		if zone = cmp.Or(zone, FindZone(definition.value("X-LIC-LOCATION"))); zone != nil {
			return zone, ""
		}
		err := fmt.Errorf("more than %d VTIMEZONEs", maxZones)
		if t.custom++; t.custom <= maxZones {
			zone, err = evaluate(definition)
		}
		switch {
		case err != nil:
			problem = fmt.Sprintf("cannot be made out: %v", err)
		case isCustom(zone):
			return zone, problem + "; its times are read by the file's own rules, and named in UTC"
		default:
			return zone, ""
		}
	}
	if zone := FindZone(tzid); zone != nil {
		return zone, ""
	}
	seconds, _, ok := cutOffset(tidyZoneName(tzid))
	if !ok {
		return t.calendar, fmt.Sprintf("%s; its times are read in %s", problem, t.calendar)
	}
	zone = cmp.Or(zoneAt(seconds), time.FixedZone("", seconds))
	return zone, fmt.Sprintf("%s; its times are read at UTC%s all year", problem, offsetText(seconds))
}
