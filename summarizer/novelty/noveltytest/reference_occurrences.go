package noveltytest

import (
	"slices"
	"strings"
	"time"

	"foreday/summarizer"
)

// nearby is how far apart two times of day may be and still be the same habit.
const nearby = 60 // minutes

// slot is a place in the week of one calendar.
type slot struct {
	calendar string
	weekday  time.Weekday
	allDay   bool
	minute   int // of the day, by the clock on the wall; 0 if allDay
}

// slotOf returns where the event lies in the week of somebody in zone, and the
// date it starts on there. An all-day event has its date in every zone.
func slotOf(e summarizer.Event, zone *time.Location) (slot, summarizer.Date) {
	if e.AllDay {
		return slot{calendar: e.CalendarID, weekday: e.StartDate.Weekday(), allDay: true}, e.StartDate
	}
	start := e.Start.In(zone)
	date := summarizer.DateOf(start)
	return slot{
		calendar: e.CalendarID,
		weekday:  date.Weekday(),
		minute:   start.Hour()*60 + start.Minute(),
	}, date
}

// near reports whether s and o are the same place in the week, give or take an
// hour. All-day events are near only to all-day events.
func (s slot) near(o slot) bool {
	apart := s.minute - o.minute
	return s.calendar == o.calendar && s.weekday == o.weekday && s.allDay == o.allDay &&
		-nearby <= apart && apart <= nearby
}

// dates are the dates on which something happened, ascending, each once.
type dates []summarizer.Date

// tidy puts dates collected in any order into the form that the rest relies on.
func (d dates) tidy() dates {
	slices.SortFunc(d, summarizer.Date.Compare)
	return slices.Compact(d)
}

// within returns the dates in [from, to).
func (d dates) within(from, to summarizer.Date) dates {
	lo, _ := slices.BinarySearchFunc(d, from, summarizer.Date.Compare)
	hi, _ := slices.BinarySearchFunc(d, to, summarizer.Date.Compare)
	return d[min(lo, hi):hi]
}

// tidyTitle is the form in which titles are compared: the spaces around and
// between words do not count.
func tidyTitle(title string) string { return strings.Join(strings.Fields(title), " ") }
