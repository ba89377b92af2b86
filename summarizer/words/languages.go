package words

import (
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Languages are those that a day can be told in; the first stands in for all others. A
// new one is a file with a [Language] and a place in this list. The tests say what it
// lacks, and write golden files for it (go test -update) that a person has to read.
var Languages = []*Language{&English}

var matcher = language.NewMatcher(tags())

func tags() []language.Tag {
	var tags []language.Tag
	for _, l := range Languages {
		tags = append(tags, l.Tag)
	}
	return tags
}

// Speak returns the language that serves a reader of the one given as a BCP 47 tag
// best. A tag that is none, or of a language that nobody has written down yet, is
// served in English.
func Speak(tag string) *Language {
	if tag == "" || tag == "en" {
		return &English
	}
	wanted, err := language.Parse(tag)
	if err != nil {
		return &English
	}
	_, i, confidence := matcher.Match(wanted)
	if confidence == language.No {
		return &English
	}
	return Languages[i]
}

// counted returns the form that the language uses with a whole number. Other stands
// in for a form that is not given.
func counted(tag language.Tag, n int, forms map[plural.Form]string) string {
	if form, ok := forms[plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)]; ok {
		return form
	}
	return forms[plural.Other]
}

// zoned adds the name of the zone to what a clock shows, where one is needed.
func zoned(clock string, c Clock) string {
	if c.Zone == "" {
		return clock
	}
	return clock + " " + c.Zone
}
