package facts

import (
	"slices"
	"strconv"

	"foreday/summarizer"
	"foreday/summarizer/titles"
)

// Of returns the facts of the day that the brief is about. It asks for nothing but
// that the brief's events touch the day and are in order of time. A routine event that
// is cancelled is no part of the day: for this person that is no news, or it would be
// novel.
func Of(b summarizer.Brief) Day {
	routine := eventsOf(b.Routine, b.Day)
	routine = slices.DeleteFunc(routine, func(e Event) bool { return !e.TakesPlace() })
	d := Day{Brief: b, Events: eventsOf(b.Told(), b.Day), Routine: routine}
	pairs := pairsOf(d)
	for i := range d.Events {
		d.Events[i].ID = "e" + strconv.Itoa(i+1)
		d.Facts = append(d.Facts, aboutEvent(i, d.Events[i])...)
		d.Facts = append(d.Facts, pairs[i]...)
	}
	d.Facts = append(d.Facts, aboutDay(b, slices.Concat(routine, eventsOf(b.Novel, b.Day)))...)
	for i := range d.Facts {
		d.Facts[i].ID = "f" + strconv.Itoa(i+1)
	}
	return d
}

func eventsOf(verdicts []summarizer.Verdict, day summarizer.Day) []Event {
	events := make([]Event, len(verdicts))
	for i, v := range verdicts {
		events[i] = Event{Verdict: v, Span: SpanOn(v.Event, day), Title: titles.Clean(v.Event.Title, MaxTitle)}
	}
	return events
}

// aboutEvent returns what is true of one event by itself.
func aboutEvent(i int, e Event) []Fact {
	var found []Fact
	add := func(kind Kind, so bool) {
		if so {
			found = append(found, Fact{Kind: kind, Event: i, Other: None})
		}
	}
	add(Reason, e.Why.Kind != summarizer.NoReason)
	add(Cancelled, !e.TakesPlace())
	add(Tentative, e.Event.Status == summarizer.Tentative)
	add(StillOn, e.GoesOn())
	return found
}
