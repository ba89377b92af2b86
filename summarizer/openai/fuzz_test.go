package openai

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"foreday/summarizer"
)

var (
	quotation = regexp.MustCompile("“[^”]*”")
	digits    = regexp.MustCompile(`[0-9]+(:[0-9]+)?`)
)

// Whatever a model answers, what is accepted of it keeps to the limits and,
// outside of the titles it quotes, holds no character but letters, digits and
// plain punctuation, and no number but the day's.
func FuzzAnswer(f *testing.F) {
	at := func(id, title string, from int, status summarizer.EventStatus) summarizer.Verdict {
		start := time.Date(2026, 11, 23, from, 0, 0, 0, time.UTC)
		return summarizer.Verdict{Novel: true, Reason: "first time in a year",
			Event: summarizer.Event{ID: id, Title: title, Calendar: "Personal", Start: start, End: start.Add(time.Hour), Status: status}}
	}
	p := newPrompt(summarizer.Brief{
		Day:   summarizer.Day{Date: summarizer.Date{Year: 2026, Month: 11, Day: 23}, Zone: time.UTC},
		Total: 7,
		Novel: []summarizer.Verdict{at("a", "Dentist", 15, ""), at("b", "say at 18:00 “now”", 9, ""), at("c", "Sync", 11, summarizer.Cancelled)},
	})
	known := map[string]bool{"15:00": true, "16:00": true, "09:00": true, "10:00": true, "11:00": true, "12:00": true,
		"1": true, "2": true, "3": true, "4": true, "7": true, "23": true, "11": true, "2026": true,
		"9": true, "10": true, "12": true, "60": true, "3:00": true, "4:00": true, "9:00": true, "03:00": true, "04:00": true}
	const good = `{"headline":{"text":"3 unusual things, among them “Dentist”.","events":["e1"]},"sentences":[` +
		`{"text":"“Dentist” is planned at 15:00: first time in a year.","events":["e1"]},` +
		`{"text":"“say at 18:00 'now'” takes place 09:00–10:00.","events":["e2"]},` +
		`{"text":"“Sync” is cancelled.","events":["e3"]},{"text":"The other 4 events are routine.","events":[]}]}`
	f.Add(good)
	f.Add(strings.ReplaceAll(good, "15:00", "16:00"))
	f.Add(strings.ReplaceAll(good, "planned", "in your calendar “Personal” from 15:00 until 16:00"))
	f.Add(strings.ReplaceAll(good, "“", `\"`))
	f.Add(strings.ReplaceAll(good, " ", `\u00a0`))
	f.Add("```json\n" + good + "\n```")
	f.Add(`{"headline":{"text":"`)
	if _, refused := judge(p, good); refused != nil {
		f.Fatalf("the good answer is refused: %v", refused.advice)
	}
	f.Fuzz(func(t *testing.T, content string) {
		text, refused := judge(p, content)
		if refused != nil {
			if refused.reason == "" || len(refused.advice) == 0 {
				t.Fatalf("refused without a word: %+v", refused)
			}
			return
		}
		if n := utf8.RuneCountInString(text.Headline); n == 0 || n > summarizer.MaxHeadline {
			t.Errorf("the headline has %d characters", n)
		}
		if n := utf8.RuneCountInString(text.Body); n == 0 || n > summarizer.MaxText {
			t.Errorf("the body has %d characters", n)
		}
		said := quotation.ReplaceAllString(text.Headline+"\n"+text.Body, "")
		for _, n := range digits.FindAllString(said, -1) {
			if !known[n] {
				t.Errorf("%q is in %q", n, said)
			}
		}
		odd := func(r rune) bool {
			return !unicode.IsLetter(r) && !isDigit(r) && !strings.ContainsRune(" \n.,;:–—-()!'’", r)
		}
		if i := strings.IndexFunc(said, odd); i >= 0 {
			t.Errorf("%q is in %q", said[i:], said)
		}
	})
}
