package ical

import (
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

// onset is the moment from which clocks go by an observance.
type onset struct {
	at       int64 // Unix seconds
	from, to int   // the offset before, and after, in seconds east
	part     int   // the observance, from 0
}

// evaluate turns a VTIMEZONE into a location, good for the years 1901 to 2099: that
// of an offset, if it has no other and others have a name for it, or else one without
// a name.
func evaluate(c *component) (*time.Location, error) {
	if len(c.parts) == 0 || len(c.parts) > maxObservances {
		return nil, fmt.Errorf("VTIMEZONE has %d observances, not 1 to %d", len(c.parts), maxObservances)
	}
	var onsets []onset
	for i, part := range c.parts {
		from, err := offsetOf(part, "TZOFFSETFROM")
		if err != nil {
			return nil, err
		}
		to, err := offsetOf(part, "TZOFFSETTO")
		if err != nil {
			return nil, err
		}
		times, err := observanceOnsets(part, from)
		if err != nil {
			return nil, err
		}
		for _, t := range times {
			onsets = append(onsets, onset{t.Unix(), from, to, i})
		}
	}
	slices.SortStableFunc(onsets, func(a, b onset) int { return cmp.Compare(a.at, b.at) })
	changes := func(o onset) bool { return o.to != onsets[0].from }
	if zone := zoneAt(onsets[0].from); zone != nil && !slices.ContainsFunc(onsets, changes) {
		return zone, nil
	}
	return time.LoadLocationFromTZData("", tzif(onsets, len(c.parts)))
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

// offsetOf reads an offset such as +0530 into seconds.
func offsetOf(part *component, name string) (int, error) {
	for _, layout := range []string{"-0700", "-070000"} {
		if t, err := time.Parse(layout, part.value(name)); err == nil {
			_, offset := t.Zone()
			return offset, nil
		}
	}
	return 0, fmt.Errorf("%s: %q is no offset such as +0100", name, recur.Clip(part.value(name)))
}

// tzif writes the onsets of so many observances as a time zone file of version 2 (RFC
// 8536), which is what package time reads locations from.
func tzif(onsets []onset, observances int) (file []byte) {
	// What it says of a kind of time. No daylight saving as far as package time needs
	// to know, and no abbreviation.
	type localTime struct {
		Offset   int32
		DST, Abb uint8
	}
	kinds := make([]localTime, 1+observances)
	kinds[0].Offset = int32(onsets[0].from)
	times, index := make([]int64, len(onsets)), make([]byte, len(onsets))
	for i, o := range onsets {
		kinds[1+o.part].Offset = int32(o.to)
		times[i], index[i] = o.at, byte(1+o.part)
	}
	head := append([]byte("TZif2"), make([]byte, 15)...)
	for _, part := range []any{
		// Counts of: UT indicators, standard indicators, leap seconds, transitions, kinds
		// of time, letters of abbreviations. There are none for readers of 32 bits only.
		head, [6]uint32{},
		head, [6]uint32{0, 0, 0, uint32(len(times)), uint32(len(kinds)), 1},
		times, index, kinds, []byte("\x00\n\n"), // one abbreviation, and no rule for what follows
	} {
		file, _ = binary.Append(file, binary.BigEndian, part)
	}
	return file
}
