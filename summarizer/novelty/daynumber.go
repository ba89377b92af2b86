package novelty

import (
	"math"
	"time"

	"foreday/summarizer"
)

// placed returns when the event starts by the clocks of zone. An all-day event
// has its date in every zone.
func placed(e summarizer.Event, zone *time.Location) occurred {
	if e.AllDay {
		return occurred{On: dayNumber(e.StartDate), Minute: allDay}
	}
	return placedAt(e.Start, zone)
}

func placedAt(t time.Time, zone *time.Location) occurred {
	t = t.In(zone)
	return occurred{On: dayNumber(summarizer.DateOf(t)), Minute: int16(t.Hour()*60 + t.Minute())}
}

// endOf returns the minute of the day it starts on at which a timed event ends: the
// last one if it goes on after midnight.
func endOf(e summarizer.Event, at occurred, zone *time.Location) int16 {
	switch end := placedAt(e.End, zone); {
	case end.On > at.On:
		return 24 * 60
	case end.On < at.On:
		return at.Minute
	default:
		return max(at.Minute, end.Minute)
	}
}

// dayNumber counts days from [summarizer.Epoch].
func dayNumber(d summarizer.Date) int32 {
	// DaysUntil would not reach as far as a calendar can.
	days := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60)
	return int32(max(math.MinInt32, min(days, math.MaxInt32)))
}

func dateOf(day int32) summarizer.Date {
	return summarizer.Epoch.AddDays(int(day))
}

func weekdayOf(day int32) time.Weekday { return time.Weekday(((int(day)+4)%7 + 7) % 7) }

// monday returns the first day of the day's week.
func monday(day int32) int32 { return day - int32((weekdayOf(day)+6)%7) }

func earlier(a, b summarizer.Date) summarizer.Date {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b summarizer.Date) summarizer.Date {
	if a.Before(b) {
		return b
	}
	return a
}
