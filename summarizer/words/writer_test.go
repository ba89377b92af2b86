package words_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/plan"
	"foreday/summarizer/words"
	"foreday/summarizer/words/wordstest"
)

// planner is one that a test decides on.
type planner struct {
	plan  plan.Plan
	err   error
	asked int
}

func (p *planner) Name() string    { return "openai:test" }
func (p *planner) Version() string { return "test/1" }

func (p *planner) Plan(context.Context, facts.Day) (plan.Plan, error) {
	p.asked++
	return p.plan, p.err
}

func dayNamed(t testing.TB, name string) summarizer.Brief {
	t.Helper()
	for _, d := range wordstest.Days() {
		if d.Name == name {
			return d.Brief
		}
	}
	t.Fatalf("there is no day %s", name)
	return summarizer.Brief{}
}

func TestThePlannerIsNotAskedAboutADayWithoutNews(t *testing.T) {
	t.Parallel()
	p := &planner{err: errors.New("it was asked")}
	w := words.Writer{Planner: p}
	text, err := w.Write(t.Context(), dayNamed(t, "quiet-routine"))
	if err != nil || text.Writer != summarizer.PlainWriter {
		t.Errorf("Write = %+v, %v", text, err)
	}
	if _, err := w.Write(t.Context(), dayNamed(t, "one")); !errors.Is(err, p.err) || p.asked != 1 {
		t.Errorf("the error is %v, after %d questions", err, p.asked)
	}
	if w.Name() != "openai:test" || !strings.Contains(w.Version(), "test/1") || w.Version() == p.Version() {
		t.Errorf("Name = %q, Version = %q", w.Name(), w.Version())
	}
}

func TestTheTextFollowsThePlan(t *testing.T) {
	t.Parallel()
	p := &planner{plan: plan.Plan{Lead: []int{4, 1}, Parts: [][]int{{3}, {2}, {0}}}}
	text, err := words.Writer{Planner: p}.Write(t.Context(), dayNamed(t, "five"))
	if err != nil {
		t.Fatal(err)
	}
	want := "Film club at 20:15, Car inspection at 11:00 and 3 more."
	body := "Parents' evening, 18:00–19:30.\nDentist, 15:00–16:00.\nBreakfast with Sam, 07:30–08:30.\nCar inspection, " +
		"11:00–12:00.\nFilm club, 20:15–22:30.\nThe usual: 4 events, 09:00–17:30."
	if text.Headline != want || text.Body != body || text.Writer != "" || text.Language != "en" {
		t.Errorf("Write = %+v", text)
	}
}

// The units of one part stand on a line, three at most.
func TestWhatAPlanTellsTogetherStandsOnALine(t *testing.T) {
	t.Parallel()
	day := facts.Of(dayNamed(t, "five"))
	text := words.Write(day, plan.Plan{Parts: [][]int{{2, 0}, {1, 3, 4}}})
	body := "Dentist, 15:00–16:00. Breakfast with Sam, 07:30–08:30.\nCar inspection, 11:00–12:00. Parents' evening, 18:00–19:30. Film " +
		"club, 20:15–22:30.\nThe usual: 4 events, 09:00–17:30."
	if text.Body != body {
		t.Errorf("Body = %q, want %q", text.Body, body)
	}
	text = words.Write(day, plan.Plan{Parts: [][]int{{0, 1, 2, 3, 4}}})
	if lines := strings.Split(text.Body, "\n"); len(lines) != 3 || strings.Count(lines[0], ". ") != 2 {
		t.Errorf("Body = %q", text.Body)
	}
}

