package main

import (
	"fmt"
	"strings"
	"time"

	"google.golang.org/api/calendar/v3"

	"foreday/cmd/foreday/internal/wiring"
	"foreday/summarizer"
)

// Days and times as people type them.

// dayFlag is a date, or a word for one; the zero value was not given.
type dayFlag struct{ summarizer.AskedDay }

// UnmarshalText reads a date or a word.
func (d *dayFlag) UnmarshalText(b []byte) (err error) {
	if d.AskedDay, err = summarizer.ParseAskedDay(strings.ToLower(string(b))); err != nil {
		return fmt.Errorf("%q is no day: want an existing one as YYYY-MM-DD, yesterday, today or tomorrow", b)
	}
	return nil
}

// of returns the date, where it is now and in zone; today if none was given.
func (d dayFlag) of(now time.Time, zone *time.Location) summarizer.Date {
	return d.On(summarizer.DateOf(now.In(zone)))
}

// moment is when an event starts or ends.
type moment struct {
	at   time.Time
	date summarizer.Date // of an all-day event, which has no instant
}

func (m moment) google() *calendar.EventDateTime {
	if !m.date.IsZero() {
		return &calendar.EventDateTime{Date: m.date.String()}
	}
	return &calendar.EventDateTime{DateTime: m.at.Format(time.RFC3339), TimeZone: m.at.Location().String()}
}

// spanOf reads when an event takes place, for somebody in zone. Without an end it is
// an hour long, or a day.
func spanOf(start, end string, zone *time.Location, now time.Time) (from, to moment, err error) {
	if from, err = readMoment("--start", start, zone, now); err != nil {
		return from, to, err
	}
	allDay := !from.date.IsZero()
	switch {
	case end == "" && allDay:
		return from, moment{date: from.date.AddDays(1)}, nil
	case end == "":
		return from, moment{at: from.at.Add(time.Hour)}, nil
	case !allDay && hourOnly(end):
		end = summarizer.DateOf(from.at.In(zone)).String() + " " + end
	}
	if to, err = readMoment("--end", end, zone, now); err != nil {
		return from, to, err
	}
	switch {
	case allDay != !to.date.IsZero():
		err = wiring.BadSetting("--end", end, "want a date if --start is one, and a time of day if it has one")
	case allDay && !from.date.Before(to.date):
		err = wiring.BadSetting("--end", end, "is not after --start: of all-day events it is the day after the last")
	case !allDay && to.at.Before(from.at):
		err = wiring.BadSetting("--end", end, "is before --start")
	}
	return from, to, err
}

// hourOnly reports whether the text is a time of some day.
func hourOnly(text string) bool {
	return strings.Contains(text, ":") && !strings.ContainsAny(text, "T -+")
}

// readMoment reads RFC 3339, "today 15:00", "2026-11-23 15:00", "15:00" or a day.
func readMoment(flag, text string, zone *time.Location, now time.Time) (moment, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return moment{at: at}, nil
	}
	day, hour, both := strings.Cut(strings.Replace(text, "T", " ", 1), " ")
	if hourOnly(text) {
		day, hour, both = "today", text, true
	}
	var d dayFlag
	if d.UnmarshalText([]byte(day)) == nil {
		date := d.of(now, zone)
		if !both {
			return moment{date: date}, nil
		}
		for _, layout := range []string{"15:04", "15:04:05"} {
			if t, err := time.Parse(layout, strings.TrimSpace(hour)); err == nil {
				return moment{at: time.Date(date.Year, date.Month, date.Day, t.Hour(), t.Minute(), t.Second(), 0, zone)}, nil
			}
		}
	}
	return moment{}, wiring.BadSetting(flag, text,
		`want a time such as "today 15:00" or 2026-11-23T15:00:00+01:00, or a date if it is all-day`)
}
