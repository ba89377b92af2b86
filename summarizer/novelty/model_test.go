package novelty_test

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"foreday/summarizer"
	"foreday/summarizer/novelty"
)

// diaries draws histories in which a few titles come again and again, in series
// or not, regularly or not, beside others.
func diaries() *rapid.Generator[[]summarizer.Event] {
	return rapid.Custom(func(t *rapid.T) []summarizer.Event {
		var events []summarizer.Event
		for range rapid.IntRange(0, 12).Draw(t, "patterns") {
			title := rapid.SampledFrom([]string{"Choir", "Choir 12", "Chior", "1:1 Priya", "週次会議", "", "Gym", "Gym (late)"}).Draw(t, "title")
			e := at("2026-06-16 10:00", title)
			if rapid.Bool().Draw(t, "all day") {
				e = at("2026-06-16", title)
			}
			e = shifted(e, rapid.IntRange(-40, 40).Draw(t, "day"), time.Duration(rapid.IntRange(0, 800).Draw(t, "minute"))*time.Minute)
			if rapid.Bool().Draw(t, "series") {
				e.SeriesID = "s" + title
				e.Original, e.OriginalDate = e.Start, e.StartDate
			}
			every := rapid.SampledFrom([]int{1, 7, 14, 28}).Draw(t, "every")
			events = append(events, before(e, rapid.IntRange(0, 20).Draw(t, "times"), every)...)
		}
		return events
	})
}

// shifted returns the event so many days and so much time later.
func shifted(e summarizer.Event, days int, by time.Duration) summarizer.Event {
	if e.AllDay {
		e.StartDate, e.EndDate = e.StartDate.AddDays(days), e.EndDate.AddDays(days)
		return e
	}
	e.Start, e.End = e.Start.AddDate(0, 0, days).Add(by), e.End.AddDate(0, 0, days).Add(by)
	return e
}

func learn(events []summarizer.Event) *novelty.Model {
	return novelty.Learn(novelty.Key{1}, berlin, today.Date.AddDays(-373), today.Date.AddDays(21), events)
}

// probes are events that a judge may be asked about on the day, given a history.
func probes(events []summarizer.Event) []summarizer.Event {
	all := []summarizer.Event{at("2026-06-16 10:00", "Choir"), at("2026-06-16", "Gym"), at("2026-06-16 10:00", "Dentist")}
	return append(all, events[:min(len(events), 20)]...)
}

func TestVerdictsMakeSense(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events := diaries().Draw(t, "history")
		asked := probes(events)
		verdicts := learn(events).Judge(today, asked)
		if len(verdicts) != len(asked) {
			t.Fatalf("%d verdicts on %d events", len(verdicts), len(asked))
		}
		for i, v := range verdicts {
			if v.Event != asked[i] {
				t.Errorf("verdict %d is on another event", i)
			}
			if v.Novelty < 0 || v.Novelty > 1 || v.Novel != (v.Novelty >= summarizer.NewsFrom) {
				t.Errorf("novelty %v, novel %v", v.Novelty, v.Novel)
			}
			holdsWhatItsKindNames(t, v)
		}
	})
}

func TestTheOrderOfHistoryDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events := diaries().Draw(t, "history")
		want := learn(events).Judge(today, probes(events))
		mixed := rapid.Permutation(events).Draw(t, "mixed")
		if got := learn(mixed).Judge(today, probes(events)); !slices.Equal(got, want) {
			t.Errorf("in another order:\n%+v\nwant\n%+v", got, want)
		}
		if got, want := learn(mixed).Usual(today, nil), learn(events).Usual(today, nil); !reflect.DeepEqual(got, want) {
			t.Errorf("in another order, such days are %+v, want %+v", got, want)
		}
	})
}

