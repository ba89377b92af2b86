package words

import (
	"slices"
	"strings"
	"unicode"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/titles"
)

// What a text has room for, in characters.
const (
	lineTitle     = 80 // the title that a line is about
	otherTitle    = 40 // each of several titles in a sentence
	calendarLabel = 40
)

// Title returns the title of an event, which strangers can write, fit to be shown on a
// line of its own.
func Title(title string, limit int, language string) string {
	l := Speak(language)
	if t := titles.Clean(title, limit); t != "" {
		return titles.Isolate(t, l.RightToLeft)
	}
	return l.Untitled
}

// title returns a title as a name within a sentence, in quotation marks if it could be
// taken for a part of it.
func (v voice) title(title string, limit int) string {
	t := titles.Clean(title, limit)
	if t == "" {
		return v.Untitled
	}
	if v.QuotesAlways || v.couldBeTaken(t) {
		return v.Quote(titles.Isolate(t, v.RightToLeft))
	}
	return titles.Isolate(t, v.RightToLeft)
}

// couldBeTaken reports whether a title could be taken for a part of the sentence that
// it stands in.
func (v voice) couldBeTaken(title string) bool {
	const short = 6 // words
	letters := false
	for _, r := range title {
		switch {
		case unicode.IsLetter(r):
			letters = true
		case !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" '’-&/+#", r):
			return true
		}
	}
	words := strings.Fields(strings.ToLower(title))
	return !letters || strings.HasPrefix(title, "'") || strings.HasSuffix(title, "'") || len(words) > short || slices.ContainsFunc(words, func(w string) bool { return slices.Contains(v.OwnWords, w) })
}

// writing is a text about a day while it is written.
type writing struct {
	voice
	facts   facts.Day
	labels  bool // name the calendars of events in lines
	several bool // the day's events are of several calendars
}

// called returns what the unit is called, each of its titles cut to the limit. A line
// names calendars as well, and so does all that is called by nothing but its number.
func (w writing) called(u unit, limit int, line bool) string {
	name, calendar := w.unitName(u, limit), ""
	if line && w.labels || u.kind == crowd && w.several && name == w.Events(len(u.events)) {
		calendar = w.calendars(u)
	}
	switch {
	case u.kind == single && w.facts.Events[u.events[0]].Event.Status == summarizer.Tentative:
		return w.Tentative(name, calendar)
	case calendar != "":
		return w.Calendar(name, calendar)
	}
	return name
}

// calendars names the calendar of all events of the unit, or the calendars that one
// event is in; "" if that cannot be said.
func (w writing) calendars(u unit) string {
	var names []string
	for _, e := range u.events {
		calendar := w.facts.Events[e].Event.Calendar
		if strings.ContainsRune(calendar, '@') { // a mail address, which names nothing
			return ""
		}
		name := titles.Isolate(titles.Clean(calendar, calendarLabel), w.RightToLeft)
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 || len(names) > 1 && !w.oneInSeveral(u) {
		return ""
	}
	return w.list(names)
}

// calendarsOf returns whether a calendar's name tells something in each line, and
// whether the day's events are of several calendars at all. It tells something if the
// novel events are of several, or if the only one is of another than all the others.
func calendarsOf(day facts.Day) (labels, several bool) {
	novel, others := map[string]bool{}, map[string]bool{}
	for _, e := range day.Events {
		novel[e.Event.Calendar] = true
	}
	for _, v := range day.Brief.Routine {
		if !novel[v.Event.Calendar] {
			others[v.Event.Calendar] = true
		}
	}
	elsewhere := len(day.Events) == 1 && len(others) > 0 && !slices.ContainsFunc(day.Brief.Routine, func(v summarizer.Verdict) bool {
		return novel[v.Event.Calendar]
	})
	return len(novel) > 1 || elsewhere, len(novel)+len(others) > 1
}

// list puts items together as one enumerates them.
func (v voice) list(items []string) string {
	if len(items) == 1 {
		return items[0]
	}
	return v.And(items)
}
