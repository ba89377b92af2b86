package google

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxText is the most characters of a title or a calendar's name.
	maxText = 1000
	// untitled is the title of an event that has none.
	untitled = "(no title)"
)

func eventTitle(s string) string {
	if title := cleanText(s); title != "" {
		return title
	}
	return untitled
}

// cleanText makes one bounded line of text that somebody else wrote: invalid
// UTF-8, control characters and line breaks become spaces, and characters that
// would turn the direction of what follows are dropped.
func cleanText(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		case unicode.Is(unicode.Bidi_Control, r) && r != '\u200e' && r != '\u200f' && r != '\u061c', r == '\ufeff':
			return -1
		}
		return r
	}, s)
	s = strings.TrimSpace(s)
	count := 0
	for i := range s {
		if count++; count >= maxText && utf8.RuneCountInString(s[i:]) > 1 {
			return s[:i] + "…"
		}
	}
	return s
}
