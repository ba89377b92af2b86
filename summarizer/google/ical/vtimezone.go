package ical

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Bounds on the VTIMEZONEs of a file.
const (
	maxZones       = 1000 // evaluated in one file
	maxObservances = 200  // of one zone
	maxOnsets      = 1000 // of one observance
)

// onset is the moment from which clocks are at an offset, in seconds east.
type onset struct {
	at     int64 // Unix seconds
	offset int
}

// evaluate turns a VTIMEZONE into a location, good for the years 1901 to 2099.
// Its name is the VTIMEZONE's and means nothing to others. Its clocks change first
// and last at the times returned.
func evaluate(c *component) (zone *time.Location, first, last time.Time, err error) {
	onsets, initial, err := onsetsOf(c)
	if err != nil {
		return nil, time.Time{}, time.Time{}, err
	}
	zone, err = time.LoadLocationFromTZData(c.value("TZID"), tzif(initial, onsets))
	return zone, time.Unix(onsets[0].at, 0), time.Unix(onsets[len(onsets)-1].at, 0), err
}

// onsetsOf returns all onsets of a VTIMEZONE, in order and at least one, and the
// offset before them.
func onsetsOf(c *component) (onsets []onset, initial int, err error) {
	if len(c.parts) == 0 || len(c.parts) > maxObservances {
		return nil, 0, fmt.Errorf("VTIMEZONE has %d observances, not 1 to %d", len(c.parts), maxObservances)
	}
	first := int64(1 << 62)
	for _, part := range c.parts {
		from, err := parseOffset(part.value("TZOFFSETFROM"))
		if err != nil {
			return nil, 0, fmt.Errorf("TZOFFSETFROM: %w", err)
		}
		to, err := parseOffset(part.value("TZOFFSETTO"))
		if err != nil {
			return nil, 0, fmt.Errorf("TZOFFSETTO: %w", err)
		}
		times, err := observanceOnsets(part, from)
		if err != nil {
			return nil, 0, err
		}
		for _, t := range times {
			onsets = append(onsets, onset{t, to})
			if t < first {
				first, initial = t, from
			}
		}
	}
	slices.SortStableFunc(onsets, func(a, b onset) int { return cmp.Compare(a.at, b.at) })
	return onsets, initial, nil
}

// observanceOnsets returns when a STANDARD or DAYLIGHT begins to hold, in Unix
// seconds. Its times are on clocks that are still at the offset before.
func observanceOnsets(part *component, from int) ([]int64, error) {
	start, err := parseStamp(part.value("DTSTART"))
	if err != nil {
		return nil, fmt.Errorf("DTSTART: %w", err)
	}
	clock := time.FixedZone("", from)
	onsets := []int64{start.wall.Unix() - int64(from)}
	for _, p := range part.properties {
		switch p.name {
		case "RRULE":
			r, err := parseRule(p.value, start.wall, clock, false)
			if err != nil {
				return nil, fmt.Errorf("RRULE %q: %w", clip(p.value), err)
			}
			for t := range r.occurrences(time.Time{}, time.Date(lastYear+1, 1, 1, 0, 0, 0, 0, time.UTC)) {
				if onsets = append(onsets, t.Unix()-int64(from)); len(onsets) > maxOnsets {
					return nil, fmt.Errorf("RRULE %q: too many changes of the clocks", clip(p.value))
				}
			}
		case "RDATE":
			for value := range strings.SplitSeq(p.value, ",") {
				s, err := parseStamp(value)
				if err != nil || len(onsets) > maxOnsets {
					return nil, fmt.Errorf("RDATE %q is no list of times", clip(p.value))
				}
				onsets = append(onsets, s.in(clock).Unix())
			}
		}
	}
	return onsets, nil
}

// parseOffset reads an offset such as +0530 into seconds.
func parseOffset(s string) (int, error) {
	bad := fmt.Errorf("%q is no offset such as +0100", clip(s))
	if len(s) != 5 && len(s) != 7 || s[0] != '+' && s[0] != '-' {
		return 0, bad
	}
	n, err := strconv.Atoi(s[1:])
	if err != nil || s[1] == '-' || s[1] == '+' {
		return 0, bad
	}
	if len(s) == 5 {
		n *= 100
	}
	seconds := n/10000*3600 + n/100%100*60 + n%100
	if seconds > 26*3600 {
		return 0, bad
	}
	if s[0] == '-' {
		seconds = -seconds
	}
	return seconds, nil
}

