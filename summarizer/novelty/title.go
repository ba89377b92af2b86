package novelty

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// maxTitle is how many bytes of a title count. Titles come from strangers.
const maxTitle = 512

// title is what counts of a title when it is compared with another.
type title struct {
	words   []string // sorted, each once, without those that say nothing
	numbers []string // sorted, each once; times and dates are none
	letters string   // all letters and numbers in their order, without spaces
}

// parseTitle takes a title apart. Case, width, accents, apostrophes and
// punctuation do not count, nor do times and dates, which people write into
// titles though the calendar knows them.
func parseTitle(s string) title {
	s = strings.ToValidUTF8(s[:min(len(s), maxTitle)], " ")
	var t title
	for _, token := range withoutTimes(tokenize(fold(s))) {
		t.letters += token.text
		switch {
		case token.number:
			t.numbers = append(t.numbers, token.text)
		case !fillers[token.text]:
			t.words = append(t.words, token.text)
		}
	}
	if t.letters == "" { // symbols alone: an emoji is a title too
		t.letters = strings.Join(strings.Fields(s), " ")
	}
	if len(t.words) == 0 && len(t.numbers) == 0 {
		t.words = []string{t.letters}
	}
	t.words, t.numbers = distinct(t.words), distinct(t.numbers)
	return t
}

func distinct(words []string) []string {
	slices.Sort(words)
	return slices.Compact(words)
}

// fold makes letters that people take for the same the same: by Unicode's
// compatibility forms and case folding, and without the accents of scripts in
// which they are left out at will. Elsewhere marks are vowels, and stay.
func fold(s string) string {
	var b strings.Builder
	optional := false // the marks that follow may be left out
	for _, r := range norm.NFD.String(cases.Fold().String(norm.NFKC.String(s))) {
		if !unicode.Is(unicode.Mn, r) {
			optional = unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Arabic, unicode.Hebrew)
		} else if optional {
			continue
		}
		if !unicode.Is(unicode.Cf, r) && r != tatweel { // joiners, direction marks
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

// tatweel stretches Arabic words and is no letter.
const tatweel = 'ـ'

// token is a run of letters or of digits.
type token struct {
	text   string
	number bool
	before string // what stands between it and the token before
}

// apostrophes are left out of words: T'ai is one.
var apostrophes = strings.NewReplacer("'", "", "’", "", "‘", "", "ʼ", "", "`", "")

func isLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }

func isOfWord(r rune) bool { return isLetter(r) || strings.ContainsRune("'’‘`", r) }

func tokenize(s string) []token {
	var tokens []token
	end := 0
	for at, r := range s {
		if at < end {
			continue
		}
		of := unicode.IsDigit
		if isLetter(r) {
			of = isOfWord
		}
		run := s[at : len(s)-len(strings.TrimLeftFunc(s[at:], of))]
		if text := apostrophes.Replace(run); text != "" {
			tokens = append(tokens, token{text, unicode.IsDigit(r), s[end:at]})
			end = at + len(run)
		}
	}
	return tokens
}

// fillers are short words that people put between others or leave out.
var fillers = wordSet("and with the of for to at in on vs und mit der die das im am et avec le la les de du des " +
	"y con el e com och med en og met van")

// neutralWords say of an event no more than that it is one, and how often: people
// add them to a title, or leave them out, and mean the same. They are in the
// languages that most titles here are in; in others an added word is news.
var neutralWords = wordSet("meeting meetings call session sync discussion chat talk weekly biweekly monthly daily regular recurring " +
	"besprechung treffen sitzung termin meeting gesprach runde wochentlich wochentliche monatlich monatliche " +
	"reunion seance appel rendez vous hebdomadaire mensuel mensuelle quotidien " +
	"sesion llamada cita semanal mensual diario diaria " +
	"riunione incontro settimanale mensile vergadering overleg wekelijks maandelijks mote mode moede")

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}
