package novelty

import (
	"slices"

	"foreday/summarizer"
)

const (
	// usualWeeks is how many weeks back days of the same weekday tell what is usual.
	usualWeeks = 12
	// enoughDays is how many such days it takes to say anything.
	enoughDays = 6
	// usualSpread is how many minutes from the median a day may begin or end and do so
	// as usual.
	usualSpread = 45
)

// Usual returns what the days of the same weekday in the twelve weeks before the day
// were like; the zero Usual if fewer than six of them come after the calendar's first
// event. The day itself and what is planned after it count for nothing.
//
// Begins and Ends are the medians of the first starts and of the last ends of timed
// events, each if six days at least hold such events and two thirds of those are within
// 45 minutes of it; Events is the median number of events. Of two middle values the lower
// is the median. An event counts on the day it starts on, by the clocks of the person's
// zone, and ends at midnight if it goes on; a cancelled one never counts.
//
// Missing are places in the week that a title keeps daily, weekly or fortnightly, which
// are due on the day and empty: no event of nearly that title, or of its series, is
// within the hour, be it cancelled, nor was one put elsewhere, on the day or up to three
// days before or after. The three most frequent are named, and none if more than half
// of what is due is missing, as on a holiday.
func (m *Model) Usual(day summarizer.Day, events []summarizer.Event) summarizer.Usual {
	on := dayNumber(day.Date)
	days := m.sameWeekdays(on)
	if m.cut || len(days) < enoughDays {
		return summarizer.Usual{}
	}
	var begins, ends, counts []int
	for _, d := range days {
		counts = append(counts, d.events)
		if d.timed {
			begins = append(begins, int(d.begins))
		}
		if end := m.ends[d.on]; end > 0 && d.timed {
			ends = append(ends, int(end))
		}
	}
	return summarizer.Usual{
		Days: len(days), Begins: usualMinute(begins), Ends: usualMinute(ends),
		Events: median(counts), Most: slices.Max(counts),
		Missing: m.missing(on, events),
	}
}

// pastDay is what is known of a day's events.
type pastDay struct {
	on     int32
	events int
	timed  bool  // there is an event that is not all day
	begins int16 // the minute at which the first such event starts
}

// sameWeekdays returns the days of the day's weekday in the weeks before it, the latest
// first, that are known and not before the first event.
func (m *Model) sameWeekdays(on int32) []pastDay {
	var days []pastDay
	for week := int32(1); week <= usualWeeks; week++ {
		if d := on - 7*week; d >= m.first && d < dayNumber(m.until) {
			days = append(days, pastDay{on: d})
		}
	}
	for _, h := range m.patterns {
		for _, o := range h.Held[searchDay(h.Held, on-7*usualWeeks):searchDay(h.Held, on)] {
			i := slices.IndexFunc(days, func(d pastDay) bool { return d.on == o.On })
			if i < 0 {
				continue
			}
			d := &days[i]
			d.events++
			if o.Minute != allDay && (!d.timed || o.Minute < d.begins) {
				d.timed, d.begins = true, o.Minute
			}
		}
	}
	return days
}

// usualMinute returns the median, or -1 if fewer than two thirds are close to it or
// there are too few at all.
func usualMinute(minutes []int) int {
	if len(minutes) < enoughDays {
		return -1
	}
	middle, near := median(minutes), 0
	for _, m := range minutes {
		if max(m-middle, middle-m) <= usualSpread {
			near++
		}
	}
	if 3*near < 2*len(minutes) {
		return -1
	}
	return middle
}

// median sorts the numbers, and returns the lower of two in the middle.
func median(numbers []int) int {
	slices.Sort(numbers)
	return numbers[(len(numbers)-1)/2]
}
