package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Strangers write titles, dead letters and error texts. On a terminal, control
// characters would move the cursor or worse, and bidirectional ones show another
// order than is there. They are shown as JSON escapes them, \u001b, so that JSON
// stays what it was.

// visible is a writer of whole texts in which nothing is hidden.
type visible struct{ io.Writer }

// Write writes the text with what cannot be seen made visible.
func (v visible) Write(text []byte) (int, error) {
	if _, err := io.WriteString(v.Writer, visibleText(string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// printJSON writes one object for programs, and for people who look at it.
func printJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(visible{w})
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

// visibleText makes visible whatever a terminal would not show, but for line
// breaks.
func visibleText(text string) string { return escaped(text, hidden) }

// visibleWords is visibleText for sentences of ours, in which titles are kept apart
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
	return r != '\n' && !strings.ContainsRune("\u00a0\u202f\u3000\u200c\u200d", r) && !unicode.IsPrint(r)
}

// oneLine is the error without the lines of those that were joined to it.
func oneLine(err error) string {
	return oneLineOf(err.Error())
}

func oneLineOf(text string) string {
	first, rest, found := strings.Cut(visibleText(text), "\n")
	if !found {
		return first
	}
	return fmt.Sprintf("%s (and %d more)", first, 1+strings.Count(rest, "\n"))
}
