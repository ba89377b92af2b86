package ical

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

var loaded sync.Map // IANA name -> *time.Location; there are some 600

// LoadZone is time.LoadLocation with a cache and without the names that depend
// on the machine ("" and "Local").
func LoadZone(name string) (*time.Location, error) {
	if zone, ok := loaded.Load(name); ok {
		return zone.(*time.Location), nil
	}
	if name == "" || name == "Local" || strings.TrimSpace(name) != name {
		return nil, fmt.Errorf("no time zone is named %q", clip(name))
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("no time zone is named %q", clip(name))
	}
	loaded.Store(name, zone)
	return zone, nil
}

// FindZone finds the IANA zone that calendar programs mean by a name: an IANA
// name, also behind a prefix, the name of a Windows zone, or what Windows shows
// for it. Nil is none.
func FindZone(name string) *time.Location {
	name = strings.Trim(strings.TrimSpace(name), `"'`)
	if name == "" || len(name) > maxZoneName {
		return nil
	}
	for _, find := range []func(string) *time.Location{byName, bySuffix, byDisplayName, byOffset} {
		if zone := find(name); zone != nil {
			return zone
		}
	}
	return nil
}

const maxZoneName = 200

func byName(name string) *time.Location {
	if zone, err := LoadZone(name); err == nil {
		return zone
	}
	if iana, ok := windowsZones[strings.ToLower(name)]; ok {
		zone, _ := LoadZone(iana)
		return zone
	}
	return nil
}

// bySuffix knows names such as /mozilla.org/20050126_1/Europe/Berlin and
// /freeassociation.sourceforge.net/Tzfile/America/Argentina/Salta.
func bySuffix(name string) *time.Location {
	parts := strings.Split(name, "/")
	for _, n := range []int{3, 2} {
		if len(parts) > n {
			if zone, err := LoadZone(path.Join(parts[len(parts)-n:]...)); err == nil {
				return zone
			}
		}
	}
	return nil
}

var regions = []string{"Europe", "America", "Asia", "Africa", "Australia", "Pacific", "Atlantic", "Indian"}

// byDisplayName knows names such as "(UTC+01:00) Amsterdam, Berlin, Bern" and
// "Eastern Time (US & Canada)", and places in the wrong region.
func byDisplayName(name string) *time.Location {
	offset, hasOffset := leadingOffset(name)
	if i := strings.LastIndexByte(name, ')'); strings.HasPrefix(name, "(") && i > 0 {
		_, name, _ = strings.Cut(name, ")")
	}
	agrees := func(zone *time.Location) bool { return !hasOffset || standardOffset(zone) == offset }
	if stem, _, ok := strings.Cut(strings.TrimSpace(name), " Time"); ok {
		if zone := byName(stem + " Standard Time"); zone != nil && agrees(zone) {
			return zone
		}
	}
	for place := range strings.FieldsFuncSeq(name, func(r rune) bool { return strings.ContainsRune(",;:/()", r) }) {
		if place = strings.ReplaceAll(strings.TrimSpace(place), " ", "_"); place == "" {
			continue
		}
		for _, region := range regions {
			if zone, err := LoadZone(region + "/" + place); err == nil && agrees(zone) {
				return zone
			}
		}
	}
	return nil
}

var offsetPattern = regexp.MustCompile(`^\(?(?:UTC|GMT|Z)?\s*([+-])(\d{1,2}):?(\d{2})?\)?`)

// leadingOffset reads the offset in seconds that a name begins with, as in
// "(UTC+01:00) …" or "GMT-5".
func leadingOffset(name string) (int, bool) {
	m := offsetPattern.FindStringSubmatch(strings.ToUpper(name))
	if m == nil {
		return 0, false
	}
	hours, _ := strconv.Atoi(m[2])
	minutes, _ := strconv.Atoi("0" + m[3])
	seconds := hours*3600 + minutes*60
	if m[1] == "-" {
		seconds = -seconds
	}
	return seconds, hours <= 14
}

// byOffset knows names that are only an offset in whole hours.
func byOffset(name string) *time.Location {
	seconds, ok := leadingOffset(name)
	if !ok {
		return nil
	}
	return fixedZone(seconds)
}

// fixedZone returns the IANA zone that is always at the offset, nil if there is
// none.
func fixedZone(seconds int) *time.Location {
	if seconds%3600 != 0 {
		return nil
	}
	// POSIX counts west of Greenwich as positive.
	zone, err := LoadZone(fmt.Sprintf("Etc/GMT%+d", -seconds/3600))
	if err != nil {
		return nil
	}
	return zone
}

// standardOffset is a zone's offset without daylight saving, in seconds.
func standardOffset(zone *time.Location) int {
	_, january := time.Date(2025, 1, 15, 0, 0, 0, 0, zone).Zone()
	_, july := time.Date(2025, 7, 15, 0, 0, 0, 0, zone).Zone()
	return min(january, july)
}