// What an event follows is said of all that a line is about, or not at all.
func TestWhatIsTrueOfOneIsNotSaidOfTwo(t *testing.T) {
	t.Parallel()
	two := dayNamed(t, "one-of-two-follows")
	second := two
	second.Novel = two.Novel[1:]
	for want, b := range map[string]summarizer.Brief{
		"Yoga, 09:00–10:00 and 18:00–19:00.\nThe usual: Walk, 17:00–18:00.":                                   two,
		"Yoga, 18:00–19:00. First time in a year. Right after the usual Walk.\nThe usual: Walk, 17:00–18:00.": second,
	} {
		day := facts.Of(b)
		var all plan.Plan
		for i := range day.Facts {
			all.Facts = append(all.Facts, i)
		}
		for i, f := range day.Facts {
			if f.Kind == facts.Reason && len(day.Events) > 1 {
				all.Facts = slices.DeleteFunc(all.Facts, func(told int) bool { return told == i })
			}
		}
		if text := words.Write(day, all); text.Body != want {
			t.Errorf("Body = %q, want %q", text.Body, want)
		}
	}
}

// What changes plans is left out last, wherever in the day it is.
func TestWhatChangesPlansIsToldWhereThereIsNoRoom(t *testing.T) {
	t.Parallel()
	for _, l := range words.Languages {
		b := dayNamed(t, "one")
		b.Language, b.Novel = l.Tag.String(), nil
		wednesday := summarizer.Slot{Kind: summarizer.SlotAt, Weekday: time.Wednesday, Minute: 600}
		for i := range 30 {
			v := summarizer.Verdict{Novel: true, Novelty: 0.6, Why: summarizer.Why{Kind: summarizer.Extra, Usual: wednesday}}
			v.Event.Title, v.Event.Start = "Choir of the town "+strings.Repeat(string(rune('a'+i%26)),
				1+i/26), b.Day.Start().Add(time.Duration(i)*20*time.Minute)
			v.Event.End = v.Event.Start.Add(time.Minute)
			b.Novel = append(b.Novel, v)
		}
		b.Novel[25].Event.Title, b.Novel[25].Event.Status = "Parents", summarizer.Tentative
		b.Novel[27].Event.Title, b.Novel[27].Why = "Orchestra", summarizer.Why{Kind: summarizer.Moved, Usual: wednesday}
		b.Novel[29].Event.Title, b.Novel[29].Event.Status = "Board", summarizer.Cancelled
		text := words.Write(facts.Of(b), plan.Plan{})
		for _, title := range []string{"Parents", "Orchestra", "Board"} {
			if !strings.Contains(text.Body, title) {
				t.Errorf("%s: %s is not told in\n%s", l.Tag, title, text.Body)
			}
		}
	}
}

// What is told as one follows from the day, whatever stands between in the plan.
func TestWhatIsAlikeIsToldAsOneInAnyOrder(t *testing.T) {
	t.Parallel()
	day := facts.Of(dayNamed(t, "many-interviews"))
	var scattered plan.Plan
	for e := range day.Events {
		scattered.Parts = append(scattered.Parts, []int{7 * e % len(day.Events)})
	}
	text := words.Write(day, scattered)
	if want := "Interview 1 to 23, 08:00–15:40."; !strings.HasPrefix(text.Body, want) || strings.Count(text.Body, "Interview") != 1 {
		t.Errorf("Body = %q, want %q first", text.Body, want)
	}
}

func TestEachNovelEventHasItsReason(t *testing.T) {
	t.Parallel()
	text, err := words.Writer{Planner: plan.Default{}}.Write(t.Context(), dayNamed(t, "changes-of-all-kinds"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"usually every 5 days, due on Tuesday, 24 November", "cancelled, usually on Monday at 10:00", "first time in a year",
		"usually on Wednesday at 17:15", "moved from Monday, 30 November at 20:00",
	}
	if got := strings.Join(text.Reasons, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s", got)
	}
}

func BenchmarkPlanningAndWording(b *testing.B) {
	days := wordstest.Days()
	writer := words.Writer{Planner: plan.Default{}}
	for b.Loop() {
		for _, d := range days {
			if _, err := writer.Write(b.Context(), d.Brief); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(days)), "µs/day")
}
