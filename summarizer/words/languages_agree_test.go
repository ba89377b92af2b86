package words_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/titles"
	"foreday/summarizer/words"
	"foreday/summarizer/words/wordstest"
)

// The English of random plans is held to the raw events. What is said in the other
// languages has the same times and titles, line by line.
func TestEveryLanguageTellsTheSameTimesAndTitles(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3020, uint64(*seed)))
	compared := 0
	days := max(*fullDays/4, 1)
	for range days {
		b := wordstest.Brief(random.IntN)
		b.Clock12 = false
		for range 20 {
			made := make([]byte, random.IntN(90))
			for i := range made {
				made[i] = byte(random.Uint32())
			}
			p := wordstest.Plan(made)
			english := words.Write(facts.Of(b), p)
			for _, tag := range words.Tags()[1:] {
				other := b
				other.Language = tag
				text := words.Write(facts.Of(other), p)
				wordstest.WithinLimits(t, text, facts.Of(other))
				if nearlyFull(english) || nearlyFull(text) || words.Terse(facts.Of(b), p) || words.Terse(facts.Of(other), p) {
					continue // languages are longer and shorter, and are cut elsewhere
				}
				compared++
				en := strings.Split(english.Headline+"\n"+english.Body, "\n")
				foreign := strings.Split(text.Headline+"\n"+text.Body, "\n")
				if len(en) != len(foreign) {
					t.Fatalf("%s has %d lines, English %d:\n%s\n\n%s", tag, len(foreign), len(en), text.Body, english.Body)
				}
				for i := range en {
					if i == 0 && (words.HeadlineCut(facts.Of(b), p) || words.HeadlineCut(facts.Of(other), p)) {
						continue // less leads, and less of it is told
					}
					if want, got := told(en[i], b), told(foreign[i], b); !slices.Equal(got, want) {
						t.Fatalf("%s tells %q in\n%s\nwant %q, as in\n%s", tag, got, foreign[i], want, en[i])
					}
				}
			}
		}
	}
	if compared < days*20 {
		t.Errorf("%d texts were compared, of %d", compared, days*20*len(words.Tags()[1:]))
	}
}

func nearlyFull(text summarizer.Text) bool {
	return utf8.RuneCountInString(text.Headline) > summarizer.MaxHeadline-60 || utf8.RuneCountInString(text.Body) > summarizer.MaxText-300 ||
		strings.Contains(text.Headline, "…")
}

var (
	clockShown   = regexp.MustCompile(`\d{1,2}:\d{2}`)
	notOfNames   = regexp.MustCompile(`[^\pL\d]`)
	endsInNumber = regexp.MustCompile(`^\S+ \d+$`)
)

// ofItself are titles that English sentences may hold though no event that is told of is called so.
var ofItself = map[string]bool{"7 more": true, "Dentist is cancelled": true, "Vet at 03:00": true, "Monday": true, "1 September": true}

// told returns the times and the titles in a line, sorted.
func told(line string, b summarizer.Brief) []string {
	var found, patterns []string
	for _, list := range [][]summarizer.Verdict{b.Novel, b.Routine} {
		for _, v := range list {
			title := titles.Clean(v.Event.Title, 100)
			if title == "" || ofItself[title] {
				continue
			}
			// A group of them is told as "Interview 1 to 5", or 「Interview」1～5.
			of := regexp.QuoteMeta(title)
			if endsInNumber.MatchString(title) {
				of = title[:strings.Index(title, " ")] + `[^\pL\d.,;:–]*\d+`
			}
			if slices.Contains(patterns, of) {
				continue
			}
			patterns = append(patterns, of)
			for _, at := range regexp.MustCompile(of).FindAllString(line, -1) {
				found = append(found, notOfNames.ReplaceAllString(at, ""))
			}
		}
	}
	for _, clock := range clockShown.FindAllString(line, -1) {
		hour, minute, _ := strings.Cut(clock, ":")
		h, _ := strconv.Atoi(hour)
		found = append(found, strconv.Itoa(h)+":"+minute)
	}
	slices.Sort(found)
	return found
}
