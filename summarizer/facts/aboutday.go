package facts

import (
	"slices"
	"time"

	"foreday/summarizer"
)

const (
	earlier   = 30      // minutes by which a day must begin earlier to be told
	later     = 60      // and by which it must end later
	noon      = 12 * 60 // a day that usually begins after it has no morning to lose
	afternoon = 15 * 60 // nor one that usually ends before it an evening
	midnight  = 24 * 60 // the minute at which a day ends
	many      = 6       // events that can make a day a busy one
)

// aboutDay returns how the day lies to the usual one. The routine events come first.
func aboutDay(b summarizer.Brief, events []Event) []Fact {
	var found []Fact
	if b.Usual.Days > 0 && b.Unread == 0 { // else nobody knows
		found = append(hours(b, events), counts(b, events)...)
	}
	for _, slot := range b.Usual.Missing {
		found = append(found, Fact{Kind: Missing, Slot: slot})
	}
	for i := range found {
		found[i].Event, found[i].Other = None, None
	}
	return found
}

// hours tells a morning that begins earlier or an evening that ends later than usual, if
// novel events make it so: where routines do, that is usual enough. No day ends that an
// event leads into the next.
func hours(b summarizer.Brief, events []Event) []Fact {
	timed := slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return !e.timed() })
	if len(timed) == 0 {
		return nil
	}
	first := slices.MinFunc(timed, func(a, b Event) int { return a.Start.Compare(b.Start) })
	last := slices.MaxFunc(timed, func(a, b Event) int { return a.End.Compare(b.End) })
	ends := minute(last.End)
	if last.End.Equal(b.Day.End()) {
		ends = midnight
	}
	var found []Fact
	if usual := b.Usual.Begins; usual >= 0 && usual <= noon && first.Novel && first.StartsHere && minute(first.Start) < usual-earlier {
		found = append(found, Fact{Kind: BeginsEarlier, From: first.Start, Usual: usual})
	}
	if usual := b.Usual.Ends; usual >= afternoon && last.Novel && ends > usual+later && !last.End.After(b.Day.End()) {
		found = append(found, Fact{Kind: EndsLater, To: last.End, Usual: usual})
	}
	return found
}

// counts tells a day that holds many events, more than such days do, or none. On days
// before, what runs on did not count.
func counts(b summarizer.Brief, events []Event) []Fact {
	held := slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return !e.TakesPlace() })
	switch now := len(held); {
	case now > b.Usual.Most && now >= many && !slices.ContainsFunc(held, Event.GoesOn):
		return []Fact{{Kind: Busier, Now: now, Usual: b.Usual.Most}}
	case now == 0 && b.Usual.Events > 0:
		return []Fact{{Kind: Free, Usual: b.Usual.Events}}
	}
	return nil
}

func minute(t time.Time) int { return t.Hour()*60 + t.Minute() }
