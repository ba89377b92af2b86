// Package sample makes up calendars: a year and more of somebody's routine, for
// demonstrations and tests that need a person without needing anybody's data.
package sample

import (
	"fmt"
	"math/rand/v2"
	"time"

	"google.golang.org/api/calendar/v3"

	"foreday/summarizer"
	"foreday/summarizer/google/ical"
)

// habit is something a person does again and again.
type habit struct {
	title    string
	first    time.Weekday // the weekday of its first occurrence
	hour     int
	minute   int
	length   time.Duration
	rule     string  // RRULE without its name
	chance   float64 // of a person having it
	eachOnce bool    // put into the calendar week by week, not as a series
}

const (
	workdays = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
	weekly   = "FREQ=WEEKLY"
)

var habits = []habit{
	{"Standup", time.Monday, 9, 30, 15 * time.Minute, workdays, 1, false},
	{"Team meeting", time.Monday, 10, 0, time.Hour, weekly, 1, false},
	{"Yoga", time.Tuesday, 18, 0, time.Hour, "FREQ=WEEKLY;BYDAY=TU,TH", .7, false},
	{"1:1 with Priya", time.Wednesday, 14, 0, 30 * time.Minute, "FREQ=WEEKLY;INTERVAL=2", 1, false},
	{"Architecture review", time.Thursday, 15, 30, time.Hour, weekly, .8, false},
	{"Lunch with Sam", time.Friday, 12, 30, time.Hour, weekly, .8, true},
	{"Choir", time.Wednesday, 19, 30, 2 * time.Hour, weekly, .5, true},
	{"Long run", time.Saturday, 9, 0, 90 * time.Minute, weekly, .9, true},
	{"Call home", time.Sunday, 17, 0, 30 * time.Minute, weekly, .9, false},
	{"Groceries", time.Saturday, 11, 30, time.Hour, weekly, .8, false},
	{"Week planning", time.Sunday, 20, 0, 30 * time.Minute, weekly, .6, false},
	{"Book club", time.Wednesday, 20, 0, 2 * time.Hour, "FREQ=MONTHLY;BYDAY=1WE", .5, false},
	{"Month-end close", time.Friday, 16, 0, time.Hour, "FREQ=MONTHLY;BYDAY=-1FR", .6, false},
}

// oneOffs happened once, months ago.
var oneOffs = []string{
	"Flat viewing", "Anna's wedding", "Boiler inspection", "Conference talk", "Parents visiting", "Concert", "Eye test",
}

// Year returns the calendar of a person who lives in zone, ready to be imported:
// the routine of the fourteen months before today, which goes on for three
// months after it, and a few things that happened once, long ago. Nothing but
// routine falls on the two weeks around today. The same seed gives the same
// person.
func Year(seed uint64, today summarizer.Date, zone *time.Location) *ical.Calendar {
	random := rand.New(rand.NewPCG(seed, 0x5eed))
	start := today.AddDays(-420)
	var events []*calendar.Event
	for _, h := range habits {
		if random.Float64() >= h.chance {
			continue
		}
		shift := time.Duration(random.IntN(3)-1) * 30 * time.Minute
		first := start.AddDays((int(h.first) - int(start.Weekday()) + 7) % 7)
		if !h.eachOnce {
			e := timed(h.title, first, h, shift, zone)
			e.Recurrence = []string{"RRULE:" + h.rule}
			events = append(events, e)
			continue
		}
		for d := first; d.Before(today.AddDays(90)); d = d.AddDays(7) {
			jitter := time.Duration(random.IntN(3)-1) * 5 * time.Minute
			events = append(events, timed(h.title, d, h, shift+jitter, zone))
		}
	}
	for i, title := range oneOffs {
		d := today.AddDays(-30 - i*45 - random.IntN(30))
		events = append(events, timed(title, d, habit{hour: 9 + random.IntN(9), length: 2 * time.Hour}, 0, zone))
	}
	holiday := today.AddDays(-120 - random.IntN(60))
	events = append(events, &calendar.Event{
		Summary: "Holiday in the mountains",
		Start:   &calendar.EventDateTime{Date: holiday.String()},
		End:     &calendar.EventDateTime{Date: holiday.AddDays(9).String()},
	})
	for i, e := range events {
		e.Id = fmt.Sprintf("sample%05d", i)
	}
	return &ical.Calendar{Name: "Personal", Zone: zone, Events: events}
}

func timed(title string, d summarizer.Date, h habit, shift time.Duration, zone *time.Location) *calendar.Event {
	start := time.Date(d.Year, d.Month, d.Day, h.hour, h.minute, 0, 0, zone).Add(shift)
	return &calendar.Event{
		Summary: title,
		Start:   &calendar.EventDateTime{DateTime: start.Format(time.RFC3339), TimeZone: zone.String()},
		End:     &calendar.EventDateTime{DateTime: start.Add(h.length).Format(time.RFC3339), TimeZone: zone.String()},
	}
}

// User returns the name of the n-th made-up user, counted from 1.
func User(n int) string { return fmt.Sprintf("u%d", n) }

// news are things that no sample calendar has had before.
var news = []string{
	"Dinner with Jonas", "Car service", "School play", "Vet appointment", "Chess tournament", "Museum tour", "Bike repair",
	"Job interview", "Garden party", "Notary", "First aid course", "Picnic at the lake", "Blood donation", "House warming",
	"Train to Lisbon", "Photo shoot", "Pottery class", "Parents' evening", "Book signing", "Furniture delivery",
}

// Eventful is Year with something new on each day from today on, for two weeks and
// more: no person has the same thing twice.
func Eventful(seed uint64, today summarizer.Date, zone *time.Location) *ical.Calendar {
	year := Year(seed, today, zone)
	random := rand.New(rand.NewPCG(seed, 0x0e1))
	for i, title := range random.Perm(len(news)) {
		e := timed(news[title], today.AddDays(i), habit{hour: 11 + random.IntN(9), length: time.Hour}, 0, zone)
		e.Id = fmt.Sprintf("sample%05d", len(year.Events))
		year.Events = append(year.Events, e)
	}
	return year
}
