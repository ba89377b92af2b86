// Package zonetest has every time zone there is, for tests of what must be right
// in all of them. The zones are those of the Go distribution that runs the test,
// whatever the machine has.
package zonetest

import (
	"archive/zip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// All returns every zone, but of those that are one by different names only the
// first.
func All(t testing.TB) []*time.Location {
	t.Helper()
	zones, err := all()
	if err != nil {
		t.Fatalf("read the time zones of the Go distribution: %v", err)
	}
	return zones
}

var all = sync.OnceValues(func() ([]*time.Location, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, err
	}
	archive, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	var zones []*time.Location
	known := map[string]bool{}
	for _, file := range archive.File {
		if file.FileInfo().IsDir() {
			continue
		}
		data, err := read(file)
		if err != nil {
			return nil, err
		}
		if known[data] {
			continue
		}
		known[data] = true
		zone, err := time.LoadLocationFromTZData(file.Name, []byte(data))
		if err != nil {
			return nil, err
		}
		zones = append(zones, zone)
	}
	if len(zones) < 200 {
		return nil, os.ErrNotExist
	}
	return zones, nil
})

func read(file *zip.File) (string, error) {
	r, err := file.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	return string(data), err
}

// The years whose changes of clocks Changes returns: more than 30 back, for the
// dates that Kwajalein (1993), Enderbury and Kiritimati (1994) and Apia (2011)
// skipped, and some ahead.
const (
	firstYear = 1993
	lastYear  = 2030
)

// Changes returns the instants at which the zone's clocks are changed.
func Changes(zone *time.Location) []time.Time {
	var changes []time.Time
	stretches := Stretches(zone, time.Date(firstYear, 1, 1, 0, 0, 0, 0, zone), time.Date(lastYear, 1, 1, 0, 0, 0, 0, zone))
	for i, s := range stretches {
		if i > 0 && s.Offset != stretches[i-1].Offset {
			changes = append(changes, s.Start)
		}
	}
	return changes
}

// Kinds returns one of the changes of each kind: by so much, at the same time of
// the day.
func Kinds(zone *time.Location) []time.Time {
	type kind struct {
		clock string
		by    int
	}
	var kinds []time.Time
	known := map[kind]bool{}
	for _, change := range Changes(zone) {
		before := change.Add(-time.Nanosecond)
		_, from := before.Zone()
		_, to := change.Zone()
		if k := (kind{before.Format(time.TimeOnly), to - from}); !known[k] {
			known[k] = true
			kinds = append(kinds, change)
		}
	}
	return kinds
}

// Stretch is a time, End exclusive, in which clocks are not changed.
type Stretch struct {
	Start, End time.Time
	Offset     time.Duration // of the clocks from UTC
}

// Stretches returns those of the zone from start to end, in order. Two that follow
// each other may have the same offset.
func Stretches(zone *time.Location, start, end time.Time) []Stretch {
	var all []Stretch
	for t := start.In(zone); t.Before(end); {
		_, offset := t.Zone()
		_, next := t.ZoneBounds()
		if !next.IsZero() && !next.After(t) {
			next = t.Add(24 * time.Hour) // package time ends leap years a day early
		}
		if next.IsZero() || next.After(end) {
			next = end
		}
		all = append(all, Stretch{t, next, time.Duration(offset) * time.Second})
		t = next.In(zone)
	}
	return all
}
