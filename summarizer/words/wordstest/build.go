package wordstest

import (
	"fmt"
	"slices"
	"time"
	_ "time/tzdata" // zones of days, whatever the machine has

	"foreday/summarizer"
)

const timeLayout = "2006-01-02 15:04"

// event is an event as a test writes it down.
type event struct {
	title    string
	from, to string // "15:04" on the day, as timeLayout, as RFC 3339, or both a date of an all-day event; no "to" is no length
	calendar string // "Personal" if ""
	why      summarizer.Why
	novelty  float64
	status   summarizer.EventStatus
}

// day is a day as a test writes it down.
type day struct {
	name     string
	zone     string // Europe/Berlin if ""
	date     string // Monday, 23 November 2026 if ""
	novel    []event
	routine  []event
	unread   int
	usual    summarizer.Usual
	clock12  bool
	language string
}

func (d day) brief() summarizer.Brief {
	zone := must(time.LoadLocation(or(d.zone, "Europe/Berlin")))
	date := must(summarizer.ParseDate(or(d.date, "2026-11-23")))
	b := summarizer.Brief{
		Day: summarizer.Day{Date: date, Zone: zone}, Usual: d.usual, Clock12: d.clock12, Language: d.language,
		Unread: d.unread,
	}
	for _, e := range d.novel {
		v := e.verdict(b.Day)
		v.Novel, v.Novelty = true, max(e.novelty, 0.5)
		if v.Why.Kind == summarizer.NoReason {
			v.Why.Kind = summarizer.FirstTime
		}
		b.Novel = append(b.Novel, v)
	}
	for _, e := range d.routine {
		b.Routine = append(b.Routine, e.verdict(b.Day))
	}
	for _, list := range [][]summarizer.Verdict{b.Novel, b.Routine} {
		slices.SortStableFunc(list, func(x, y summarizer.Verdict) int {
			from, _ := x.Event.Span(zone)
			to, _ := y.Event.Span(zone)
			return from.Compare(to)
		})
	}
	return b
}

func (e event) verdict(day summarizer.Day) summarizer.Verdict {
	calendar := or(e.calendar, "Personal")
	v := summarizer.Verdict{Why: e.why, Novelty: e.novelty, Event: summarizer.Event{
		ID: e.title + e.from, Title: e.title, Calendar: calendar, CalendarID: calendar, Status: e.status,
	}}
	if from, err := summarizer.ParseDate(e.from); err == nil {
		v.Event.AllDay, v.Event.StartDate, v.Event.EndDate = true, from, must(summarizer.ParseDate(e.to))
		return v
	}
	v.Event.Start, v.Event.End = instant(e.from, day), instant(or(e.to, e.from), day)
	return v
}

func instant(s string, day summarizer.Day) time.Time {
	if u, err := time.Parse(time.RFC3339, s); err == nil {
		return u
	}
	if len(s) == len("15:04") {
		s = day.Date.String() + " " + s
	}
	return must(time.ParseInLocation(timeLayout, s, day.Zone))
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Sprintf("a day of wordstest is not written as it should be: %v", err))
	}
	return v
}
