package openai_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"
	_ "time/tzdata"

	"go.uber.org/goleak"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/openai"
	"foreday/summarizer/openai/openaitest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	key   = "sk-a-key-that-must-not-leak"
	model = "gpt-4o-mini"
)

// bundle is a Planner with a stand-in for the model behind it.
type bundle struct {
	*openai.Planner
	server  *openaitest.Server
	url     string
	refused func() []openai.Reason
	tokens  func() (prompt, completion int)
}

func setup(t *testing.T, change ...func(*openai.Config)) bundle {
	t.Helper()
	server := openaitest.New(openaitest.Config{Key: key, Models: []string{model}})
	return setupWith(t, server, server, change...)
}

func setupWith(t *testing.T, server *openaitest.Server, handler http.Handler, change ...func(*openai.Config)) bundle {
	t.Helper()
	listener := httptest.NewServer(handler)
	t.Cleanup(listener.Close)
	b := bundle{server: server, url: listener.URL + "/v1"}
	var mu sync.Mutex
	var reasons []openai.Reason
	var prompt, completion int
	c := openai.Config{APIKey: key, BaseURL: b.url, Model: model, Transport: listener.Client().Transport,
		Refused: func(r openai.Reason) { mu.Lock(); defer mu.Unlock(); reasons = append(reasons, r) },
		Usage: func(_ context.Context, p, c int) {
			mu.Lock()
			defer mu.Unlock()
			prompt, completion = prompt+p, completion+c
		},
	}
	for _, f := range change {
		f(&c)
	}
	p, err := openai.New(c)
	if err != nil {
		t.Fatal(err)
	}
	b.Planner = p
	b.refused = func() []openai.Reason { mu.Lock(); defer mu.Unlock(); return slices.Clone(reasons) }
	b.tokens = func() (int, int) { mu.Lock(); defer mu.Unlock(); return prompt, completion }
	return b
}

var day = summarizer.Day{Date: summarizer.Date{Year: 2026, Month: 11, Day: 23}, Zone: berlin()}

func berlin() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return zone
}

// at returns a novel event of the day, from and to given as "15:00"; a time of the next
// day as "26:00".
func at(title, from, to string, change ...func(*summarizer.Verdict)) summarizer.Verdict {
	v := summarizer.Verdict{Novel: true, Novelty: 1, Why: summarizer.Why{Kind: summarizer.FirstTime}}
	v.Event = summarizer.Event{ID: "calendar-id-of-" + title, CalendarID: "primary", Calendar: "Personal", Title: title, Start: clock(from),
		End: clock(to)}
	for _, f := range change {
		f(&v)
	}
	return v
}

func clock(s string) time.Time {
	var h, m int
	if _, err := fmt.Sscanf(s, "%d:%d", &h, &m); err != nil {
		panic(err)
	}
	return time.Date(2026, 11, 23, h, m, 0, 0, day.Zone)
}

func allDay(first, last int) func(*summarizer.Verdict) {
	return func(v *summarizer.Verdict) {
		v.Event.AllDay = true
		v.Event.StartDate = summarizer.Date{Year: 2026, Month: 11, Day: first}
		v.Event.EndDate = summarizer.Date{Year: 2026, Month: 11, Day: last + 1}
	}
}

// dayOf returns a day with the novel events, so many routine ones, and the reasons for
// the former as facts, before the others given.
func dayOf(routine int, novel []summarizer.Verdict, more ...facts.Fact) facts.Day {
	d := facts.Day{Brief: summarizer.Brief{Day: day, Novel: novel},
		Routine: slices.Repeat([]facts.Event{{Verdict: at("Walk", "12:00", "13:00")}}, routine)}
	for i, v := range novel {
		d.Events = append(d.Events, facts.Event{Verdict: v, ID: fmt.Sprint("e", i+1)})
		d.Facts = append(d.Facts, facts.Fact{Kind: facts.Reason, Event: i, Other: facts.None})
	}
	d.Facts = append(d.Facts, more...)
	for i := range d.Facts {
		d.Facts[i].ID = fmt.Sprint("f", i+1)
	}
	return d
}

var (
	dentist = dayOf(6, []summarizer.Verdict{at("Dentist", "15:00", "16:00")})
	// busy has three events, of which one is cancelled, and a fact about itself.
	busy = dayOf(4, []summarizer.Verdict{at("Dentist", "15:00", "16:00"), at("Team sync", "15:30", "16:30"), at("Vet", "18:00", "18:30")},
		facts.Fact{Kind: facts.Overlaps, Event: 0, Other: 1, From: clock("15:30"), To: clock("16:00")},
		facts.Fact{Kind: facts.Cancelled, Event: 2, Other: facts.None},
		facts.Fact{Kind: facts.EndsLater, Event: facts.None, Other: facts.None, Usual: 17 * 60})
)
