package recur

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

var loaded sync.Map // IANA name -> *time.Location; there are some 600

// LoadZone is time.LoadLocation with a cache and without the names that depend
// on the machine ("" and "Local").
func LoadZone(name string) (*time.Location, error) {
	if zone, ok := loaded.Load(name); ok {
		return zone.(*time.Location), nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" || strings.TrimSpace(name) != name {
		return nil, fmt.Errorf("no time zone is named %q", Clip(name))
	}
	loaded.Store(name, zone)
	return zone, nil
}

// Wall returns what clocks show at t, as if they were set to UTC: rules are
// expanded on such times, where every day has 24 hours.
func Wall(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// Local returns the instant at which clocks in zone show what w shows in its own
// location. Of two such instants it is the earlier, as RFC 5545 has it; a time
// that the clocks skip is taken as if they had not been changed yet.
func Local(w time.Time, zone *time.Location) time.Time {
	w = Wall(w)
	t := time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), 0, zone)
	_, offset := t.Add(-oneDay).Zone()
	asBefore := time.Unix(w.Unix()-int64(offset), 0).In(zone)
	if Wall(t).Equal(w) && !Wall(asBefore).Equal(w) {
		return t // the clocks were changed within the day before
	}
	return asBefore
}
