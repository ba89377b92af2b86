package words_test

import (
	"flag"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/words"
	"foreday/summarizer/words/wordstest"
)

var (
	fullDays = flag.Int("days", 100, "how many full days have 20 random plans each held to the truth")
	seed     = flag.Int("seed", 1, "of the full days")
)

// Whatever a plan says of whatever day: the text keeps to its limits, and each time,
// date, number and name in it is true of the event that it stands with.
func TestNothingIsSaidThatIsNotSo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := wordstest.Brief(func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") })
		b.Clock12 = false
		day := facts.Of(b)
		text := words.Write(day, wordstest.Plan(rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "plan")))
		wordstest.WithinLimits(t, text, day)
		r := reader{b: b}
		r.read(text)
		if len(r.problems) > 0 {
			t.Fatalf("%s\nin\n%s\n\n%s\nof %s", strings.Join(r.problems, "\n"), text.Headline, text.Body, b.Day)
		}
	})
}

// Rapid likes small days. Here all are as full as any.
func TestNothingIsSaidThatIsNotSoOfFullDays(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(2026, uint64(*seed)))
	for range *fullDays {
		b := wordstest.Brief(random.IntN)
		b.Clock12 = false
		day := facts.Of(b)
		for try := range 20 {
			made := make([]byte, random.IntN(90))
			for i := range made {
				made[i] = byte(random.Uint32())
			}
			p := wordstest.Plan(made)
			if try%5 == 0 { // tells all that there is to tell
				p.Facts = random.Perm(len(day.Facts))
			}
			text := words.Write(day, p)
			wordstest.WithinLimits(t, text, day)
			r := reader{b: b}
			if r.read(text); len(r.problems) > 0 {
				t.Fatalf("%s\nin\n%s\n\n%s\nof %s", strings.Join(r.problems, "\n"), text.Headline, text.Body, b.Day)
			}
		}
	}
}

// What the reader is worth: the golden texts are true, and none is with another time in
// it or about another day.
func TestTheReaderTellsTruthFromFalsehood(t *testing.T) {
	t.Parallel()
	days := wordstest.Days()
	clock := regexp.MustCompile(`\d\d:\d\d`)
	for i, d := range days {
		if d.Brief.Clock12 {
			continue
		}
		text := words.Write(facts.Of(d.Brief), wordstest.Plan(nil))
		r := reader{b: d.Brief}
		if r.read(text); len(r.problems) > 0 {
			t.Errorf("%s: %s", d.Name, strings.Join(r.problems, "\n"))
		}
		for _, told := range []string{text.Headline, text.Body} {
			for _, at := range clock.FindAllStringIndex(told, -1) {
				lie := strings.Replace(told, told[at[0]:at[1]], "03:33", 1)
				liar := reader{b: d.Brief}
				liar.read(summarizer.Text{Headline: strings.Replace(text.Headline, told, lie, 1), Body: strings.Replace(text.Body, told, lie, 1)})
				if len(liar.problems) == 0 {
					t.Errorf("%s: a wrong time is not noticed in %q", d.Name, lie)
				}
			}
		}
		other := reader{b: days[(i+len(days)/2)%len(days)].Brief}
		if other.read(text); len(other.problems) == 0 {
			t.Errorf("%s could be told of another day", d.Name)
		}
	}
}
