package titles

import (
	"strings"
	"unicode"
)

// Isolate wraps text whose letters run against the language around it in a pair of
// isolating characters (U+2068, U+2069), without which "15:00–16:00" before a Hebrew
// title would be drawn as "16:00–15:00". Other text is returned as it is.
func Isolate(s string, rightToLeft bool) string {
	against := isRightToLeft
	if rightToLeft {
		against = func(r rune) bool { return unicode.IsLetter(r) && !isRightToLeft(r) }
	}
	if strings.ContainsFunc(s, against) {
		return "\u2068" + s + "\u2069"
	}
	return s
}

// isRightToLeft goes by the blocks that Unicode has set aside for scripts
// written from right to left.
func isRightToLeft(r rune) bool {
	return r >= 0x0590 && r <= 0x08FF || r >= 0xFB1D && r <= 0xFDFF || r >= 0xFE70 && r <= 0xFEFF ||
		r >= 0x10800 && r <= 0x10FFF || r >= 0x1E800 && r <= 0x1EFFF
}
