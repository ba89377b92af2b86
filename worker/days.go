package worker

import (
	"slices"
	"time"

	"foreday/cache"
	"foreday/events"
	"foreday/summarizer"
)

// maxSpanDays is the longest span whose days are enumerated. A longer one
// invalidates every day of the user that is cached.
const maxSpanDays = 62

// The outermost offsets in use anywhere. A user whose zone is unknown may live
// by any in between.
var (
	westernmost = time.FixedZone("UTC-12", -12*60*60)
	easternmost = time.FixedZone("UTC+14", 14*60*60)
)

// datesOf returns the first and the last local date that the span touches for
// somebody in zone; a nil zone is any on earth.
func datesOf(span events.Span, zone *time.Location) (first, last summarizer.Date) {
	if span.AllDay {
		return summarizer.DateOf(span.Start), summarizer.DateOf(span.End.AddDate(0, 0, -1))
	}
	west, east := zone, zone
	if zone == nil {
		west, east = westernmost, easternmost
	}
	end := span.Start
	if span.End.After(span.Start) {
		end = span.End.Add(-time.Nanosecond)
	}
	return summarizer.DateOf(span.Start.In(west)), summarizer.DateOf(end.In(east))
}

// dueWindow returns the first and the last date that are regenerated ahead of
// any reader, for somebody in zone; a nil zone is any on earth.
func dueWindow(zone *time.Location, now time.Time, refreshDays int) (first, last summarizer.Date) {
	west, east := zone, zone
	if zone == nil {
		west, east = westernmost, easternmost
	}
	return summarizer.DateOf(now.In(west)), summarizer.DateOf(now.In(east)).AddDays(refreshDays - 1)
}

// dueDays returns the days of the window.
func dueDays(zone *time.Location, now time.Time, refreshDays int) []cache.DueDay {
	var days []cache.DueDay
	first, last := dueWindow(zone, now, refreshDays)
	for d := first; !last.Before(d); d = d.AddDays(1) {
		days = append(days, cache.DueDay{Date: d, Due: true})
	}
	return days
}

// withKnown adds the dates that are missing, as days that are not due.
func withKnown(days []cache.DueDay, known []summarizer.Date) []cache.DueDay {
	for _, date := range known {
		if !slices.ContainsFunc(days, func(d cache.DueDay) bool { return d.Date == date }) {
			days = append(days, cache.DueDay{Date: date})
		}
	}
	return days
}

// change is what the messages of one batch say about one user.
type change struct {
	user       string
	deliveries []events.Delivery
}

// invalidation says which days the messages touch for somebody in zone, "" for
// anywhere on earth.
func (c *change) invalidation(zone string, now time.Time, refreshDays int) cache.Invalidation {
	in := cache.Invalidation{User: c.user, Zone: zone, Published: c.deliveries[0].Published}
	loc, err := time.LoadLocation(zone)
	if zone == "" || err != nil {
		in.Zone, loc = "", nil
	}
	first, last := dueWindow(loc, now, refreshDays)
	touch := func(span events.Span, want string) {
		from, to := datesOf(span, loc)
		if from.DaysUntil(to) >= maxSpanDays {
			in.All = true
			return
		}
		for d := from; !to.Before(d); d = d.AddDays(1) {
			due := !d.Before(first) && !last.Before(d)
			i := slices.IndexFunc(in.Days, func(day cache.DueDay) bool { return day.Date == d })
			if i < 0 {
				i = len(in.Days)
				in.Days = append(in.Days, cache.DueDay{Date: d, Due: due})
			}
			if want != "" {
				in.Days[i].Want = append(in.Days[i].Want, want)
			}
		}
	}
	for _, d := range c.deliveries {
		in.Redelivered = in.Redelivered || d.Redelivered
		if d.Published.Before(in.Published) {
			in.Published = d.Published
		}
		m := d.Message
		if !m.Span.IsZero() {
			touch(m.Span, want(m))
		}
		switch {
		case !m.Was.IsZero():
			touch(m.Was, "")
		case m.Type == events.EventUpdated, m.Type == events.CalendarChanged:
			in.All = true
		}
	}
	if in.All {
		for _, day := range dueDays(loc, now, refreshDays) {
			in.Days = withDue(in.Days, day)
		}
	}
	return in
}

func withDue(days []cache.DueDay, day cache.DueDay) []cache.DueDay {
	if slices.ContainsFunc(days, func(d cache.DueDay) bool { return d.Date == day.Date }) {
		return days
	}
	return append(days, day)
}

// want says what the next look at the calendar should show of the message's
// event, "" if nothing is certain.
func want(m events.Message) string {
	switch m.Type {
	case events.EventCreated:
		return "+" + m.Event
	case events.EventDeleted:
		return "-" + m.Event
	}
	return ""
}
