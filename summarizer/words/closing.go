package words

import (
	"slices"

	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
)

// aboutDay words the facts about the day that the plan tells, a sentence each.
func (w *writing) aboutDay() []string {
	var told []facts.Fact
	for _, part := range w.plan.Parts {
		for _, i := range part.Facts {
			if f := w.facts.Facts[i]; f.Event == facts.None {
				told = append(told, f)
			}
		}
	}
	kind := func(k facts.Kind) int { return slices.IndexFunc(told, func(f facts.Fact) bool { return f.Kind == k }) }
	var sentences []string
	begins, ends := kind(facts.BeginsEarlier), kind(facts.EndsLater)
	weekday := w.day.Date.Weekday()
	for i, f := range told {
		switch {
		case f.Kind == facts.BeginsEarlier && ends >= 0:
			sentences = append(sentences, w.BeginsAndEnds(w.begin(f), w.end(told[ends]), w.minute(f.Usual), w.minute(told[ends].Usual)))
		case f.Kind == facts.BeginsEarlier:
			sentences = append(sentences, w.Begins(w.begin(f), w.minute(f.Usual)))
		case f.Kind == facts.EndsLater && begins < 0:
			sentences = append(sentences, w.Ends(w.end(f), w.minute(f.Usual)))
		case f.Kind == facts.Busier:
			sentences = append(sentences, w.Fullest(weekday, f.Now))
		case f.Kind == facts.Free:
			sentences = append(sentences, w.Free(weekday, f.Usual))
		case f.Kind == facts.Missing && i == kind(facts.Missing):
			sentences = append(sentences, w.missing(told)...)
		}
	}
	return sentences
}

func (w *writing) begin(f facts.Fact) string { return w.Clock(w.clockAt(f.From)) }

func (w *writing) end(f facts.Fact) string { return w.Clock(w.endOn(f.To, w.day.Date)) }

// missing names the places of the routines that are missing.
func (w *writing) missing(told []facts.Fact) []string {
	var slots []string
	for _, f := range told {
		if slot := w.slot(f.Slot); f.Kind == facts.Missing && slot != "" {
			slots = append(slots, slot)
		}
	}
	if len(slots) == 0 {
		return nil
	}
	return []string{w.Missing(w.list(slots))}
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
				name := w.called(plan.Unit{Events: []int{e}}, otherTitle, true)
				items = append(items, w.Line(name, w.until(w.event(e))))
			}
		}
	}
	if more > 0 {
		items = append(items, w.AndMore(more))
	}
	return items
}

// rest says how many routine events there are, and when the first begins and the
// last ends.
func (w *writing) rest() string {
	routine := w.facts.Brief.Routine
	n := w.facts.Total - w.facts.Unread - len(w.facts.Brief.Novel)
	if n <= 0 {
		return ""
	}
	if n == 1 && len(routine) == 1 {
		e := routine[0].Event
		return w.RestOne(w.Line(w.title(e.Title, otherTitle), w.when(e)))
	}
	var spans []facts.Span
	for _, v := range routine {
		if s := facts.SpanOn(v.Event, w.day); !s.WholeDay {
			spans = append(spans, s)
		}
	}
	if len(spans) == 0 || !slices.MinFunc(spans, byStart).StartsHere {
		return w.Rest(n, "")
	}
	return w.Rest(n, w.voice.hours(w.first(spans), w.last(spans)))
}
