package facts

import (
	"slices"
	"time"

	"foreday/summarizer"
)

const (
	earlier    = 30      // minutes by which a day must begin earlier to be told
	later      = 60      // and by which it must end later
	noon       = 12 * 60 // a day that usually begins after it has no morning to lose
	afternoon  = 15 * 60 // nor one that usually ends before it an evening
	maxMissing = 3       // routines that are said to be missing
	many       = 6       // events that can make a day a busy one
	midnight   = 24 * 60 // the minute at which a day ends
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

// hours tells a morning that begins earlier or an evening that ends later than usual, if
// novel events make it so: where routines do, that is usual enough. An event that goes
// on past midnight ends at midnight.
func hours(b summarizer.Brief) []Fact {
	if b.Usual.Days == 0 || b.Unread > 0 {
		return nil // nobody knows
	}
	starts, ends := extents(b.Novel, b.Day)
	if len(starts) == 0 {
		return nil
	}
	first, last := slices.MinFunc(starts, time.Time.Compare), slices.MaxFunc(ends, time.Time.Compare)
	routineStarts, routineEnds := extents(b.Routine, b.Day)
	beginsNew := !slices.ContainsFunc(routineStarts, func(t time.Time) bool { return !t.After(first) }) &&
		!slices.ContainsFunc(slices.Concat(b.Novel, b.Routine), func(v summarizer.Verdict) bool { return runsIn(v.Event, b.Day) })
	endsNew := !slices.ContainsFunc(routineEnds, func(t time.Time) bool { return !t.Before(last) })
	begins, endsAt := minute(first), midnight
	if end := b.Day.End(); last.Before(end) {
		endsAt = minute(last)
	} else {
		last = end
	}
	var found []Fact
	if usual := b.Usual.Begins; usual >= 0 && usual <= noon && beginsNew && begins < usual-earlier {
		found = append(found, Fact{Kind: BeginsEarlier, From: first, Now: begins, Usual: usual})
	}
	if usual := b.Usual.Ends; usual >= afternoon && endsNew && endsAt > usual+later {
		found = append(found, Fact{Kind: EndsLater, To: last, Now: endsAt, Usual: usual})
	}
	return found
}

// extents returns when the timed events that begin on the day and take place start and end.
func extents(verdicts []summarizer.Verdict, day summarizer.Day) (starts, ends []time.Time) {
	for _, v := range verdicts {
		s := SpanOn(v.Event, day)
		if s.StartsHere && !s.WholeDay && TakesPlace(v.Event) {
			starts, ends = append(starts, s.Start), append(ends, s.End)
		}
	}
	return starts, ends
}

// runsIn reports whether a timed event goes on into the day, and ends on it.
func runsIn(e summarizer.Event, day summarizer.Day) bool {
	s := SpanOn(e, day)
	return TakesPlace(e) && !s.StartsHere && !s.WholeDay
}

// counts tells a day that holds many events, more than such days do, or none.
func counts(b summarizer.Brief) []Fact {
	now, running := b.Total, 0 // on days before, what runs on did not count
	for _, v := range slices.Concat(b.Novel, b.Routine) {
		switch {
		case !TakesPlace(v.Event):
			now--
		case !SpanOn(v.Event, b.Day).StartsHere:
			running++
		}
	}
	switch usual := b.Usual; {
	case usual.Days == 0, b.Unread > 0:
	case now > usual.Most && now >= many && running == 0:
		return []Fact{{Kind: Busier, Now: now, Usual: usual.Most}}
	case now <= 0 && usual.Events > 0:
		return []Fact{{Kind: Free, Usual: usual.Events}}
	}
	return nil
}

func minute(t time.Time) int { return t.Hour()*60 + t.Minute() }
