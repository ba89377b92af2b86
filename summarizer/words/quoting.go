package words

import (
	"slices"
	"strings"
	"sync"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/titles"
)

// couldBeTaken reports whether a title could be taken for a part of the sentence that
// it stands in: it is long, no plain name, or has a word of the language or of English.
func (v voice) couldBeTaken(title string) bool {
	const short = 6 // words
	own := func(w string) bool {
		return slices.Contains(ownWords(v.Language), w) || slices.Contains(ownWords(&English), w)
	}
	return !titles.IsPlain(title) || len(strings.Fields(title)) > short || slices.ContainsFunc(titles.Words(title), own)
}

var knownWords sync.Map // what ownWords found, by its language

// ownWords returns the language's OwnWords and the words of its dates: its names of
// weekdays and months.
func ownWords(l *Language) []string {
	if own, known := knownWords.Load(l); known {
		return own.([]string)
	}
	own := slices.Clone(l.OwnWords)
	for month := range time.December { // which begin on all weekdays
		d := summarizer.Date{Year: 2026, Month: month + 1, Day: 1}
		own = append(own, titles.Words(l.OnDay(Date{Date: d})+" "+l.SlotDay(d.Weekday()))...)
	}
	knownWords.Store(l, own)
	return own
}
