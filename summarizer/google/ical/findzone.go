package ical

import (
	"cmp"
	_ "embed" // of the tables of names
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"foreday/summarizer/google/recur"
)

//go:generate go run gen_zones.go windowsZones.xml

// The names of zones, a line each: an IANA name, or another and the IANA name that it
// stands for, with a tab between them.
var (
	//go:embed zones.txt
	zoneText string
	//go:embed aliases.txt
	aliasText string
)

// zoneTables hold IANA names by zoneKey.
type zoneTables struct {
	names  map[string]string
	places map[string]string // of IANA names, by what comes after the region
}

var zoneNames = sync.OnceValue(func() zoneTables {
	tables := zoneTables{names: map[string]string{}, places: map[string]string{}}
	for line := range strings.Lines(zoneText + aliasText) {
		name, iana, isAlias := strings.Cut(strings.TrimSpace(line), "\t")
		if strings.HasPrefix(name, "#") {
			continue
		}
		if !isAlias {
			iana = name
			if region, place, ok := strings.Cut(name, "/"); ok && regions.MatchString(region) {
				tables.places[zoneKey(place)] = iana
			}
		}
		if key := zoneKey(name); tables.names[key] == "" {
			tables.names[key] = iana
		}
	}
	return tables
})

var (
	regions  = regexp.MustCompile(`^(?:Europe|America|Asia|Africa|Australia|Pacific|Atlantic|Indian)$`)
	notWords = regexp.MustCompile(`[^a-z0-9+-]+`)
)

// zoneKey is what names have in common that differ in case and punctuation only.
func zoneKey(name string) string {
	return strings.TrimSpace(notWords.ReplaceAllString(strings.ToLower(name), " "))
}

const maxZoneName = 200

// FindZone finds the IANA zone that calendar programs mean by a name: an IANA
// name, also behind a prefix or in another case, the name of a Windows zone, what
// Windows shows for it, a place, or an offset. Nil is none. Only names in its tables
// cost a look at the zone files.
func FindZone(name string) *time.Location {
	if zone := cmp.Or(knownZone(name), zoneByPlace(tidyZoneName(name))); zone != nil {
		return zone
	}
	// What else a name says may be that its clocks change, so that an offset is no answer.
	if seconds, rest, ok := cutOffset(tidyZoneName(name)); ok && rest == "" {
		return zoneAt(seconds)
	}
	return nil
}

// knownZone is FindZone for names that somebody has defined.
func knownZone(name string) *time.Location {
	name = tidyZoneName(name)
	if zone := zoneNamed(name); zone != nil {
		return zone
	}
	// As in /mozilla.org/20050126_1/Europe/Berlin.
	parts := strings.Split(name, "/")
	for n := min(3, len(parts)-1); n > 0; n-- {
		zone := zoneNamed(strings.Join(parts[len(parts)-n:], "/"))
		if zone != nil && (n > 1 || parts[0] == "") {
			return zone
		}
	}
	return zoneNamed(shownName(name))
}

// tidyZoneName drops what surrounds a name: quotes, and the prefix of Microsoft's
// addresses of zones. Of a name that is too long to be one nothing is left.
func tidyZoneName(name string) string {
	name = strings.TrimSpace(strings.Trim(strings.TrimSpace(name), `"'`))
	name, _ = cutPrefixFold(name, "tzone://Microsoft/")
	if len(name) > maxZoneName {
		return ""
	}
	return name
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// zoneNamed knows names as they are in the tables.
func zoneNamed(name string) *time.Location {
	zone, _ := recur.LoadZone(zoneNames().names[zoneKey(name)])
	return zone
}

var (
	clockWords   = regexp.MustCompile(`(?i)\s+(?:(?:standard|daylight|summer)\s+)?time\b.*$`)
	copiesOfName = regexp.MustCompile(`\s+\d{1,2}$`)
)

// shownName is what follows the offset in names such as "(UTC+01:00) Amsterdam, Berlin".
func shownName(name string) string {
	if rest, ok := strings.CutPrefix(name, "("); ok && strings.Contains(rest, ")") {
		_, name, _ = strings.Cut(rest, ")")
	}
	return copiesOfName.ReplaceAllString(strings.TrimSpace(name), "")
}

// zoneByPlace knows names such as "Eastern Daylight Time" and "Germany/Berlin", by words
// in them. An offset before them has to agree.
func zoneByPlace(name string) *time.Location {
	offset, _, hasOffset := cutOffset(name)
	agrees := func(zone *time.Location) bool { return zone != nil && (!hasOffset || standardOffset(zone) == offset) }
	name = shownName(name)
	if zone := zoneNamed(clockWords.ReplaceAllString(name, "") + " standard time"); agrees(zone) {
		return zone
	}
	for place := range strings.FieldsFuncSeq(name, func(r rune) bool { return strings.ContainsRune(",;:/()", r) }) {
		if zone, _ := recur.LoadZone(zoneNames().places[zoneKey(place)]); agrees(zone) {
			return zone
		}
	}
	return nil
}

var offsetPattern = regexp.MustCompile(`^\(?(?:UTC|GMT|Z)?\s*([+-])(\d{1,2}):?(\d{2})?\)?`)

// cutOffset reads the offset in seconds that a name begins with, as in
// "(UTC+01:00) …" or "GMT-5".
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

// zoneAt returns the IANA zone that is always at the offset, nil if there is none.
func zoneAt(seconds int) *time.Location { return zoneNamed("UTC" + offsetText(seconds)) }

// offsetText writes an offset such as +05:30.
func offsetText(seconds int) string {
	return time.Unix(0, 0).In(time.FixedZone("", seconds)).Format("-07:00")
}

// standardOffset is a zone's offset without daylight saving, in seconds.
func standardOffset(zone *time.Location) int {
	_, january := time.Date(2025, 1, 15, 0, 0, 0, 0, zone).Zone()
	_, july := time.Date(2025, 7, 15, 0, 0, 0, 0, zone).Zone()
	return min(january, july)
}