// However a history was learnt piece by piece, with days learnt twice and events
// that are not there any more, the verdicts are as if it was learnt at once.
func TestUpdatingIsLearningAnew(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events, old := diaries().Draw(t, "history"), diaries().Draw(t, "old")
		first, last := today.Date.AddDays(-373), today.Date.AddDays(21)
		cut := today.Date.AddDays(rapid.IntRange(-100, 0).Draw(t, "cut"))
		in := func(from, until summarizer.Date, events []summarizer.Event) []summarizer.Event {
			return slices.DeleteFunc(slices.Clone(events), func(e summarizer.Event) bool {
				start, _ := e.Span(berlin)
				on := summarizer.DateOf(start)
				return on.Before(from) || !on.Before(until)
			})
		}
		earlier := novelty.Learn(novelty.Key{1}, berlin, first, last, slices.Concat(in(first, cut, events), in(cut, last, old)))
		before := earlier.Encode()
		updated := earlier.Update(cut, last, in(cut, last, events))
		want := learn(events).Judge(today, probes(events))
		if got := updated.Judge(today, probes(events)); !slices.Equal(got, want) {
			t.Errorf("updated:\n%+v\nlearnt at once:\n%+v", got, want)
		}
		if got, want := updated.Usual(today, nil), learn(events).Usual(today, nil); !reflect.DeepEqual(got, want) {
			t.Errorf("updated, such days are %+v, learnt at once %+v", got, want)
		}
		if !bytes.Equal(before, earlier.Encode()) {
			t.Error("updating has changed what was there")
		}
	})
}

func TestEncodedIsAsLearnt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events := diaries().Draw(t, "history")
		m := learn(events)
		data := m.Encode()
		decoded, err := novelty.Decode(novelty.Key{1}, data)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(decoded.Encode(), data) {
			t.Error("decoded and encoded again, it is not the same")
		}
		if got, want := decoded.Judge(today, probes(events)), m.Judge(today, probes(events)); !slices.Equal(got, want) {
			t.Errorf("decoded:\n%+v\nwant\n%+v", got, want)
		}
	})
}

func TestARoutineHoldsNoTitles(t *testing.T) {
	t.Parallel()
	const title = "Oncology appointment"
	event := with(at("2026-06-16 10:00", title), func(e *summarizer.Event) { e.SeriesID, e.CalendarID = "seriesid", "ada@example.org" })
	data := learn(before(event, 40, 7)).Encode()
	inflated, err := io.ReadAll(flate.NewReader(bytes.NewReader(data[bytes.IndexByte(data, '\n')+1:])))
	if err != nil || len(inflated) < 40 {
		t.Fatalf("it inflates to %q, %v", inflated, err)
	}
	for _, secret := range []string{title, strings.ToLower(title), "oncology", "appointment", "seriesid", "ada@example.org"} {
		if bytes.Contains(inflated, []byte(secret)) {
			t.Errorf("it holds %q", secret)
		}
	}
	if guess, err := novelty.Decode(novelty.Key{2}, data); !errors.Is(err, novelty.ErrUnusable) {
		t.Errorf("under another key: %v, %v", guess, err)
	}
}

func TestAYearIsSmall(t *testing.T) {
	t.Parallel()
	if n := len(learnYear(busyYear()).Encode()); n > 500_000 {
		t.Errorf("a year of 10,000 events takes %d bytes", n)
	}
}

func TestDamagedRoutinesAreRefused(t *testing.T) {
	t.Parallel()
	data := learn(before(at("2026-06-16 10:00", "Choir"), 40, 7)).Encode()
	random := rand.New(rand.NewPCG(1, 1))
	damaged := [][]byte{nil, {}, []byte("x"), data[:len(data)-1], append(slices.Clone(data), 0),
		bytes.Replace(data, []byte("snapshot 2"), []byte("snapshot 0"), 1)}
	for range 500 {
		d := slices.Clone(data)
		d[random.IntN(len(d))] ^= byte(1 + random.IntN(255))
		damaged = append(damaged, d)
	}
	for _, d := range damaged {
		if _, err := novelty.Decode(novelty.Key{1}, d); !errors.Is(err, novelty.ErrUnusable) {
			t.Fatalf("%q: error %v", d, err)
		}
	}
}

// However much is learnt, what is kept is bounded, and the latest is kept.
func TestTooMuchHistoryIsForgottenFromItsBeginning(t *testing.T) {
	t.Parallel()
	var events []summarizer.Event
	for i := range 150_000 {
		events = append(events, shifted(at("2026-06-15 10:00", fmt.Sprint("Job ", i%7)), -i%365, time.Duration(i%600)*time.Minute))
	}
	events = append(events, before(at("2026-06-16 08:00", "Choir"), 5, 7)...)
	m := learn(events)
	if n := len(m.Encode()); n > 1_000_000 {
		t.Errorf("it takes %d bytes", n)
	}
	if v := m.Judge(today, []summarizer.Event{at("2026-06-16 08:00", "Choir")})[0]; v.Novel {
		t.Errorf("the last weeks are forgotten: %+v", v.Why)
	}
}
