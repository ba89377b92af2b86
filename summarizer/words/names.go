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
	return !letters || len(words) > short || slices.ContainsFunc(words, func(w string) bool { return slices.Contains(v.OwnWords, w) })
}

// writing is a text about a day while it is written.
type writing struct {
	voice
	facts  facts.Day
	labels bool // name the calendars of events
}

// name returns the event's name in a line: with its calendar, if there are several.
func (w writing) name(e int) string {
	v := w.facts.Events[e].Event
	return w.tentative(w.labelled(w.title(v.Title, lineTitle), v.Calendar), v)
}

// brief returns the event's name in a headline.
func (w writing) brief(e, limit int) string {
	v := w.facts.Events[e].Event
	return w.tentative(w.title(v.Title, limit), v)
}

func (w writing) tentative(name string, e summarizer.Event) string {
	if e.Status == summarizer.Tentative {
		return w.Tentative(name)
	}
	return name
}

func (w writing) labelled(name, calendar string) string {
	if calendar = label(calendar); w.labels && calendar != "" {
		return w.Calendar(name, titles.Isolate(calendar, w.RightToLeft))
	}
	return name
}

// label returns the name of a calendar, "" if it has none but a mail address.
func label(calendar string) string {
	if strings.ContainsRune(calendar, '@') {
		return ""
	}
	return titles.Clean(calendar, calendarLabel)
}

// severalCalendars reports whether a calendar's name tells something: the novel events
// are of several, or of another one than all routine events.
func severalCalendars(day facts.Day) bool {
	if len(day.Events) == 0 {
		return false
	}
	first := day.Events[0].Event.Calendar
	for _, e := range day.Events {
		if e.Event.Calendar != first {
			return true
		}
	}
	for _, v := range day.Brief.Routine {
		if v.Event.Calendar == first {
			return false
		}
	}
	return len(day.Brief.Routine) > 0
}

// list puts items together as one enumerates them.
func (v voice) list(items []string) string {
	if len(items) == 1 {
		return items[0]
	}
	return v.And(items)
}
