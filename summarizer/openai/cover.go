package openai

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word, a time, a number, a single other character or, whole, what
// stands between quotation marks. All but quotations are in lower case.
type token struct {
	text       string
	quote      bool
	start, end int // in bytes, in the line
}

// tokenize splits a line. A quotation mark that is never closed is a token of
// its own, which no phrase covers.
func tokenize(s string) []token {
	var tokens []token
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		t := token{start: i, end: i + size}
		switch {
		case r == ' ':
			i = t.end
			continue
		case r == '“' || r == '"':
			if length := strings.IndexAny(s[t.end:], "”\""); length >= 0 {
				t.quote, t.text = true, s[t.end:t.end+length]
				_, closing := utf8.DecodeRuneInString(s[t.end+length:])
				t.end += length + closing
			}
		case isWord(r):
			t.end = i + wordLength(s[i:])
		}
		if !t.quote {
			t.text = normal(s[t.start:t.end])
		}
		tokens = append(tokens, t)
		i = t.end
	}
	return tokens
}

// wordLength returns the length in bytes of the word that s starts with. An
// apostrophe belongs to it if a letter follows ("Anna's"), a colon if it
// stands between digits ("15:00").
func wordLength(s string) int {
	end, last := 0, rune(0)
	for end < len(s) {
		r, size := utf8.DecodeRuneInString(s[end:])
		next, _ := utf8.DecodeRuneInString(s[end+size:])
		switch {
		case isWord(r):
		case (r == '\'' || r == '’') && unicode.IsLetter(last) && unicode.IsLetter(next):
		case r == ':' && isDigit(last) && isDigit(next):
		default:
			return end
		}
		end, last = end+size, r
	}
	return end
}

func isWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r))
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func normal(word string) string { return strings.ReplaceAll(strings.ToLower(word), "’", "'") }

// phrasebook holds phrases, as tokens, by their first token.
type phrasebook map[string][][]string

func (b phrasebook) add(phrases ...string) {
	for _, p := range phrases {
		var words []string
		for _, t := range tokenize(p) {
			words = append(words, t.text)
		}
		if len(words) > 0 {
			b[words[0]] = append(b[words[0]], words)
		}
	}
}

// harmless holds the lexicon and punctuation.
var harmless = func() phrasebook {
	b := make(phrasebook)
	b.add(lexicon...)
	b.add(punctuation...)
	return b
}()

// uncovered tries to lay phrases end to end over the tokens, and returns the
// index of the first token that no phrase reaches, or -1 if all are covered.
func uncovered(tokens []token, quotable map[string]bool, books ...phrasebook) int {
	reached := make([]bool, len(tokens)+1)
	reached[0] = true
	furthest := 0
	for i, t := range tokens {
		if !reached[i] {
			continue
		}
		furthest = i
		if t.quote {
			reached[i+1] = reached[i+1] || quotable[t.text]
			continue
		}
		for _, book := range books {
			for _, phrase := range book[t.text] {
				if startsWith(tokens[i:], phrase) {
					reached[i+len(phrase)] = true
				}
			}
		}
	}
	if reached[len(tokens)] {
		return -1
	}
	return furthest
}

func startsWith(tokens []token, phrase []string) bool {
	if len(tokens) < len(phrase) {
		return false
	}
	for i, word := range phrase {
		if tokens[i].quote || tokens[i].text != word {
			return false
		}
	}
	return true
}
