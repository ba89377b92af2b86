package google

import (
	"regexp"

	"foreday/summarizer"
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
	if prefix == "" {
		return eventTitle(title), summarizer.EventStatus(status)
	}
	return eventTitle(title[len(prefix):]), summarizer.Cancelled
}
