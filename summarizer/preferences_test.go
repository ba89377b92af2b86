package summarizer_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/plan"
	"foreday/summarizer/words"
)

func threshold(f float64) summarizer.Preferences { return summarizer.Preferences{Threshold: &f} }

func including(ids ...string) summarizer.Preferences {
	return summarizer.Preferences{Selection: summarizer.Selection{Include: ids}}
}

func excluding(ids ...string) summarizer.Preferences {
	return summarizer.Preferences{Selection: summarizer.Selection{Exclude: ids}}
}

func TestPreferencesAreValidOrSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, good := range []summarizer.Preferences{
		{}, {Language: "pt-BR", Clock: "12"}, threshold(0), threshold(1), including("a@b", "primary"), excluding(strings.Repeat("ä", 256)),
	} {
		if err := good.Validate(); err != nil {
			t.Errorf("%+v: %v", good, err)
		}
	}
	for _, c := range []struct {
		bad          summarizer.Preferences
		field, value string
	}{
		{threshold(-0.01), "threshold", "-0.01"},
		{threshold(1.01), "threshold", "1.01"},
		{threshold(math.NaN()), "threshold", "NaN"},
		{threshold(math.Inf(1)), "threshold", "+Inf"},
		{including(""), "include", ""},
		{including("a", "b", "a"), "include", "a"},
		{excluding("a\u2028b"), "exclude", "a\u2028b"},
		{excluding("\xff"), "exclude", "\xff"},
		{excluding(strings.Repeat("a", 513)), "exclude", strings.Repeat("a", 513)},
		{summarizer.Preferences{Language: "tlhIngan Hol"}, "language", "tlhIngan Hol"},
		{summarizer.Preferences{Clock: "13"}, "clock", "13"},
		{excluding(strings.Split(strings.Repeat("a", 101), "")...), "exclude", "101"},
	} {
		var wrong *summarizer.FieldError
		if err := c.bad.Validate(); !errors.As(err, &wrong) || wrong.Field != c.field || wrong.Value != c.value {
			t.Errorf("%+v: %v, want %s %q", c.bad, err, c.field, c.value)
		}
	}
}

func TestSelectionsOfTheSameCalendarsHaveOneKey(t *testing.T) {
	t.Parallel()
	if a, b := including("a", "b").Key(), including("b", "a").Key(); a != b {
		t.Errorf("%q and %q differ", a, b)
	}
	seen := map[string]summarizer.Preferences{}
	for _, p := range []summarizer.Preferences{{}, including("a"), excluding("a"), including("a", "b"), including("ab")} {
		if other, taken := seen[p.Key()]; taken {
			t.Errorf("%+v and %+v have one key", p, other)
		}
		seen[p.Key()] = p
	}
}

func TestPreferencesAreReadBackFromJSON(t *testing.T) {
	t.Parallel()
	for _, want := range []summarizer.Preferences{including(), including("a"), threshold(0), threshold(0.4), excluding("b", "c")} {
		b, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got summarizer.Preferences
		if err := json.Unmarshal(b, &got); err != nil || got.Key() != want.Key() || !reflect.DeepEqual(got.Threshold, want.Threshold) {
			t.Errorf("%s became %+v, %v", b, got, err)
		}
	}
}

// house is a calendar, and what is usual in it: an event's novelty is its length
// in minutes, in hundredths.
type house struct {
	events []summarizer.Event
	unread int
	usual  summarizer.Usual

	mu    sync.Mutex
	count []summarizer.Selection // what it was asked for
}

func (h *house) Settings(context.Context, string) (summarizer.Settings, error) {
	return summarizer.Settings{Zone: time.UTC}, nil
}

func (h *house) Day(_ context.Context, _ string, _ summarizer.Day, count summarizer.Selection) (summarizer.Listing, error) {
	h.asked(count)
	return summarizer.Listing{Events: h.events, Unread: h.unread}, nil
}

func (h *house) asked(count summarizer.Selection) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.count = append(h.count, count)
}

func (h *house) History(context.Context, string, time.Time, time.Time, summarizer.Selection) ([]summarizer.Event, error) {
	return nil, nil
}

func (h *house) Routine(_ context.Context, _ string, _ summarizer.Day, count summarizer.Selection) (summarizer.Routine, error) {
	h.asked(count)
	return h, nil
}

func (h *house) Judge(_ summarizer.Day, events []summarizer.Event) []summarizer.Verdict {
	var verdicts []summarizer.Verdict
	for _, e := range events {
		novelty := e.End.Sub(e.Start).Minutes() / 100
		verdicts = append(verdicts, summarizer.Verdict{Event: e, Novelty: novelty, Novel: novelty >= 0.5,
			Why: summarizer.Why{Kind: summarizer.FirstTime}})
	}
	return verdicts
}

func (h *house) Usual(summarizer.Day, []summarizer.Event) summarizer.Usual { return h.usual }

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func (h *house) summarizer() *summarizer.Summarizer {
	return &summarizer.Summarizer{Source: h, Routines: h, Writer: words.Writer{Planner: plan.Default{}},
		Fallback: words.Writer{Planner: plan.Default{}}, Zone: time.UTC, Now: func() time.Time { return noon }}
}

