package openai

import (
	"slices"
	"strings"
	"unicode"
)

// names are the titles and calendars that a line may name, as it cites the events.
type names struct {
	titles    map[string][]promptEvent // the cited events by title, as normalName has it
	calendars map[string]string        // by the same form
	plain     []string                 // those that are known without quotation marks
}

func namesOf(events []promptEvent) names {
	n := names{titles: make(map[string][]promptEvent, len(events)), calendars: make(map[string]string, 1)}
	for _, e := range events {
		key := normalName(e.Title)
		if len(n.titles[key]) == 0 && isPlain(e.Title) {
			n.plain = append(n.plain, e.Title)
		}
		n.titles[key] = append(n.titles[key], e)
		if e.Calendar == "" {
			continue
		}
		if _, known := n.calendars[normalName(e.Calendar)]; !known {
			n.calendars[normalName(e.Calendar)] = e.Calendar
			if isPlain(e.Calendar) {
				n.plain = append(n.plain, e.Calendar)
				if lower := strings.ToLower(e.Calendar); lower != e.Calendar {
					n.plain = append(n.plain, lower)
					n.calendars[normalName(lower)] = e.Calendar
				}
			}
		}
	}
	return n
}

// normalName makes both kinds of apostrophes the same.
func normalName(s string) string { return strings.ReplaceAll(s, "’", "'") }

// mostPlain is how many words a name has at most that is known without quotation
// marks.
const mostPlain = 8

// isPlain reports whether a name can be read as nothing but a name even if it is
// not in quotation marks: it is short and without punctuation of sentences, and at
// least one of its words is none that a line could be made of. It is shown in
// quotation marks all the same.
func isPlain(name string) bool {
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" '’-–&/+#:().", r)
	}
	if strings.ContainsFunc(name, odd) || strings.Contains(name+" ", ". ") {
		return false
	}
	tokens := tokenize(name, nil)
	if len(tokens) > mostPlain {
		return false
	}
	return slices.ContainsFunc(tokens, func(t token) bool {
		r := []rune(t.text)
		return len(r) > 1 && unicode.IsLetter(r[0]) && !isTelling(t.text) && !neutral.has[t.text]
	})
}

// isTelling reports whether a word can be part of what is said about an event.
func isTelling(word string) bool {
	return slices.Contains(tellingWords, word) || slices.Contains(timeWords, word) || slices.Contains(countWords, word)
}

var tellingWords = []string{
	"not", "no", "never", "none", "without", "cancelled", "canceled", "cancel", "moved", "move", "postponed", "rescheduled", "renamed", "tentative", "unconfirmed", "off", "called",
	"routine", "usual", "usually", "normal", "regular", "new", "by", "with", "from", "urgent", "important", "at", "around", "near", "there", "free", "busy", "everything", "nothing", "rest", "else", "only",
}
