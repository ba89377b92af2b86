package words

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// couldBeTaken reports whether a title could be taken for a part of the sentence that
// it stands in.
func (v voice) couldBeTaken(title string) bool {
	const short = 6 // words
	own := func(w string) bool { return slices.Contains(v.OwnWords, w) || slices.Contains(English.OwnWords, w) }
	switch {
	case !isPlain(title), strings.HasPrefix(title, "'"), strings.HasSuffix(title, "'"), len(strings.Fields(title)) > short:
		return true
	case norm.NFKC.String(title) != norm.NFC.String(title): // full-width letters and the like
		return true
	}
	words := wordsOf(title)
	return slices.ContainsFunc(words, mixesScripts) || slices.ContainsFunc(words, own)
}

// isPlain reports whether a title has letters, and nothing that a sentence could have
// between its parts.
func isPlain(title string) bool {
	letters := false
	for _, r := range title {
		switch {
		case unicode.IsLetter(r):
			letters = true
		case !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" '’׳״-&/+#", r):
			return false
		}
	}
	return letters
}

// wordsOf returns the words of a text as [Language.OwnWords] has them. Apostrophes end
// them, even the one that is a letter: "n’a" is "n" and "a". Accents that belong to no
// letter of the word are left out.
func wordsOf(text string) []string {
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

// mixesScripts reports whether a word has letters of another alphabet among Latin ones,
// which can be drawn alike.
func mixesScripts(word string) bool {
	latin := func(r rune) bool { return unicode.Is(unicode.Latin, r) }
	alike := func(r rune) bool { return unicode.In(r, unicode.Cyrillic, unicode.Greek) }
	return strings.ContainsFunc(word, latin) && strings.ContainsFunc(word, alike)
}
