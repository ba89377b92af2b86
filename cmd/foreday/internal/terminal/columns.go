package terminal

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Columns returns how many columns of a terminal the text takes: Chinese, Japanese and
// Korean characters and emoji take two each, accents and joiners none.
func Columns(text string) int {
	n := 0
	for _, r := range text {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	switch kind := width.LookupRune(r).Kind(); {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case kind == width.EastAsianWide, kind == width.EastAsianFullwidth,
		r >= 0x2600 && r <= 0x27bf: // symbols that terminals like to show as emoji
		return 2
	}
	return 1
}

// Clip shortens text to n columns, at least one.
func Clip(text string, n int) string {
	if Columns(text) <= n {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if n -= runeColumns(r); n < 1 {
			break
		}
		b.WriteRune(r)
	}
	return b.String() + "…"
}

// Wrap breaks text into lines of at most n columns, between words if possible.
func Wrap(text string, n int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(text) {
		word = visibleWords(word)
		if used > 0 && used+1+Columns(word) <= n {
			line += " " + word
			used += 1 + Columns(word)
			continue
		}
		if used > 0 {
			lines = append(lines, line)
		}
		for Columns(word) > n {
			var head string
			head, word = split(word, n)
			lines = append(lines, head)
		}
		line, used = word, Columns(word)
	}
	if used > 0 {
		lines = append(lines, line)
	}
	return lines
}

// WrapCommand is Wrap for text that ends with a command of foreday, after a colon: it is not
// broken, so that it can be copied.
func WrapCommand(text string, n int) []string {
	if at := strings.Index(text, ": foreday "); at >= 0 && Columns(text) > n && !strings.Contains(text[at:], ", ") {
		return append(Wrap(text[:at+1], n), visibleWords(text[at+2:]))
	}
	return Wrap(text, n)
}

// split cuts a word that is too long for n columns; n is at least 2.
func split(word string, n int) (head, tail string) {
	for i, r := range word {
		if n -= runeColumns(r); n < 0 {
			return word[:i], word[i:]
		}
	}
	return word, ""
}

// Pad fills text up with spaces to n columns.
func Pad(text string, n int) string {
	return text + strings.Repeat(" ", max(0, n-Columns(text)))
}
