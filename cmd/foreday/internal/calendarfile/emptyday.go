package calendarfile

import (
	"fmt"
	"io"
	"time"

	"google.golang.org/api/calendar/v3"

	"foreday/summarizer"
	"foreday/summarizer/google/googletest"
)

// ReportEmptyDay says where there is something, if files hold nothing on a day.
func ReportEmptyDay(stderr io.Writer, server *googletest.Server, user string, day summarizer.Day, calendars int) {
	on := func(from, to summarizer.Date) []*calendar.Event {
		var all []*calendar.Event
		for n := range calendars {
			start, end := summarizer.Day{Date: from, Zone: day.Zone}.Start(), summarizer.Day{Date: to, Zone: day.Zone}.Start()
			events, err := server.Events(user, fileCalendar(n+1), start, end)
			if err == nil { // it is there: it was loaded
				all = append(all, events...)
			}
		}
		return all
	}
	if len(on(day.Date, day.Date.AddDays(1))) > 0 {
		return
	}
	here := "this file"
	if calendars > 1 {
		here = "these files"
	}
	before, after := nearest(day, on)
	switch {
	case !before.IsZero() && after.IsZero():
		fmt.Fprintf(stderr, "foreday: nothing on that day; the last event in %s is on %s: try --date %[2]s\n", here, before)
	case before.IsZero() && !after.IsZero():
		fmt.Fprintf(stderr, "foreday: nothing on that day; the first event in %s is on %s: try --date %[2]s\n", here, after)
	case !before.IsZero():
		fmt.Fprintf(stderr, "foreday: nothing on that day; the nearest events in %s are on %s and %s: try --date %[2]s\n", here, before, after)
	default:
		fmt.Fprintf(stderr, "foreday: nothing on that day, nor at any time near it, in %s\n", here)
	}
}

// nearest returns the last day before a day on which something is, and the first
// after it; a zero date where there is none. It looks further and further, so that
// endless series are not gone through to their end.
func nearest(day summarizer.Day, on func(from, to summarizer.Date) []*calendar.Event) (before, after summarizer.Date) {
	for _, days := range []int{40, 400, 4000, 40_000} {
		if before.IsZero() {
			for _, e := range on(day.Date.AddDays(-days), day.Date) {
				if d := dateOf(e.Start, day.Zone); before.Before(d) && d.Before(day.Date) {
					before = d
				}
			}
		}
		if after.IsZero() {
			for _, e := range on(day.Date.AddDays(1), day.Date.AddDays(1+days)) {
				if d := dateOf(e.Start, day.Zone); day.Date.Before(d) && (after.IsZero() || d.Before(after)) {
					after = d
				}
			}
		}
	}
	return before, after
}

func dateOf(t *calendar.EventDateTime, zone *time.Location) summarizer.Date {
	if date, err := summarizer.ParseDate(t.Date); err == nil {
		return date
	}
	at, _ := time.Parse(time.RFC3339, t.DateTime) // the server wrote it
	return summarizer.DateOf(at.In(zone))
}
