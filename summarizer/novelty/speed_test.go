package novelty_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/novelty"
)

// busyYear is 10,000 events in the year before today and the two weeks after: a
// hundred and eighty weekly routines, half of them series, one in ten of their
// titles with a number or a slip in it, and 600 events that happen once.
func busyYear() []summarizer.Event {
	random := rand.New(rand.NewPCG(1, 1))
	var events []summarizer.Event
	add := func(title, series string, day, minute int) {
		start := today.Start().AddDate(0, 0, day).Add(time.Duration(minute) * time.Minute)
		e := summarizer.Event{CalendarID: "own", Title: title, SeriesID: series, Start: start, End: start.Add(time.Hour)}
		if series != "" {
			e.Original = start
		}
		events = append(events, e)
	}
	for r := range 180 {
		title := fmt.Sprintf("%s of group %s", word(random), word(random))
		series, minute, day := "", 8*60+15*random.IntN(48), random.IntN(7)
		if r%2 == 0 {
			series = "series" + word(random)
		}
		for week := range 52 {
			written := title
			switch random.IntN(20) {
			case 0:
				written = fmt.Sprintf("%s %d", title, week)
			case 1:
				written = title[:4] + title[5:]
			}
			add(written, series, day-363+7*week, minute)
		}
	}
	for len(events) < 10_000 {
		add(word(random)+" with "+word(random), "", random.IntN(379)-365, random.IntN(24*60))
	}
	return events
}

func word(random *rand.Rand) string {
	b := make([]byte, 5+random.IntN(6))
	for i := range b {
		b[i] = byte('a' + random.IntN(26))
	}
	return string(b)
}

func learnYear(events []summarizer.Event) *novelty.Model {
	return novelty.Learn(novelty.Key{}, berlin, today.Date.AddDays(-373), today.Date.AddDays(21), events)
}

func eventsOf(day summarizer.Day, events []summarizer.Event) []summarizer.Event {
	return slices.DeleteFunc(slices.Clone(events), func(e summarizer.Event) bool { return !e.Touches(day) })
}

func BenchmarkLearnAYearOf10000Events(b *testing.B) {
	events := busyYear()
	for b.Loop() {
		learnYear(events)
	}
}

func BenchmarkUpdateFourWeeks(b *testing.B) {
	events := busyYear()
	m := learnYear(events)
	from := today.Date.AddDays(-28)
	late := slices.DeleteFunc(slices.Clone(events), func(e summarizer.Event) bool { return summarizer.DateOf(e.Start).Before(from) })
	for b.Loop() {
		m.Update(from, today.Date.AddDays(21), late)
	}
}

func BenchmarkJudgeADay(b *testing.B) {
	events := busyYear()
	m := learnYear(events)
	day := eventsOf(today, events)
	for b.Loop() {
		m.Judge(today, day)
	}
	b.ReportMetric(float64(len(day)), "events")
}

func BenchmarkUsual(b *testing.B) {
	events := busyYear()
	m := learnYear(events)
	day := eventsOf(today, events)
	for b.Loop() {
		m.Usual(today, day)
	}
}

func BenchmarkEncode(b *testing.B) {
	m := learnYear(busyYear())
	for b.Loop() {
		m.Encode()
	}
	b.ReportMetric(float64(len(m.Encode())), "bytes")
}

func BenchmarkDecode(b *testing.B) {
	data := learnYear(busyYear()).Encode()
	for b.Loop() {
		if _, err := novelty.Decode(novelty.Key{}, data); err != nil {
			b.Fatal(err)
		}
	}
}

// The figures are what the benchmarks show; here they are only watched over, ten
// times as slow, as machines differ and the race detector slows them down. Of
// several tries the fastest counts: the others had to share the machine.
func TestLearningAndJudgingAreFast(t *testing.T) {
	events := busyYear()
	day := eventsOf(today, events)
	var m *novelty.Model
	if took := fastest(3, 2*time.Second, func() { m = learnYear(events) }); took > 2*time.Second {
		t.Errorf("learning a year of 10,000 events took %v, ten times the 200 ms that it may", took)
	}
	if took := fastest(200, 10*time.Millisecond, func() { m.Judge(today, day) }); took > 10*time.Millisecond {
		t.Errorf("judging a day of %d events took %v, ten times the 1 ms that it may", len(day), took)
	}
	if took := fastest(200, 10*time.Millisecond, func() { m.Usual(today, day) }); took > 10*time.Millisecond {
		t.Errorf("telling what such days are like took %v, ten times the 1 ms that it may", took)
	}
}

// fastest tries until it takes no longer than enough.
func fastest(tries int, enough time.Duration, do func()) time.Duration {
	best := time.Duration(math.MaxInt64)
	for range tries {
		began := time.Now()
		do()
		if best = min(best, time.Since(began)); best <= enough {
			break
		}
	}
	return best
}
