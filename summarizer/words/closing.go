package words

import (
	"slices"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
)

// aboutDay words the facts about the day that the plan tells, a sentence each.
func (w *writing) aboutDay() []string {
	told := map[facts.Kind]facts.Fact{}
	var missing []string // the places of the routines that are
	for _, part := range w.plan.Parts {
		for _, i := range part.Facts {
			f := w.facts.Facts[i]
			if slot := w.slot(f.Slot); f.Kind == facts.Missing && slot != "" {
				missing = append(missing, slot)
			}
			told[f.Kind] = f
		}
	}
	early, begins := told[facts.BeginsEarlier]
	late, ends := told[facts.EndsLater]
	begin, end, weekday := w.Clock(w.clockAt(early.From)), w.Clock(w.endOn(late.To, w.day.Date)), w.day.Date.Weekday()
	var sentences []string
	switch {
	case begins && ends:
		sentences = append(sentences, w.BeginsAndEnds(begin, end, w.minute(early.Usual), w.minute(late.Usual)))
	case begins:
		sentences = append(sentences, w.Begins(begin, w.minute(early.Usual)))
	case ends:
		sentences = append(sentences, w.Ends(end, w.minute(late.Usual)))
	}
	if f, ok := told[facts.Busier]; ok {
		sentences = append(sentences, w.Fullest(weekday, f.Now))
	}
	if f, ok := told[facts.Free]; ok {
		sentences = append(sentences, w.Free(weekday, f.Usual))
	}
	if len(missing) > 0 {
		sentences = append(sentences, w.Missing(w.list(missing)))
	}
	return sentences
}

// closing says what goes on from an earlier day, and how the rest of the day is.
func (w *writing) closing() []string {
	var lines []string
	if items := w.stillOn(); len(items) > 0 {
		lines = append(lines, w.Stop(w.StillOn(items)))
	}
	if rest := w.rest(); rest != "" {
		lines = append(lines, w.Stop(rest))
	}
	if n := w.facts.Unread; n > 0 {
		lines = append(lines, w.Stop(w.Unread(n)))
	}
	return lines
}

func (w *writing) stillOn() []string {
	const most = 4
	var items []string
	more := 0
	for _, part := range w.plan.Parts {
		for _, e := range part.Events {
			switch {
			case !w.facts.GoesOn(e):
			case len(items) == most:
				more++
			default:
				name := w.called(plan.Unit{Events: []int{e}}, otherTitle, false)
				items = append(items, w.Line(name, w.until(w.event(e))))
			}
		}
	}
	if more > 0 {
		items = append(items, w.AndMore(more))
	}
	return items
}

// rest names the routine events, or says how many there are, when the first begins and
// the last ends.
func (w *writing) rest() string {
	routine := w.facts.Brief.Routine
	n := w.facts.Total - w.facts.Unread - len(w.facts.Brief.Novel)
	if n <= 0 {
		return ""
	}
	if n == 1 && len(routine) == 1 {
		e := routine[0].Event
		return w.RestOne(w.Line(w.routineName(e), w.when(e)))
	}
	const few = 3
	hours := w.routineHours()
	if n > few || len(routine) < n || slices.ContainsFunc(routine, func(v summarizer.Verdict) bool { return w.runsOn(v.Event) }) {
		return w.Rest(n, hours)
	}
	var names []string
	for _, v := range routine {
		names = append(names, w.routineName(v.Event))
	}
	if hours == "" {
		return w.RestOne(w.list(names))
	}
	return w.RestOne(w.Line(w.list(names), hours))
}

// routineName names a routine event, and says if it may not take place.
func (w *writing) routineName(e summarizer.Event) string {
	name := w.title(e.Title, otherTitle)
	if e.Status == summarizer.Tentative {
		return w.Tentative(name, "")
	}
	return name
}

// routineHours is when the first routine event begins and the last ends, "" if they are
// all day or began earlier.
func (w *writing) routineHours() string {
	var spans []facts.Span
	for _, v := range w.facts.Brief.Routine {
		if s := facts.SpanOn(v.Event, w.day); !s.WholeDay {
			spans = append(spans, s)
		}
	}
	if len(spans) == 0 || !slices.MinFunc(spans, byStart).StartsHere {
		return ""
	}
	return w.voice.hours(w.first(spans), w.last(spans))
}

// runsOn reports whether the event began on an earlier day.
func (w *writing) runsOn(e summarizer.Event) bool { return !facts.SpanOn(e, w.day).StartsHere }
