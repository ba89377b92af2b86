package facts

import (
	"slices"
	"time"

	"foreday/summarizer"
)

const (
	offUsual   = 30 * time.Minute // by which a day must begin earlier or end later to be told
	maxMissing = 3                // routines that are said to be missing
	many       = 4                // events that can make a day a busy one
	midnight   = 24 * 60          // the minute at which a day ends
)

// aboutDay returns how the day lies to the usual one.
func aboutDay(b summarizer.Brief) []Fact {
	var found []Fact
	for _, f := range append(hours(b), counts(b)...) {
		f.Event, f.Other = None, None
		found = append(found, f)
	}
	for _, slot := range b.Usual.Missing[:min(len(b.Usual.Missing), maxMissing)] {
		found = append(found, Fact{Kind: Missing, Event: None, Other: None, Slot: slot})
	}
	return found
}

// hours tells a day that begins earlier or ends later than usual. An event that goes
// on past midnight ends at midnight.
func hours(b summarizer.Brief) []Fact {
	if b.Usual.Days == 0 {
		return nil
	}
	var starts, ends []time.Time
	for _, v := range slices.Concat(b.Novel, b.Routine) {
		s := SpanOn(v.Event, b.Day)
		if s.StartsHere && !s.WholeDay && TakesPlace(v.Event) {
			starts, ends = append(starts, s.Start), append(ends, s.End)
		}
	}
	if len(starts) == 0 {
		return nil
	}
	first, last := slices.MinFunc(starts, time.Time.Compare), slices.MaxFunc(ends, time.Time.Compare)
	begins, endsAt := minute(first), midnight
	if end := b.Day.End(); last.Before(end) {
		endsAt = minute(last)
	} else {
		last = end
	}
	const off = int(offUsual / time.Minute)
	var found []Fact
	if usual := b.Usual.Begins; usual >= 0 && begins < usual-off {
		found = append(found, Fact{Kind: BeginsEarlier, From: first, Now: begins, Usual: usual})
	}
	if usual := b.Usual.Ends; usual >= 0 && endsAt > usual+off {
		found = append(found, Fact{Kind: EndsLater, To: last, Now: endsAt, Usual: usual})
	}
	return found
}

// counts tells a day that holds many events, more than such days do, or none.
func counts(b summarizer.Brief) []Fact {
	now := b.Total
	for _, v := range slices.Concat(b.Novel, b.Routine) {
		if !TakesPlace(v.Event) {
			now--
		}
	}
	switch usual := b.Usual; {
	case usual.Days == 0:
	case now > usual.Most && now >= many:
		return []Fact{{Kind: Busier, Now: now, Usual: usual.Most}}
	case now <= 0 && usual.Events > 0:
		return []Fact{{Kind: Free, Usual: usual.Events}}
	}
	return nil
}

func minute(t time.Time) int { return t.Hour()*60 + t.Minute() }
