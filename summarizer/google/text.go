package google

import (
	"cmp"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"foreday/summarizer"
)

const (
	// maxText is the most characters of a title or a calendar's name.
	maxText = 1000
	// untitled is the title of an event that has none.
	untitled = "(no title)"
)

// cancelledPrefix is what Outlook puts before the title of a meeting that its
// organizer has cancelled, in the languages it speaks. Google takes it for a part
// of the title, and the event for one that takes place.
var cancelledPrefix = regexp.MustCompile(`(?i)^\s*\[?(?:` +
	`cancell?ed|abgesagt|annul(?:é|e|ée)|cancelad[oa]|annullat[oa]|geannuleerd|aflyst|annulleret|avlyst|inställ[td]|` +
	`peruutettu|peruttu|odwołan[eoy]|anulowan[eoy]|zrušen[oaé]|lemondva|törölve|anulat|iptal(?: edildi)?|İptal(?: edildi)?|` +
	`отменен[оа]|отменён|скасовано|ακυρώθηκε|בוטל|תבוטל|ملغى|تم الإلغاء|キャンセル(?:済み)?|取り消し済み|已取消|취소(?:됨)?` +
	`)(?:\]|[\s\x{a0}\x{202f}]*[:：])[\s\x{a0}\x{202f}]*`)

// titleOf returns the event's title, and its status, which a title may tell.
func titleOf(title, status string) (string, summarizer.EventStatus) {
	prefix := cancelledPrefix.FindString(title)
	if prefix != "" {
		status = string(summarizer.Cancelled)
	}
	return cmp.Or(cleanText(title[len(prefix):]), untitled), summarizer.EventStatus(status)
}

// cleanText makes one bounded line of text that somebody else wrote: invalid
// UTF-8, control characters and line breaks become spaces, and characters that
// would turn the direction of what follows are dropped.
func cleanText(s string) string {
	// Of megabytes no more is looked at than can be shown.
	s = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		case unicode.Is(unicode.Bidi_Control, r) && r != '\u200e' && r != '\u200f' && r != '\u061c', r == '\ufeff':
			return -1
		}
		return r
	}, s[:min(len(s), 8*maxText)])
	s = strings.TrimSpace(s)
	count := 0
	for i := range s {
		if count++; count >= maxText && utf8.RuneCountInString(s[i:]) > 1 {
			return s[:i] + "…"
		}
	}
	return s
}
