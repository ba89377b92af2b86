package ical

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"foreday/summarizer/google/recur"
)

// Bounds on a VTIMEZONE.
const (
	maxObservances = 200
	maxOnsets      = 1000 // of one observance
)

// onset is the moment from which clocks are at an offset, in seconds east.
type onset struct {
	at       int64 // Unix seconds
	from, to int   // the offset before, and after
}

// evaluate turns a VTIMEZONE into a location, good for the years 1901 to 2099: that
// of an offset, if it has no other and others have a name for it, or else one without
// a name.
func evaluate(c *component) (*time.Location, error) {
	onsets, err := onsetsOf(c)
	if err != nil {
		return nil, err
	}
	changes := func(o onset) bool { return o.to != onsets[0].from }
	if zone := zoneAt(onsets[0].from); zone != nil && !slices.ContainsFunc(onsets, changes) {
		return zone, nil
	}
	return time.LoadLocationFromTZData("", tzif(onsets))
}

// onsetsOf returns all onsets of a VTIMEZONE, in order and at least one.
func onsetsOf(c *component) (onsets []onset, err error) {
	if len(c.parts) == 0 || len(c.parts) > maxObservances {
		return nil, fmt.Errorf("VTIMEZONE has %d observances, not 1 to %d", len(c.parts), maxObservances)
	}
	for _, part := range c.parts {
		from, err := parseOffset(part.value("TZOFFSETFROM"))
		if err != nil {
			return nil, fmt.Errorf("TZOFFSETFROM: %w", err)
		}
		to, err := parseOffset(part.value("TZOFFSETTO"))
		if err != nil {
			return nil, fmt.Errorf("TZOFFSETTO: %w", err)
		}
		times, err := observanceOnsets(part, from)
		if err != nil {
			return nil, err
		}
		for _, t := range times {
			onsets = append(onsets, onset{t.Unix(), from, to})
		}
	}
	slices.SortStableFunc(onsets, func(a, b onset) int { return cmp.Compare(a.at, b.at) })
	return onsets, nil
}

// observanceOnsets returns when a STANDARD or DAYLIGHT begins to hold. Its times are on
// clocks that are still at the offset before.
func observanceOnsets(part *component, from int) ([]time.Time, error) {
	value, err := recur.ParseValue(part.value("DTSTART"))
	if err != nil {
		return nil, fmt.Errorf("DTSTART: %w", err)
	}
	clock := time.FixedZone("", from)
	start := recur.Local(value.Wall, clock)
	var lines []string
	for _, p := range part.properties {
		if p.name == "RRULE" || p.name == "RDATE" {
			lines = append(lines, p.name+":"+p.value)
		}
	}
	set, err := recur.Parse(lines, start, false)
	if err != nil {
		return nil, err
	}
	onsets := []time.Time{start} // which may be before the first year of a set
	const years = 20             // at a time, for rules that say too much
	for year := recur.FirstYear; year <= recur.LastYear; year += years {
		begin := time.Date(year, 1, 1, 0, 0, 0, 0, clock)
		onsets = append(onsets, set.Between(begin, begin.AddDate(years, 0, 0))...)
		if len(onsets) > maxOnsets {
			return nil, fmt.Errorf("the clocks change more than %d times", maxOnsets)
		}
	}
	return onsets, nil
}

// parseOffset reads an offset such as +0530 into seconds.
func parseOffset(s string) (int, error) {
	for _, layout := range []string{"-0700", "-070000"} {
		if t, err := time.Parse(layout, s); err == nil {
			_, offset := t.Zone()
			return offset, nil
		}
	}
	return 0, fmt.Errorf("%q is no offset such as +0100", recur.Clip(s))
}

// tzif writes onsets as a time zone file of version 2 (RFC 8536), which is what
// package time reads locations from.
func tzif(onsets []onset) []byte {
	offsets := []int{onsets[0].from}
	var index []byte
	for _, o := range onsets {
		i := slices.Index(offsets, o.to)
		if i < 0 {
			i = len(offsets)
			offsets = append(offsets, o.to)
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
