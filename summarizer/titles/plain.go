package titles

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// IsPlain reports whether a title reads as a name wherever it stands: it has letters,
// and nothing that a sentence could have between its parts, no number but the one at its
// end, and no letters that look like others.
func IsPlain(title string) bool {
	title, _ = Name(title)
	letters := false
	for _, r := range title {
		switch {
		case unicode.IsLetter(r):
			letters = true
		case !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" '’׳״-&/+#", r):
			return false
		}
	}
	switch {
	case !letters, strings.HasPrefix(title, "'"), strings.HasSuffix(title, "'"):
		return false
	case norm.NFKC.String(title) != norm.NFC.String(title): // full-width letters and the like
		return false
	}
	return !slices.ContainsFunc(Words(title), func(w string) bool { return isNumeral(w) || mixesScripts(w) })
}

// isNumeral reports whether a word is a number, or begins with one: "3pm".
func isNumeral(word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	return unicode.IsDigit(first)
}

// mixesScripts reports whether a word has letters of another alphabet among Latin ones,
// which can be drawn alike.
func mixesScripts(word string) bool {
	latin := func(r rune) bool { return unicode.Is(unicode.Latin, r) }
	alike := func(r rune) bool { return unicode.In(r, unicode.Cyrillic, unicode.Greek) }
	return strings.ContainsFunc(word, latin) && strings.ContainsFunc(word, alike)
}

// Words returns the words of a text for comparison: case-folded, letters in their plain
// forms. Apostrophes end them, even the one that is a letter: "n’a" is "n" and "a".
// Accents that belong to no letter of the word are left out.
func Words(text string) []string {
	text = norm.NFC.String(cases.Fold().String(norm.NFKC.String(text)))
	words := strings.FieldsFunc(text, func(r rune) bool {
		return unicode.Is(unicode.Lm, r) || !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
	})
	for i, w := range words {
		words[i] = strings.Map(func(r rune) rune {
			if unicode.IsMark(r) {
				return -1
			}
			return r
		}, w)
	}
	return words
}
