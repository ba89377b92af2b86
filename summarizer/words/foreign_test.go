package words_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"foreday/summarizer"
	"foreday/summarizer/plan"
	"foreday/summarizer/words"
	"foreday/summarizer/words/wordstest"
)

// Every word of the English texts is looked for in the others. Titles and calendars
// are in English in all of them, so they are written in other letters here.
func TestNoEnglishWordIsLeftInAnotherLanguage(t *testing.T) {
	t.Parallel()
	english := map[string]bool{}
	for _, d := range wordstest.Days() {
		for _, word := range latinWords(all(t, disguised(d.Brief), "en")) {
			english[word] = true
		}
	}
	shared := map[string]string{ // words of both languages
		"de": "am in november september",
		"es": "a no",
		"fr": "a on",
	}
	for _, l := range words.Languages[1:] {
		tag := l.Tag.String()
		for _, d := range wordstest.Days() {
			for _, word := range latinWords(all(t, disguised(d.Brief), tag)) {
				if english[word] && !strings.Contains(" "+shared[tag]+" ", " "+word+" ") {
					t.Errorf("%s/%s: %q is English", tag, d.Name, word)
				}
			}
		}
	}
}

// disguised returns the brief with the Latin letters of what people wrote replaced by
// Cyrillic ones, each by its own.
func disguised(b summarizer.Brief) summarizer.Brief {
	cyrillic := func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return 'а' + r - 'a'
		case 'A' <= r && r <= 'Z':
			return 'А' + r - 'A'
		case r < utf8.RuneSelf:
			return r
		}
		return -1
	}
	for _, list := range []*[]summarizer.Verdict{&b.Novel, &b.Routine} {
		verdicts := append([]summarizer.Verdict(nil), *list...)
		for i := range verdicts {
			e := &verdicts[i].Event
			e.Title, e.Calendar = strings.Map(cyrillic, e.Title), strings.Map(cyrillic, e.Calendar)
		}
		*list = verdicts
	}
	return b
}

// all returns all that is said of the day.
func all(t *testing.T, b summarizer.Brief, tag string) string {
	t.Helper()
	b.Language = tag
	text, err := words.Writer{Planner: plan.Default{}}.Write(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(append([]string{text.Headline, text.Body}, text.Reasons...), "\n")
}

// latinWords returns the words in Latin letters but for names of zones, in small
// letters.
func latinWords(text string) (found []string) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.Is(unicode.Latin, r) }) {
		if word != strings.ToUpper(word) {
			found = append(found, strings.ToLower(word))
		}
	}
	return found
}

// A line takes its direction from its first letter outside of isolated text. Letters
// that run against it are isolated, or they would take times with them.
func TestLinesRunInTheDirectionOfTheirLanguage(t *testing.T) {
	t.Parallel()
	for _, l := range words.Languages {
		if !l.RightToLeft {
			continue
		}
		tag := l.Tag.String()
		for _, d := range wordstest.Days() {
			for _, line := range strings.Split(all(t, d.Brief, tag), "\n") {
				depth, first := 0, rune(0)
				for _, r := range line {
					switch {
					case r == '\u2068':
						depth++
					case r == '\u2069':
						depth--
					case depth == 0 && unicode.IsLetter(r) && !unicode.In(r, unicode.Hebrew, unicode.Arabic):
						t.Errorf("%s/%s: %q is not isolated in %+q", tag, d.Name, r, line)
					case depth == 0 && first == 0 && (r == '\u200f' || unicode.IsLetter(r)):
						first = r
					}
				}
				if depth != 0 || first == 0 && line != "" {
					t.Errorf("%s/%s: the direction of %+q is open", tag, d.Name, line)
				}
			}
		}
	}
}
