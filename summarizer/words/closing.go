package words

import "foreday/summarizer/facts"

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

// closing says what goes on from an earlier day, and how the rest of the day is. What is
// not as usual, but below the reader's threshold, is counted.
func (w *writing) closing() (lines []string) {
	if items := w.stillOn(); len(items) > 0 {
		lines = append(lines, w.Stop(w.StillOn(items)))
	}
	if len(w.usual) > 0 {
		lines = append(lines, w.Stop(w.Rest(w.rest())))
	}
	if hidden := len(w.facts.Routine) - len(w.usual); hidden > 0 {
		lines = append(lines, w.Stop(capital(w.AndMore(hidden))))
	}
	if n := w.facts.Unread; n > 0 {
		lines = append(lines, w.Stop(w.Language.Unread(n)))
	}
	return lines
}

const mostItems = 4 // in a closing line

// stillOn names what goes on from an earlier day, and says what is unexpected about it.
func (w *writing) stillOn() (items []string) {
	for _, i := range w.plan.Events() {
		e := w.facts.Events[i]
		if !e.GoesOn() {
			continue
		}
		item := w.Line(w.name(e, otherTitle), w.when(e.Span))
		if e.Unexpected() {
			item = w.Aside(item, w.reason(e))
		}
		items = append(items, item)
	}
	if more := len(items) - mostItems; more > 0 {
		return append(items[:mostItems], w.AndMore(more))
	}
	return items
}

// rest names the events that are as usual, or says how many there are, and when they are:
// those that begin and end on the day from when the first begins to when the last ends,
// each of the others as it is.
func (w *writing) rest() []string {
	const few = 3
	var whens, items []string
	groups := map[string][]facts.Event{}
	for _, e := range w.usual {
		when := ""
		if e.WholeDay || !e.StartsHere || !e.EndsHere {
			when = w.when(e.Span)
		}
		if groups[when] = append(groups[when], e); len(groups[when]) == 1 {
			whens = append(whens, when)
		}
	}
	left := len(w.usual)
	for _, when := range whens {
		group := groups[when]
		if len(items) == mostItems {
			return append(items, w.AndMore(left))
		}
		left -= len(group)
		what := w.Events(len(group))
		if len(w.usual) <= few || len(group) == 1 {
			var names []string
			for _, e := range group {
				names = append(names, w.name(e, otherTitle))
			}
			what = w.list(names)
		}
		if when == "" {
			all, _ := extent(group)
			when = w.when(all)
		}
		items = append(items, w.Line(what, when))
	}
	return items
}
