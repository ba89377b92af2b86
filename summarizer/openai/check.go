package openai

import (
	"fmt"
	"maps"
	"strings"
	"unicode/utf8"

	"foreday/summarizer"
	"foreday/summarizer/plain"
)

// mustName is how many of the day's events an answer has to speak of, if there
// are so many.
const mustName = 4

// maxSentences is more than summarizer.MaxText has room for.
const maxSentences = 100

// flaw is one thing that is wrong with an answer.
type flaw struct {
	reason Reason
	advice string // for the model. It quotes the answer: not for logs
}

// check returns the answer as text, or all that is wrong with it.
func check(p prompt, a answer) (summarizer.Text, []flaw) {
	if n := len(a.Sentences); n > maxSentences {
		return summarizer.Text{}, []flaw{{TooLong, fmt.Sprintf("there are %d sentences, of at most %d", n, maxSentences)}}
	}
	var flaws []flaw
	headline, _, f := checkLine(p, a.Headline, summarizer.MaxHeadline)
	flaws = append(flaws, about("the headline", f)...)
	if len(f) == 0 && len(a.Headline.Events) == 0 {
		flaws = append(flaws, flaw{WrongCite, "the headline must cite and name at least one event"})
	}
	sentences := make([]string, len(a.Sentences))
	spoken := make(map[string]bool)
	for i, s := range a.Sentences {
		var named map[string]bool
		sentences[i], named, f = checkLine(p, s, summarizer.MaxText)
		flaws = append(flaws, about(fmt.Sprintf("sentence %d", i+1), f)...)
		if len(flaws) >= maxFlaws {
			return summarizer.Text{}, flaws
		}
		maps.Copy(spoken, named)
	}
	if want := min(len(p.Events), mustName); len(flaws) == 0 && len(spoken) < want {
		flaws = append(flaws, flaw{Omission, fmt.Sprintf("the sentences speak of %d events and should speak of at least %d", len(spoken), want)})
	}
	text := summarizer.Text{Headline: headline, Body: strings.Join(sentences, "\n")}
	if n := utf8.RuneCountInString(text.Body); n > summarizer.MaxText {
		flaws = append(flaws, flaw{TooLong, fmt.Sprintf("the sentences have %d characters, of at most %d", n, summarizer.MaxText)})
	}
	return text, flaws
}

// maxFlaws is enough for the model to see what is wrong with its answer.
const maxFlaws = 8

func about(where string, flaws []flaw) []flaw {
	for i := range flaws {
		flaws[i].advice = where + ": " + flaws[i].advice
	}
	return flaws
}

// checkLine returns the line as it is to be shown, and the IDs of the events it
// names; or what is wrong with it.
func checkLine(p prompt, l line, limit int) (shown string, named map[string]bool, flaws []flaw) {
	if n := utf8.RuneCountInString(l.Text); n > limit {
		return "", nil, []flaw{{TooLong, fmt.Sprintf("it has %d characters, of at most %d", n, limit)}}
	}
	if n := len(l.Events); n > maxEvents {
		return "", nil, []flaw{{WrongCite, fmt.Sprintf("it cites %d events, and there are %d", n, len(p.Events))}}
	}
	events, unknown, ok := p.cited(l.Events)
	if !ok {
		return "", nil, []flaw{{WrongCite, fmt.Sprintf("it cites %.20q, which is no event's ID", unknown)}}
	}
	s := newSaying(p, l, events)
	if len(s.tokens) == 0 {
		return "", nil, []flaw{{Empty, "it is empty"}}
	}
	if i := s.uncovered(); i >= 0 {
		return "", nil, []flaw{diagnose(l.Text, s.tokens[i:])}
	}
	if f, ok := s.unnamed(); ok {
		return "", nil, []flaw{f}
	}
	return show(l.Text, s.tokens), s.named(), nil
}

// unnamed looks for events that are cited of which none is named, and for one that
// is named and cancelled without saying so.
func (s *saying) unnamed() (flaw, bool) {
	named := s.named()
	if len(s.cited) > 0 && len(named) == 0 {
		e := s.cited[0]
		return flaw{Unnamed, fmt.Sprintf("it cites %s, so it must name “%s”", e.ID, e.Title)}, true
	}
	for _, e := range s.cited {
		if !named[e.ID] {
			continue
		}
		if e.isCancelled() && !s.saysCancelled(e) {
			return flaw{Omission, fmt.Sprintf("%s is cancelled, and it must say so", e.ID)}, true
		}
	}
	return flaw{}, false
}

func (e promptEvent) isCancelled() bool { return e.Status == string(summarizer.Cancelled) }

// show returns the line with all names in curly quotation marks, and isolated if
// they are written from right to left.
func show(text string, tokens []token) string {
	var b strings.Builder
	from := 0
	for _, t := range tokens {
		if !t.quote && t.name == "" {
			continue
		}
		stop := ""
		if inner := strings.Trim(text[t.start:t.end], "“”\""); t.quote && len(inner) > len(t.name) {
			stop = strings.TrimLeft(inner[strings.LastIndexFunc(inner, func(r rune) bool { return r != ',' && r != '.' })+1:], " ")
		}
		b.WriteString(text[from:t.start] + "“" + plain.Isolate(t.name) + "”" + stop)
		from = t.end
	}
	b.WriteString(text[from:])
	return strings.TrimSpace(b.String())
}
