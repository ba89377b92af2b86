package openai

import (
	_ "embed"
	"strings"
)

// What may be said of any event is in two files: words, and phrases whose words
// may not all stand alone.
var (
	//go:embed words.txt
	wordsFile string
	//go:embed phrases.txt
	phrasesFile string

	neutral = newPhrases(append(strings.Fields(withoutComments(wordsFile)), strings.Split(withoutComments(phrasesFile), "\n")...)...)
)

func withoutComments(file string) string {
	var b strings.Builder
	for line := range strings.Lines(file) {
		if !strings.HasPrefix(line, "#") {
			b.WriteString(line)
		}
	}
	return strings.TrimSpace(b.String())
}

// punctuation may stand anywhere.
const punctuation = ".,;:–—-()!"

// phrases is a set of phrases in normal form: their tokens, with a space between
// each two.
type phrases struct {
	has     map[string]bool
	longest map[string]int // tokens of the longest phrase that begins with a token
}

func newPhrases(all ...string) phrases {
	p := phrases{make(map[string]bool, len(all)), make(map[string]int, len(all))}
	for _, phrase := range all {
		p.add(phrase)
	}
	return p
}

// add adds phrases as they are written.
func (p phrases) add(written ...string) {
	for _, phrase := range written {
		p.addNormal(normalForm(phrase))
	}
}

// addNormal adds a phrase that is in normal form.
func (p phrases) addNormal(phrase string) {
	if phrase == "" || p.has[phrase] {
		return
	}
	p.has[phrase] = true
	first, rest, _ := strings.Cut(phrase, " ")
	n := 1
	if rest != "" {
		n += 1 + strings.Count(rest, " ")
	}
	p.longest[first] = max(p.longest[first], n)
}
