package main

import (
	"math/rand/v2"
	"time"

	"google.golang.org/api/calendar/v3"

	"foreday/events"
	"foreday/summarizer"
)

// person is a user whose calendar is changed by one app at a time.
type person struct {
	user   string
	zone   *time.Location
	today  summarizer.Date
	events []*entry
	made   int
}

// entry is an event in a person's calendar.
type entry struct {
	id    string
	title string
	span  events.Span
	first summarizer.Date // the local dates it touches
	last  summarizer.Date
}

// zones are where users live.
var zones = []string{"UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland"}

func aZone(random *rand.Rand, now time.Time) *time.Location {
	for {
		zone, err := time.LoadLocation(zones[random.IntN(len(zones))])
		if err != nil {
			return time.UTC // no zone files: then everybody lives there
		}
		if local := now.In(zone); local.Hour() < 23 {
			return zone
		}
	}
}

// titles returns what the person's calendar holds on a day, never nil.
func (p *person) titles(d summarizer.Date) []string {
	titles := []string{}
	for _, e := range p.events {
		if e.touches(d) {
			titles = append(titles, e.title)
		}
	}
	return titles
}

// imagine makes up an event under a title never used before: on one of the due
// days, on both, or at times far off.
func (p *person) imagine(id string, random *rand.Rand) *entry {
	first := p.today.AddDays(random.IntN(2))
	last := first
	switch random.IntN(10) {
	case 0:
		first, last = p.today, p.today.AddDays(1)
	case 1:
		first = p.today.AddDays(9)
		last = first
	}
	e := &entry{id: id, title: aWord(random), first: first, last: last}
	at := func(d summarizer.Date, hour int) time.Time {
		return time.Date(d.Year, d.Month, d.Day, hour, 0, 0, 0, p.zone)
	}
	if random.IntN(5) == 0 {
		e.span = events.Days(at(first, 0), at(last.AddDays(1), 0))
	} else {
		hour := 5 + random.IntN(12)
		e.span = events.Between(at(first, hour), at(last, hour+1+random.IntN(2)))
	}
	return e
}

// aWord is a title that resembles no other.
func aWord(random *rand.Rand) string {
	word := []byte("Abcdefghijkl")
	for i := range word {
		word[i] = byte('a' + random.IntN(26))
	}
	return string(word)
}

func (e *entry) touches(d summarizer.Date) bool { return !d.Before(e.first) && !e.last.Before(d) }

func everyDay(summarizer.Date) bool { return true }

// google returns the event as the calendar takes it.
func (e *entry) google() *calendar.Event {
	at := func(t time.Time) *calendar.EventDateTime {
		if e.span.AllDay {
			return &calendar.EventDateTime{Date: t.Format(time.DateOnly)}
		}
		return &calendar.EventDateTime{DateTime: t.Format(time.RFC3339), TimeZone: t.Location().String()}
	}
	return &calendar.Event{Id: e.id, Summary: e.title, Start: at(e.span.Start), End: at(e.span.End)}
}
