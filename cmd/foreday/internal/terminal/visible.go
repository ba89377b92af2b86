package terminal

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Visible is a writer of whole texts in which nothing is hidden.
type Visible struct{ io.Writer }

// Write writes the text with what cannot be seen made visible.
func (v Visible) Write(text []byte) (int, error) {
	if _, err := io.WriteString(v.Writer, VisibleText(string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// VisibleText makes visible whatever a terminal would not show, but for line
// breaks.
func VisibleText(text string) string { return escaped(text, hidden) }

// visibleWords is VisibleText for sentences of ours, in which titles are kept apart
// from what is written in the other direction.
func visibleWords(text string) string {
	return escaped(text, func(r rune) bool { return hidden(r) && r != '\u200f' && r != '\u2068' && r != '\u2069' })
}

func escaped(text string, hidden func(rune) bool) string {
	if !strings.ContainsFunc(text, hidden) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if !hidden(r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}

// hidden leaves out spaces, and the two joiners, which belong to scripts and emoji.
func hidden(r rune) bool {
	return !unicode.IsPrint(r) && r != '\n' && !strings.ContainsRune("\u00a0\u202f\u3000\u200c\u200d", r)
}

// OneLine is the first line of the text, made visible, with how many more there are.
func OneLine(text string) string {
	first, rest, found := strings.Cut(VisibleText(text), "\n")
	if !found {
		return first
	}
	return fmt.Sprintf("%s (and %d more)", first, 1+strings.Count(rest, "\n"))
}
