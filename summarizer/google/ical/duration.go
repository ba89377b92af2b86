package ical

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// length is a DURATION: days are as long as they are, hours are exact.
type length struct {
	days  int
	clock time.Duration
}

var durationPattern = regexp.MustCompile(`^([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$`)

// parseLength reads a DURATION. What takes time away from an event leaves it
// without length.
func parseLength(s string) (length, error) {
	m := durationPattern.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(s)))
	if m == nil {
		return length{}, fmt.Errorf("DURATION %q is not written like PT1H30M", clip(s))
	}
	var n [5]int
	for i := range n {
		if m[i+2] == "" {
			continue
		}
		v, err := strconv.Atoi(m[i+2])
		if err != nil || v > 100_000_000 {
			return length{}, fmt.Errorf("DURATION %q is too long", clip(s))
		}
		n[i] = v
	}
	if m[1] == "-" {
		return length{}, nil
	}
	clock := time.Duration(n[2])*time.Hour + time.Duration(n[3])*time.Minute + time.Duration(n[4])*time.Second
	if days := n[0]*7 + n[1]; days < 3_000_000 && n[2] < 2_000_000 {
		return length{days, clock}, nil
	}
	return length{}, fmt.Errorf("DURATION %q is too long", clip(s))
}

// after returns when something of this length ends that starts at start.
func (l length) after(start time.Time) time.Time { return start.AddDate(0, 0, l.days).Add(l.clock) }
