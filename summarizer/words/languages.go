package words

import (
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Languages are those that a day can be told in; the first stands in for all others.
//
// To add one, copy english.go to a file of its own and translate it, with the names
// and patterns of CLDR; add its line here; write the golden files with
//
//	go test ./summarizer/words -run Golden -update
//
// and have somebody who speaks it read them. The tests say what it lacks.
var Languages = []*Language{
	&English,
	&German,
	&French,
	&Spanish,
	&Japanese,
	&Hebrew,
}

var matcher = language.NewMatcher(tagsOf(func(t language.Tag) language.Tag { return t }))

// Tags returns the BCP 47 tags of all languages.
func Tags() []string { return tagsOf(language.Tag.String) }

func tagsOf[T any](as func(language.Tag) T) []T {
	var all []T
	for _, l := range Languages {
		all = append(all, as(l.Tag))
	}
	return all
}

// Speaks reports whether a reader of the language given as a BCP 47 tag is served in
// that language, or one that is nearly the same, rather than in English for want of it.
func Speaks(tag string) bool {
	wanted, err := language.Parse(tag)
	if err != nil {
		return false
	}
	_, _, confidence := matcher.Match(wanted)
	return confidence >= language.High
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

// ranged puts a dash between two times. It names a zone once that both are in.
func ranged(from, to Clock, dash string, first, last func(Clock) string) string {
	switch {
	case from.Zone == to.Zone:
		from.Zone = ""
	case from.Zone != "" && to.Zone != "":
		dash = " " + dash + " "
	}
	return first(from) + dash + last(to)
}
