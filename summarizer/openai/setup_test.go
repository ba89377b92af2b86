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
	"foreday/summarizer/openai"
	"foreday/summarizer/openai/openaitest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	key   = "sk-a-key-that-must-not-leak"
	model = "gpt-4o-mini"
)

// bundle is a Writer with a stand-in for the model behind it.
type bundle struct {
	*openai.Writer
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
	w, err := openai.New(c)
	if err != nil {
		t.Fatal(err)
	}
	b.Writer = w
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

// at returns the verdict on a novel event of the day, from and to given as
// "15:00"; a time of the next day as "26:00".
func at(title, from, to string, change ...func(*summarizer.Verdict)) summarizer.Verdict {
	v := summarizer.Verdict{Novel: true, Novelty: 1, Reason: "first time in a year"}
	v.Event = summarizer.Event{ID: "calendar-id-of-" + title, Title: title, Calendar: "Personal", Start: clock(from), End: clock(to)}
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

func cancelled(v *summarizer.Verdict) {
	v.Event.Status, v.Reason = summarizer.Cancelled, "takes place every Monday, but not this one"
}

func allDay(first, last int) func(*summarizer.Verdict) {
	return func(v *summarizer.Verdict) {
		v.Event.AllDay = true
		v.Event.StartDate = summarizer.Date{Year: 2026, Month: 11, Day: first}
		v.Event.EndDate = summarizer.Date{Year: 2026, Month: 11, Day: last + 1}
	}
}

func brief(total int, novel ...summarizer.Verdict) summarizer.Brief {
	return summarizer.Brief{Day: day, Total: total, Novel: novel}
}

var dentist = brief(7, at("Dentist", "15:00", "16:00"))
