package words

import (
	"slices"

	"foreday/summarizer/facts"
)

// aboutDay words the facts about the day that the plan tells, a sentence each.
func (w *writing) aboutDay() []string {
	var sentences, missing []string
	say := func(sentence string) { sentences = append(sentences, w.Stop(sentence)) }
	weekday := w.day.Date.Weekday()
	for _, i := range w.plan.Facts {
		switch f := w.facts.Facts[i]; f.Kind {
		case facts.BeginsEarlier:
			say(w.Begins(w.Clock(w.clockAt(f.From)), w.minute(f.Usual)))
		case facts.EndsLater:
			say(w.Ends(w.Clock(w.end(f.To, w.day.Date)), w.minute(f.Usual)))
		case facts.Busier:
			say(w.Fullest(weekday, f.Now))
		case facts.Free:
			say(w.Free(weekday, f.Usual))
		case facts.Missing:
			missing = append(missing, w.slot(f.Slot))
		}
	}
	if len(missing) > 0 {
		say(w.Missing(w.list(missing)))
	}
	return sentences
}

// closing says what goes on from an earlier day, and how the rest of the day is.
func (w *writing) closing() []string {
	var lines []string
	if items := w.stillOn(); len(items) > 0 {
		lines = append(lines, w.Stop(w.StillOn(items)))
	}
	if len(w.facts.Routine) > 0 {
		lines = append(lines, w.Stop(w.Rest(w.rest())))
	}
	if n := w.facts.Unread; n > 0 {
		lines = append(lines, w.Stop(w.Language.Unread(n)))
	}
	return lines
}

func (w *writing) stillOn() []string {
	const most = 4
	var items []string
	for _, i := range w.plan.Events {
		if e := w.facts.Events[i]; e.GoesOn() {
			items = append(items, w.Line(w.name(e, otherTitle), w.when(e.Span)))
		}
	}
	if more := len(items) - most; more > 0 {
		return append(items[:most], w.AndMore(more))
	}
	return items
}

// rest names the routine events, or says how many there are, and when the first begins
// and the last ends of those that have a time.
func (w *writing) rest() string {
	const few = 3
	routine := w.facts.Routine
	what, hours := w.Events(len(routine)), ""
	if len(routine) <= few {
		var names []string
		for _, e := range routine {
			names = append(names, w.name(e, otherTitle))
		}
		what = w.list(names)
	}
	timed := slices.DeleteFunc(slices.Clone(routine), func(e facts.Event) bool { return e.WholeDay })
	if from, to, ok := w.extent(timed); ok {
		hours = w.hours(from, to)
	}
	if len(routine) == 1 {
		hours = w.when(routine[0].Span)
	}
	if hours == "" {
		return what
	}
	return w.Line(what, hours)
}
