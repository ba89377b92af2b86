package facts

import (
	"slices"
	"time"

	"foreday/summarizer"
)

// Bounds on the facts about pairs of events.
const (
	maxShared = 3 // others that an event is said to overlap with or to be inside of
	adjacent  = 5 * time.Minute
)

// timed is a timed event that takes place.
type timed struct {
	event  *summarizer.Event
	novel  int // its index in Day.Events, None for a routine one
	span   Span
	shared int // facts about it that it shares time with another
}

// pairsOf returns how the novel events lie to others, under the event that each fact
// is about.
func pairsOf(d Day) [][]Fact {
	events := timedOf(d)
	found := make([][]Fact, len(d.Events))
	for i := range events {
		a := &events[i]
		if a.novel == None {
			break
		}
		for j := i + 1; j < len(events) && a.shared < maxShared; j++ {
			b := &events[j]
			if b.shared >= maxShared {
				continue
			}
			if f, ok := share(*a, *b, d); ok {
				found[f.Event] = append(found[f.Event], f)
				a.shared++
				b.shared++
			}
		}
		if f, ok := followed(*a, events); ok {
			found[a.novel] = append(found[a.novel], f)
		}
	}
	return found
}

// timedOf returns the timed events that take place, the novel ones first.
func timedOf(d Day) []timed {
	var events []timed
	add := func(e *summarizer.Event, novel int) {
		if !TakesPlace(*e) || e.AllDay {
			return
		}
		if s := SpanOn(*e, d.Day); !s.WholeDay {
			events = append(events, timed{event: e, novel: novel, span: s})
		}
	}
	for i := range d.Events {
		add(&d.Events[i].Event, i)
	}
	for i := range d.Brief.Routine {
		add(&d.Brief.Routine[i].Event, None)
	}
	return events
}

// share returns the fact that a, which is novel, and b take place at the same time.
// One event that is in two calendars does not.
func share(a, b timed, d Day) (Fact, bool) {
	same := a.span.Start.Equal(b.span.Start) && a.span.End.Equal(b.span.End)
	if same && a.event.Title == b.event.Title {
		return Fact{}, false
	}
	from := slices.MaxFunc([]time.Time{a.span.Start, b.span.Start, d.Day.Start()}, time.Time.Compare)
	to := slices.MinFunc([]time.Time{a.span.End, b.span.End, d.Day.End()}, time.Time.Compare)
	if !from.Before(to) {
		return Fact{}, false
	}
	f := Fact{Kind: Overlaps, From: from, To: to}
	switch {
	case !same && b.novel != None && within(b.span, a.span):
		f.Kind = Inside
		a, b = b, a
	case !same && a.novel != None && within(a.span, b.span):
		f.Kind = Inside
	case b.novel != None && d.Events[b.novel].Novelty > d.Events[a.novel].Novelty:
		a, b = b, a
	}
	f.Event, f.Other = a.novel, b.novel
	if b.novel == None {
		f.Beside = b.event
	}
	return f, true
}

func within(inner, outer Span) bool {
	return !inner.Start.Before(outer.Start) && !inner.End.After(outer.End)
}

// followed returns the fact that the event begins when another ends, the one that
// ends last of several.
func followed(e timed, events []timed) (Fact, bool) {
	f, least := Fact{Kind: Follows, Event: e.novel, Other: None}, adjacent+1
	for _, o := range events {
		gap := e.span.Start.Sub(o.span.End)
		if o.event == e.event || !o.span.End.After(o.span.Start) || gap < 0 || gap >= least {
			continue
		}
		least = gap
		f.Other, f.Beside = o.novel, nil
		if o.novel == None {
			f.Beside = o.event
		}
	}
	return f, least <= adjacent && e.span.StartsHere
}
