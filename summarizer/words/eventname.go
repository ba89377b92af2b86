package words

import (
	"cmp"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/titles"
)

// What a text has room for, in characters.
const (
	lineTitle      = 80 // the title that a line is about
	otherTitle     = 40 // each of several titles in a sentence
	calendarLength = 40
)

// Title returns the title of an event, which strangers can write, fit to be shown on a
// line of its own.
func Title(title string, limit int, language string) string {
	l := Speak(language)
	return cmp.Or(titles.Isolate(titles.Clean(title, limit), l.RightToLeft), l.Untitled)
}

// title returns a title as a name within a sentence.
func (v voice) title(title string, limit int) string {
	if t := titles.Clean(title, limit); t != "" {
		return v.quoted(t, v.QuotesAlways)
	}
	return v.Untitled
}

// quoted puts what somebody else wrote in quotation marks if it could be taken for a
// part of the sentence, or always.
func (v voice) quoted(s string, always bool) string {
	isolated := titles.Isolate(s, v.RightToLeft)
	if always || v.couldBeTaken(s) {
		return v.Quote(isolated)
	}
	return isolated
}

// name names an event by its title, and says if it may not take place.
func (v voice) name(e facts.Event, limit int) string {
	name := v.title(e.Title, limit)
	if e.Event.Status == summarizer.Tentative {
		return v.Aside(name, v.Tentative)
	}
	return name
}

// other is name for an event that another lies to: what is as usual is the usual one.
func (v voice) other(e facts.Event, limit int) string {
	if e.AsUsual() {
		return v.Usual(v.name(e, limit))
	}
	return v.name(e, limit)
}

// list puts items together as one enumerates them.
func (v voice) list(items []string) string {
	if len(items) == 1 {
		return items[0]
	}
	return v.And(items)
}
