package openai

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word, a time, a number or a single other character, in lower case;
// or, whole, a name: of an event or a calendar.
type token struct {
	text       string
	start, end int // in bytes, in the line
	quote      bool
	name       string // what is named, if it is a quotation or known for a name
}

// tokenize splits a line. A quotation mark that is never closed is a token of its
// own, which nothing covers. Names that stand without quotation marks are taken
// for names where plainNames has them.
func tokenize(s string, plainNames []string) []token {
	tokens := make([]token, 0, len(s)/5+4)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == ' ' {
			i += size
			continue
		}
		t := token{start: i, end: i + size}
		switch {
		case r == '“' || r == '"':
			if length := strings.IndexAny(s[t.end:], "”\""); length >= 0 {
				t.quote, t.name = true, s[t.end:t.end+length]
				_, closing := utf8.DecodeRuneInString(s[t.end+length:])
				t.end += length + closing
			}
		default:
			if name, length := nameAt(s, i, plainNames); length > 0 {
				t.name, t.end = name, i+length
			} else if isWord(r) {
				t.end = i + wordLength(s[i:])
			}
		}
		if t.name == "" && !t.quote {
			t.text = normal(s[t.start:t.end])
		}
		if r < ' ' {
			t.text = string(utf8.RuneError) // not to be taken for a mark
		}
		tokens = append(tokens, t)
		i = t.end
	}
	return tokens
}

// nameAt returns the longest of the names that stands at s[i:] word for word, and
// how many bytes it takes there.
func nameAt(s string, i int, names []string) (name string, length int) {
	if before, _ := utf8.DecodeLastRuneInString(s[:i]); i > 0 && isWord(before) {
		return "", 0
	}
	for _, n := range names {
		l := prefixLength(s[i:], n)
		if l <= length {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(n)
		if after, _ := utf8.DecodeRuneInString(s[i+l:]); i+l < len(s) && isWord(last) && isWord(after) {
			continue
		}
		name, length = n, l
	}
	return name, length
}

// prefixLength returns how many bytes of s the name takes at its beginning, 0 if
// it is not there. Apostrophes may be written either way.
func prefixLength(s, name string) int {
	i := 0
	for _, r := range name {
		q, size := utf8.DecodeRuneInString(s[i:])
		if i >= len(s) || q != r && (!isApostrophe(q) || !isApostrophe(r)) {
			return 0
		}
		i += size
	}
	return i
}

func isApostrophe(r rune) bool { return r == '\'' || r == '’' }

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
		case isApostrophe(r) && unicode.IsLetter(last) && unicode.IsLetter(next):
		case r == ':' && isDigit(last) && isDigit(next):
		default:
			return end
		}
		end, last = end+size, r
	}
	return end
}

func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || isDigit(r)
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r))
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func normal(word string) string {
	return plainest(strings.ReplaceAll(strings.ToLower(word), "’", "'"))
}

// normalForm returns the tokens of a phrase with a space between each two, times
// as a 24-hour clock shows them.
func normalForm(phrase string) string {
	return newSaid(clocks(tokenize(phrase, nil)), asItIs).text
}

// said is a line in normal form. Names are in it as a character that no phrase
// holds.
type said struct {
	tokens []token
	text   string
	at     []int // where in text each token begins, and where another would
}

// plainest returns the word that stands for all that mean the same.
func plainest(word string) string {
	switch word {
	case "normally", "typically", "generally", "ordinarily", "regularly":
		return "usually"
	case "canceled":
		return "cancelled"
	}
	return word
}

func newSaid(tokens []token, mark func(word string) string) said {
	s := said{tokens: tokens, at: make([]int, 0, len(tokens)+1)}
	var b strings.Builder
	b.Grow(8 * len(tokens))
	for i, t := range tokens {
		if i > 0 {
			b.WriteByte(' ')
		}
		s.at = append(s.at, b.Len())
		if t.quote || t.name != "" {
			b.WriteString(nameMark)
		} else {
			b.WriteString(mark(t.text))
		}
	}
	s.at = append(s.at, b.Len()+1)
	s.text = b.String()
	return s
}

// phrase returns n tokens from the i-th on.
func (s said) phrase(i, n int) string { return s.text[s.at[i] : s.at[i+n]-1] }

func asItIs(word string) string { return word }
