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
// that P60M can only be minutes. What is longer does not fit into a time.Duration.
var durationPattern = regexp.MustCompile(`^([+-]?)P(?:(\d{1,6})W)?(?:(\d{1,6})D)?T?(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?$`)

// parseLength reads a DURATION.
func parseLength(s string) (Length, error) {
	m := durationPattern.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(s)))
	if m == nil || strings.Join(m[2:], "") == "" {
		return Length{}, fmt.Errorf("DURATION %q is not written like PT1H30M", recur.Clip(s))
	}
	var n [5]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+2]) // 0 if it is not there
	}
	l := Length{
		Days:  n[0]*7 + n[1],
		Clock: time.Duration(n[2])*time.Hour + time.Duration(n[3])*time.Minute + time.Duration(n[4])*time.Second,
	}
	if m[1] == "-" && l != (Length{}) {
		return Length{}, fmt.Errorf("DURATION %q takes time away", recur.Clip(s))
	}
	return l, nil
}