// tzif writes onsets as a time zone file of version 2 (RFC 8536), which is what
// package time reads locations from.
func tzif(initial int, onsets []onset) []byte {
	offsets := []int{initial}
	var index []byte
	for _, o := range onsets {
		i := slices.Index(offsets, o.offset)
		if i < 0 {
			i = len(offsets)
			offsets = append(offsets, o.offset)
		}
		index = append(index, byte(i)) // at most maxObservances+1 of them
	}
	var b bytes.Buffer
	header := func(times, types, letters int) {
		b.WriteString("TZif2")
		b.Write(make([]byte, 15))
		// Counts of: UT indicators, standard indicators, leap seconds,
		// transitions, types, letters of abbreviations.
		for _, n := range []int{0, 0, 0, times, types, letters} {
			b.Write(binary.BigEndian.AppendUint32(nil, uint32(n)))
		}
	}
	header(0, 1, 1) // for readers of version 1, which know 32 bits only
	b.Write(make([]byte, 6+1))
	header(len(onsets), len(offsets), 1)
	for _, o := range onsets {
		b.Write(binary.BigEndian.AppendUint64(nil, uint64(o.at)))
	}
	b.Write(index)
	for _, offset := range offsets {
		b.Write(binary.BigEndian.AppendUint32(nil, uint32(int32(offset))))
		b.Write([]byte{0, 0}) // no daylight saving as far as package time needs to know, abbreviation ""
	}
	b.WriteByte(0) // the abbreviations
	b.WriteString("\n\n")
	return b.Bytes()
}

// settledFrom is the beginning of the first year in which all of a VTIMEZONE's
// observances hold.
func settledFrom(c *component) time.Time {
	year := 1
	for _, part := range c.parts {
		if start, err := parseStamp(part.value("DTSTART")); err == nil {
			year = max(year, start.wall.Year()+1)
		}
	}
	return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
}

var errNoTwin = errors.New("behaves like no zone that is known")

// wellKnown are the zones that most people live in: of many that behave alike,
// one of these is most likely meant.
var wellKnown = []string{
	"America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Sao_Paulo",
	"Europe/London", "Europe/Berlin", "Europe/Athens", "Europe/Moscow",
	"Asia/Kolkata", "Asia/Shanghai", "Asia/Tokyo", "Australia/Sydney",
}

// twins are the zones that a custom one may be the same as.
var twins = sync.OnceValue(func() []*time.Location {
	var zones []*time.Location
	for _, name := range append(slices.Clone(wellKnown), slices.Compact(slices.Sorted(maps.Values(windowsZones)))...) {
		if zone, err := LoadZone(name); err == nil {
			zones = append(zones, zone)
		}
	}
	return zones
})

// twin returns the IANA zone that behaves as zone does from one time to another,
// within 2010 to 2035, or else the one that comes closest, with errNoTwin. The
// candidates are tried first.
func twin(zone *time.Location, from, to time.Time, candidates ...*time.Location) (*time.Location, error) {
	all := weekly(zone)
	week := func(t time.Time) int { return int((t.Unix() - firstWeek.Unix()) / (7 * 24 * 60 * 60)) }
	first := min(max(week(from), 0), 20*52)
	end := min(max(week(to)+2, first+52), len(all)) // a year, at least
	mine := all[first:end]
	var closest *time.Location
	least := 1 << 30
	for _, candidate := range append(candidates, twins()...) {
		if candidate == nil {
			continue
		}
		if off := differences(mine, weeklyOf(candidate)[first:end], least); off < least {
			closest, least = candidate, off
		}
		if least == 0 {
			return closest, nil
		}
	}
	return closest, errNoTwin
}

var (
	firstWeek = time.Date(2010, 1, 3, 12, 0, 0, 0, time.UTC)
	weeklies  sync.Map // of zones that others know: name -> []int32
)

// weekly returns a zone's offsets, week by week to the end of 2035.
func weekly(zone *time.Location) []int32 {
	var offsets []int32
	for t := firstWeek; t.Year() <= 2035; t = t.AddDate(0, 0, 7) {
		_, offset := t.In(zone).Zone()
		offsets = append(offsets, int32(offset))
	}
	return offsets
}

func weeklyOf(zone *time.Location) []int32 {
	if offsets, ok := weeklies.Load(zone.String()); ok {
		return offsets.([]int32)
	}
	offsets := weekly(zone)
	weeklies.Store(zone.String(), offsets)
	return offsets
}

// differences counts the weeks in which two zones differ; it stops at enough.
func differences(a, b []int32, enough int) int {
	n := 0
	for i := range a {
		if a[i] != b[i] {
			if n++; n >= enough {
				break
			}
		}
	}
	return n
}
