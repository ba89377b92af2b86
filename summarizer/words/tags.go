package words

import "golang.org/x/text/language"

// Tags returns the BCP 47 tags of all languages.
func Tags() []string {
	all := make([]string, len(Languages))
	for i, l := range Languages {
		all[i] = l.Tag.String()
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
