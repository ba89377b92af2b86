// Package retryafter reads the headers with which a service says when it wants
// to be asked again. Services write the same header in different units; a value
// that no service can mean says nothing, and is no reason to wait.
package retryafter

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

const (
	// Longest is the longest wait that is believed: until a limit of a day is
	// whole again.
	Longest = 24 * time.Hour
	// longestReset is the same for when a limit is whole again, of which most are
	// a minute's.
	longestReset = time.Hour
	// mostSeconds is up to where a reset without a unit is taken for seconds: two
	// windows of a minute. Beyond it milliseconds are likelier, and to wait too
	// short a time costs a refusal, which says how long.
	mostSeconds = 120
)

// Of returns how long a service wants to be left alone, by Retry-After-Ms, which
// OpenAI sends, and Retry-After: seconds, a date, or, against the RFC, a duration
// or a Unix time. It is 0 if the service does not say, and never more than
// Longest. Times are compared with the service's own Date, as now may differ.
func Of(h http.Header, now time.Time) time.Duration {
	if n, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil {
		if wait, ok := plausible(n, time.Millisecond, Longest); ok {
			return wait
		}
	}
	wait, _ := read(h.Get("Retry-After"), serverTime(h, now), math.MaxFloat64, Longest)
	return wait
}

// Reset returns in how long a limit is whole again, by the value of an
// x-ratelimit-reset header among h: seconds, milliseconds, a duration as Go writes
// it ("6m0s"), a date, or a Unix time in seconds or milliseconds. It returns false
// for a value that cannot be meant.
func Reset(value string, h http.Header, now time.Time) (time.Duration, bool) {
	return read(value, serverTime(h, now), mostSeconds, longestReset)
}

// read reads a value of any kind: a number is in seconds up to mostSeconds, and
// beyond it in milliseconds; no wait is longer than longest.
func read(value string, now time.Time, mostSeconds float64, longest time.Duration) (time.Duration, bool) {
	if n, err := strconv.ParseFloat(value, 64); err == nil {
		switch {
		case n > 1e14: // no time that a service can mean
			return 0, false
		case n > 1e11:
			return until(time.UnixMilli(int64(n)), now, longest)
		case n > 1e9:
			return until(time.UnixMilli(int64(n*1000)), now, longest)
		case n <= mostSeconds:
			return plausible(n, time.Second, longest)
		}
		return plausible(n, time.Millisecond, longest)
	}
	if d, err := time.ParseDuration(value); err == nil {
		return plausible(float64(d), 1, longest)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		at, err = time.Parse(time.RFC3339, value)
	}
	if err != nil {
		return 0, false
	}
	return until(at, now, longest)
}

// until is the time until at, 0 if it is past.
func until(at, now time.Time, longest time.Duration) (time.Duration, bool) {
	return plausible(float64(max(0, at.Sub(now))), 1, longest)
}

// plausible is a number of units, if it is one that a service can mean.
func plausible(n float64, unit, longest time.Duration) (time.Duration, bool) {
	wait := n * float64(unit)
	if !(wait >= 0 && wait <= float64(longest)) { // NaN is neither
		return 0, false
	}
	return time.Duration(wait), true
}

// serverTime is what the service's clock shows, or ours if it does not say.
func serverTime(h http.Header, now time.Time) time.Time {
	if theirs, err := http.ParseTime(h.Get("Date")); err == nil {
		return theirs
	}
	return now
}
