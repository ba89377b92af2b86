package ical

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"foreday/summarizer/google/recur"
)

// Length is a DURATION: days are as long as they are, the rest is exact.
type Length struct {
	Days  int
	Clock time.Duration
}

// After returns when something of this length ends that starts at start.
func (l Length) After(start time.Time) time.Time { return start.AddDate(0, 0, l.Days).Add(l.Clock) }

// durationPattern takes a time of day without its T too: calendars have no months, so
// that P60M can only be minutes.
var durationPattern = regexp.MustCompile(`^([+-]?)P(?:(\d+)W)?(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$`)

// parseLength reads a DURATION.
func parseLength(s string) (Length, error) {
	m := durationPattern.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(s)))
	if m == nil || strings.Join(m[2:], "") == "" {
		return Length{}, fmt.Errorf("DURATION %q is not written like PT1H30M", recur.Clip(s))
	}
	var n [5]int
	for i := range n {
		if m[i+2] == "" {
			continue
		}
		v, err := strconv.Atoi(m[i+2])
		if err != nil || v > 100_000_000 {
			return Length{}, fmt.Errorf("DURATION %q is too long", recur.Clip(s))
		}
		n[i] = v
	}
	clock := time.Duration(n[2])*time.Hour + time.Duration(n[3])*time.Minute + time.Duration(n[4])*time.Second
	days := n[0]*7 + n[1]
	switch {
	case days >= 3_000_000 || n[2] >= 2_000_000 || clock < 0: // more than a time.Duration holds
		return Length{}, fmt.Errorf("DURATION %q is too long", recur.Clip(s))
	case m[1] == "-" && (days > 0 || clock > 0):
		return Length{}, fmt.Errorf("DURATION %q takes time away", recur.Clip(s))
	}
	return Length{days, clock}, nil
}
