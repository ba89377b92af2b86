package ical

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:generate go run gen_zones.go windowsZones.json windowsZones.xml

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
// name, also behind a prefix or in another case, the name of a Windows zone, or
// what Windows shows for it. Nil is none. Only names in its tables cost a look at
// the zone files.
func FindZone(name string) *time.Location {
	name = tidyZoneName(name)
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

// tidyZoneName drops what surrounds a name: quotes, and the prefix of Microsoft's
// addresses of zones.
func tidyZoneName(name string) string {
	name = strings.TrimSpace(strings.Trim(strings.TrimSpace(name), `"'`))
	if rest, ok := cutPrefixFold(name, "tzone://Microsoft/"); ok {
		return rest
	}
	return name
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// otherNames are names that neither IANA nor Windows has, in lower case.
var otherNames = map[string]string{
	"z": "UTC", "greenwich mean time": "Etc/GMT", "british summer time": "Europe/London", "bst": "Europe/London",
	"pst": "America/Los_Angeles", "pdt": "America/Los_Angeles", "mdt": "America/Denver",
	"cst": "America/Chicago", "cdt": "America/Chicago", "edt": "America/New_York",
	"us/est": "America/New_York", "us/cst": "America/Chicago", "us/mst": "America/Denver", "us/pst": "America/Los_Angeles",
	"us/edt": "America/New_York", "us/cdt": "America/Chicago", "us/mdt": "America/Denver", "us/pdt": "America/Los_Angeles",
	"us/akst": "America/Anchorage", "us/akdt": "America/Anchorage", "us/hst": "Pacific/Honolulu",
	"akst": "America/Anchorage", "akdt": "America/Anchorage", "cest": "Europe/Berlin", "mez": "Europe/Berlin", "mesz": "Europe/Berlin",
	"eest": "Europe/Athens", "west": "Europe/Lisbon", "msk": "Europe/Moscow", "jst": "Asia/Tokyo", "kst": "Asia/Seoul",
	"sgt": "Asia/Singapore", "hkt": "Asia/Hong_Kong", "aest": "Australia/Brisbane", "aedt": "Australia/Sydney",
	"acst": "Australia/Darwin", "awst": "Australia/Perth", "nzst": "Pacific/Auckland", "nzdt": "Pacific/Auckland",
}

// byName knows names as they are in the tables, in any case.
func byName(name string) *time.Location {
	name = strings.ToLower(name)
	iana := ianaZones[strings.ReplaceAll(name, " ", "_")]
	for _, table := range []map[string]string{windowsZones, otherNames} {
		if iana == "" {
			iana = table[name]
		}
	}
	if iana == "" {
		return nil
	}
	zone, _ := LoadZone(iana) // nil on an error, which only a machine without zone files has
	return zone
}

// bySuffix knows names such as /mozilla.org/20050126_1/Europe/Berlin and
// /freeassociation.sourceforge.net/Tzfile/America/Argentina/Salta.
func bySuffix(name string) *time.Location {
	parts := strings.Split(name, "/")
	for _, n := range []int{3, 2, 1} {
		if len(parts) <= n || n == 1 && parts[0] != "" {
			continue
		}
		if zone := byName(strings.Join(parts[len(parts)-n:], "/")); zone != nil {
			return zone
		}
	}
	return nil
}

// places are the zones of the world's regions by their places alone, in lower case.
var places = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for lower, name := range ianaZones {
		for _, region := range []string{"europe/", "america/", "asia/", "africa/", "australia/", "pacific/", "atlantic/", "indian/"} {
			if place, ok := strings.CutPrefix(lower, region); ok {
				all[place] = name
			}
		}
	}
	return all
})

var (
	notWords     = regexp.MustCompile(`[^a-z0-9]+`)
	clockWords   = regexp.MustCompile(`(?i)\s+(?:(?:standard|daylight|summer)\s+)?time\b.*$`)
	copiesOfName = regexp.MustCompile(`\s+\d{1,2}$`)
)

// byDisplayName knows names such as "(UTC+01:00) Amsterdam, Berlin, Bern" and
// "Eastern Time (US & Canada)", and places in the wrong region.
func byDisplayName(name string) *time.Location {
	offset, hasOffset := leadingOffset(name)
	if rest, ok := strings.CutPrefix(name, "("); ok && strings.Contains(rest, ")") {
		_, name, _ = strings.Cut(rest, ")")
	}
	name = strings.TrimSpace(copiesOfName.ReplaceAllString(name, ""))
	if iana := displayedZones[strings.TrimSpace(notWords.ReplaceAllString(strings.ToLower(name), " "))]; iana != "" {
		zone, _ := LoadZone(iana)
		return zone
	}
	agrees := func(zone *time.Location) bool { return zone != nil && (!hasOffset || standardOffset(zone) == offset) }
	for _, other := range []string{name, clockWords.ReplaceAllString(name, "") + " standard time"} {
		if zone := byName(other); agrees(zone) {
			return zone
		}
	}
	for place := range strings.FieldsFuncSeq(name, func(r rune) bool { return strings.ContainsRune(",;:/()", r) }) {
		place = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(place), " ", "_"))
		if zone, err := LoadZone(places()[place]); err == nil && agrees(zone) {
			return zone
		}
	}
	return nil
}

var offsetPattern = regexp.MustCompile(`^\(?(?:UTC|GMT|Z)?\s*([+-])(\d{1,2}):?(\d{2})?\)?`)

// leadingOffset reads the offset in seconds that a name begins with, as in
// "(UTC+01:00) …" or "GMT-5".
func leadingOffset(name string) (int, bool) {
	seconds, _, ok := cutOffset(name)
	return seconds, ok
}

func cutOffset(name string) (seconds int, rest string, ok bool) {
	name = strings.ToUpper(strings.ReplaceAll(name, "−", "-"))
	m := offsetPattern.FindStringSubmatch(name)
	if m == nil {
		return 0, "", false
	}
	hours, _ := strconv.Atoi(m[2])
	minutes, _ := strconv.Atoi("0" + m[3])
	seconds = hours*3600 + minutes*60
	if m[1] == "-" {
		seconds = -seconds
	}
	return seconds, strings.TrimSpace(name[len(m[0]):]), hours <= 14 && minutes < 60
}

// byOffset knows names that are only an offset. What else a name says may be that
// its clocks change, so that an offset is no answer.
func byOffset(name string) *time.Location {
	seconds, rest, ok := cutOffset(name)
	if !ok || rest != "" {
		return nil
	}
	return fixedZone(seconds)
}

// partOfHour are zones that have always, or for years, been at an offset that is no
// whole number of hours, by seconds.
var partOfHour = map[int]string{
	3*3600 + 1800: "Asia/Tehran", 4*3600 + 1800: "Asia/Kabul", 5*3600 + 1800: "Asia/Kolkata", 5*3600 + 2700: "Asia/Kathmandu",
	6*3600 + 1800: "Asia/Yangon", 8*3600 + 2700: "Australia/Eucla", 9*3600 + 1800: "Australia/Darwin", -9*3600 - 1800: "Pacific/Marquesas",
}

// fixedZone returns the IANA zone that is always at the offset, nil if there is
// none.
func fixedZone(seconds int) *time.Location {
	name := partOfHour[seconds]
	if seconds%3600 == 0 {
		name = fmt.Sprintf("Etc/GMT%+d", -seconds/3600) // POSIX counts west of Greenwich as positive
	}
	zone, err := LoadZone(name)
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