func lasting(title string, minutes int) summarizer.Event {
	return summarizer.Event{ID: title, Title: title, Start: noon, End: noon.Add(time.Duration(minutes) * time.Minute)}
}

var theDay = summarizer.Day{Date: summarizer.DateOf(noon), Zone: time.UTC}

func TestTheThresholdDecidesWhatIsNovel(t *testing.T) {
	t.Parallel()
	h := &house{events: []summarizer.Event{lasting("a", 0), lasting("b", 40), lasting("c", 50), lasting("d", 100)}}
	for _, c := range []struct {
		prefer summarizer.Preferences
		novel  int
	}{{summarizer.Preferences{}, 2}, {threshold(0), 4}, {threshold(0.4), 3}, {threshold(0.41), 2}, {threshold(1), 1}} {
		sum, err := h.summarizer().Summarize(t.Context(), "u1", theDay, c.prefer)
		if err != nil || sum.NovelEvents != c.novel || sum.TotalEvents != 4 {
			t.Errorf("%+v: %d of %d events are novel, want %d; error %v", c.prefer, sum.NovelEvents, sum.TotalEvents, c.novel, err)
		}
	}
}

func TestDayAndRoutineAreOfTheCalendarsThatCount(t *testing.T) {
	t.Parallel()
	h := &house{}
	prefer := including("a")
	if _, err := h.summarizer().Fetch(t.Context(), "u1", theDay, prefer); err != nil {
		t.Fatal(err)
	}
	if want := []summarizer.Selection{prefer.Selection, prefer.Selection}; !reflect.DeepEqual(h.count, want) {
		t.Errorf("asked for %v, want %v", h.count, want)
	}
}

func TestTheFingerprintChangesWithWhatTheWriterIsGiven(t *testing.T) {
	t.Parallel()
	usual := lasting("Dentist", 100)
	fingerprint := func(prefer summarizer.Preferences, events ...summarizer.Event) string {
		h := &house{events: events}
		draft, err := h.summarizer().Fetch(t.Context(), "u1", theDay, prefer)
		if err != nil {
			t.Fatal(err)
		}
		return h.summarizer().Fingerprint(draft)
	}
	with := func(change func(*summarizer.Event)) summarizer.Event {
		e := usual
		change(&e)
		return e
	}
	before := fingerprint(summarizer.Preferences{}, usual, lasting("Lunch", 40))
	for name, c := range map[string]struct {
		prefer summarizer.Preferences
		events []summarizer.Event
		same   bool
	}{
		"nothing":                {events: []summarizer.Event{usual, lasting("Lunch", 40)}, same: true},
		"a threshold that tells": {prefer: threshold(0.4), events: []summarizer.Event{usual, lasting("Lunch", 40)}},
		"a threshold without":    {prefer: threshold(0.6), events: []summarizer.Event{usual, lasting("Lunch", 40)}, same: true},
		"one event less":         {events: []summarizer.Event{usual}},
		"confirmed": {events: []summarizer.Event{with(func(e *summarizer.Event) { e.Status = summarizer.Confirmed }),
			lasting("Lunch", 40)}, same: true},
		"tentative": {events: []summarizer.Event{with(func(e *summarizer.Event) { e.Status = summarizer.Tentative }),
			lasting("Lunch", 40)}},
		"cancelled": {events: []summarizer.Event{with(func(e *summarizer.Event) { e.Status = summarizer.Cancelled }),
			lasting("Lunch", 40)}},
	} {
		if same := fingerprint(c.prefer, c.events...) == before; same != c.same {
			t.Errorf("%s: the fingerprint is the same: %v, want %v", name, same, c.same)
		}
	}
}

func TestABriefHoldsAllEventsAndWhatIsUsual(t *testing.T) {
	t.Parallel()
	usual := summarizer.Usual{Days: 8, Begins: 540, Ends: 1020, Events: 2, Most: 4,
		Missing: []summarizer.Slot{{Kind: summarizer.SlotAt, Minute: 600}}}
	h := &house{events: []summarizer.Event{lasting("a", 0), lasting("b", 60), lasting("c", 10)}, usual: usual}
	draft, err := h.summarizer().Fetch(t.Context(), "u1", theDay, summarizer.Preferences{})
	if err != nil {
		t.Fatal(err)
	}
	b := draft.Brief
	if len(b.Novel) != 1 || b.Novel[0].Event.Title != "b" || len(b.Routine) != 2 || b.Routine[0].Event.Title != "a" ||
		b.Routine[1].Event.Title != "c" {
		t.Errorf("novel are %v, routine %v", b.Novel, b.Routine)
	}
	if !reflect.DeepEqual(b.Usual, usual) {
		t.Errorf("usual is %+v, want %+v", b.Usual, usual)
	}
	h.unread = 1
	if draft, err = h.summarizer().Fetch(t.Context(), "u1", theDay, summarizer.Preferences{}); err != nil || draft.Brief.Usual.Missing != nil {
		t.Errorf("of a day that is not read to its end, %v is missing; error %v", draft.Brief.Usual.Missing, err)
	}
}
