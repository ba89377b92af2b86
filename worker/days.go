package worker

import (
	"slices"
	"time"

	"foreday/cache/freshness"
	"foreday/events"
	"foreday/summarizer"
)

// maxSpanDays is the longest span whose days are enumerated. A longer one
// invalidates every day of the user that is cached.
const maxSpanDays = 62

// maxUserDays bounds the days that the messages of a batch may name for one user.
// More of them mean every day that is cached, too.
const maxUserDays = 2 * maxSpanDays

// datesOf returns the first and the last local date that the span touches for
// somebody in zone.
func datesOf(span events.Span, zone *time.Location) (first, last summarizer.Date) {
	if span.AllDay {
		return summarizer.DateOf(span.Start), summarizer.DateOf(span.End.AddDate(0, 0, -1))
	}
	end := span.Start
	if span.End.After(span.Start) {
		end = span.End.Add(-time.Nanosecond)
	}
	return summarizer.DayAt(span.Start, zone).Date, summarizer.DayAt(end, zone).Date
}

// window is the dates that are regenerated ahead of any reader.
type window struct{ first, last summarizer.Date }

func dueWindow(zone *time.Location, now time.Time, refreshDays int) window {
	today := summarizer.DayAt(now, zone).Date
	return window{today, today.AddDays(refreshDays - 1)}
}

// touches reports whether any date from first to last is in the window.
func (w window) touches(first, last summarizer.Date) bool {
	return !last.Before(w.first) && !w.last.Before(first)
}

// clip returns the dates from first to last that are in the window.
func (w window) clip(first, last summarizer.Date) (from, to summarizer.Date) {
	if first.Before(w.first) {
		first = w.first
	}
	if w.last.Before(last) {
		last = w.last
	}
	return first, last
}

// days returns the days of the window.
func (w window) days() []freshness.DueDay {
	var days []freshness.DueDay
	for d := w.first; !w.last.Before(d); d = d.AddDays(1) {
		days = append(days, freshness.DueDay{Date: d, Due: true})
	}
	return days
}

// withKnown adds the dates that are missing, as days that are not due.
func withKnown(days []freshness.DueDay, known []summarizer.Date) []freshness.DueDay {
	for _, date := range known {
		days = withDay(days, freshness.DueDay{Date: date}, "")
	}
	return days
}

// change is what the messages of one batch say about one user.
type change struct {
	user       string
	deliveries []events.Delivery
}

// changesOf sorts messages by user.
func changesOf(batch []events.Delivery) map[string]*change {
	changes := make(map[string]*change)
	for _, d := range batch {
		c := changes[d.User]
		if c == nil {
			c = &change{user: d.User}
			changes[c.user] = c
		}
		c.deliveries = append(c.deliveries, d)
	}
	return changes
}

// invalidation says which days the messages touch for somebody in zone. If the
// zone is only guessed and a day might be due in another, today is refreshed:
// that job learns the zone, and sees to the days that are due there. If every day is
// meant, the known ones are among them.
func (c *change) invalidation(zone *time.Location, guessed bool, now time.Time, refreshDays int,
	known []summarizer.Date) freshness.Invalidation {
	in := freshness.Invalidation{User: c.user, Zone: zone.String(), SetZone: zone.String(), Published: c.deliveries[0].Published}
	in.Message = c.deliveries[len(c.deliveries)-1].ID
	due := dueWindow(zone, now, refreshDays)
	anyDue, mightBeDue := false, false
	touch := func(span events.Span, expect string) {
		from, to := datesOf(span, zone)
		anyDue = anyDue || due.touches(from, to)
		mightBeDue = mightBeDue || due.touches(from.AddDays(-2), to.AddDays(2))
		if from.DaysUntil(to) >= maxSpanDays {
			in.All = true
			return
		}
		if len(in.Days) > maxUserDays {
			in.All = true
			from, to = due.clip(from, to)
		}
		for d := from; !to.Before(d); d = d.AddDays(1) {
			in.Days = withDay(in.Days, freshness.DueDay{Date: d, Due: due.touches(d, d)}, expect)
		}
	}
	var unsure []string // of every day
	for i, d := range c.deliveries {
		in.Redelivered = in.Redelivered || d.Redelivered
		if d.Published.Before(in.Published) {
			in.Published = d.Published
		}
		expect := ""
		if i >= len(c.deliveries)-freshness.MaxExpected {
			expect = expectation(d.Message)
		}
		everywhere := d.Type == events.CalendarChanged || d.Type == events.EventUpdated && d.Was.IsZero()
		if everywhere {
			in.All = true
			if expect != "" {
				unsure = append(unsure, expect) // at most freshness.MaxExpected of them
			}
			expect = ""
		}
		for _, span := range []events.Span{d.Span, d.Was} {
			if !span.IsZero() {
				touch(span, expect)
			}
		}
	}
	switch {
	case in.All:
		for _, day := range due.days() {
			in.Days = withDay(in.Days, day, "")
		}
		in.Days = withKnown(in.Days, known)
		for i := range in.Days {
			in.Days[i].Expect = append(in.Days[i].Expect, unsure...)
		}
	case guessed && mightBeDue && !anyDue && refreshDays > 0:
		in.Days = withDay(in.Days, freshness.DueDay{Date: due.first, Due: true}, "")
	}
	return in
}

// withDay adds the day unless it is there, and what is expected of it.
func withDay(days []freshness.DueDay, day freshness.DueDay, expect string) []freshness.DueDay {
	i := slices.IndexFunc(days, func(d freshness.DueDay) bool { return d.Date == day.Date })
	if i < 0 {
		i = len(days)
		days = append(days, day)
	}
	if expect != "" {
		days[i].Expect = append(days[i].Expect, expect)
	}
	return days
}
