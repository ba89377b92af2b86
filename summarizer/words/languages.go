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

// Tags returns the BCP 47 tags of all languages.
func Tags() []string {
	var tags []string
	for _, l := range Languages {
		tags = append(tags, l.Tag.String())
	}
	return tags
}

// Speaks reports whether a reader of the language given as a BCP 47 tag is served in
// that language, or one that is nearly the same, rather than in English for want of it.
func Speaks(tag string) bool {
	_, confidence := match(tag)
	return confidence >= language.High
}

// Speak returns the language that serves a reader of the one given as a BCP 47 tag
// best. A tag that is none, or of a language that nobody has written down yet, is
// served in English.
func Speak(tag string) *Language {
	l, _ := match(tag)
	return l
}

var matcher = func() language.Matcher {
	var tags []language.Tag
	for _, l := range Languages {
		tags = append(tags, l.Tag)
	}
	return language.NewMatcher(tags)
}()

func match(tag string) (*Language, language.Confidence) {
	wanted, err := language.Parse(tag)
	if err != nil {
		return Languages[0], language.No
	}
	_, i, confidence := matcher.Match(wanted) // the first, if none is near
	return Languages[i], confidence
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
