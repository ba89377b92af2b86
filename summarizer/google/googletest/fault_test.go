package googletest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"foreday/summarizer/google/googletest"

	"google.golang.org/api/googleapi"
)

// plain starts a stand-in whose faults are not taken for its own mistakes.
func plain(t *testing.T) *bench {
	t.Helper()
	return start(t, googletest.Config{}, func(h http.Handler) http.Handler { return h })
}

func (b *bench) fails() error {
	_, err := b.client.Events.List("primary").Do()
	return err
}

func TestAFaultBefallsTheRequestsItNames(t *testing.T) {
	t.Parallel()
	b := plain(t)
	b.Inject(googletest.Fault{Method: "events.list", User: user, Skip: 1, Times: 2, Status: http.StatusServiceUnavailable,
		RetryAfter: 90 * time.Second})
	if err := b.fails(); err != nil {
		t.Errorf("the first passes, but: %v", err)
	}
	if _, err := b.client.Settings.List().Do(); err != nil {
		t.Errorf("other methods pass, but: %v", err)
	}
	for range 2 {
		err := b.fails()
		wantStatus(t, err, http.StatusServiceUnavailable, "backendError")
		var e *googleapi.Error
		if errors.As(err, &e) && e.Header.Get("Retry-After") != "90" {
			t.Errorf("Retry-After is %q, want 90", e.Header.Get("Retry-After"))
		}
	}
	if err := b.fails(); err != nil {
		t.Errorf("it passes after two, but: %v", err)
	}
}

func TestAFaultLastsUntilItIsRemoved(t *testing.T) {
	t.Parallel()
	b := plain(t)
	remove := b.Inject(googletest.Fault{Status: http.StatusForbidden, Reason: "userRateLimitExceeded"})
	for range 3 {
		wantStatus(t, b.fails(), http.StatusForbidden, "userRateLimitExceeded")
	}
	remove()
	if err := b.fails(); err != nil {
		t.Error(err)
	}
}

func TestAnswersAreCutEmptiedAndGarbled(t *testing.T) {
	t.Parallel()
	b := plain(t)
	empty, garbled := "", "{\"items\": [{]"
	for name, fault := range map[string]googletest.Fault{
		"cut": {Cut: true, Times: 1}, "empty": {Body: &empty, Times: 1}, "garbled": {Body: &garbled, Times: 1},
	} {
		b.Inject(fault)
		err := b.fails()
		var e *googleapi.Error
		if err == nil || errors.As(err, &e) {
			t.Errorf("%s: %v, want an error of the connection or of JSON", name, err)
		}
	}
	if err := b.fails(); err != nil {
		t.Error(err)
	}
}

func TestALateFaultHidesAWriteThatWasDone(t *testing.T) {
	t.Parallel()
	b := plain(t)
	b.Inject(googletest.Fault{Method: "events.insert", Status: http.StatusInternalServerError, Late: true, Times: 1})
	_, err := b.client.Events.Insert("primary", allDay("Fair", "2026-03-24", "2026-03-26")).Do()
	wantStatus(t, err, http.StatusInternalServerError, "backendError")
	if got := b.day(t, "2026-03-20T00:00:00Z", "2026-04-20T00:00:00Z"); len(got) != 1 {
		t.Errorf("%d events were written, want 1", len(got))
	}
}

func TestADelayEndsWithTheClientsPatience(t *testing.T) {
	t.Parallel()
	b := plain(t)
	reached := make(chan struct{}, 1)
	b.Inject(googletest.Fault{Delay: time.Hour, Match: func(*http.Request) bool { reached <- struct{}{}; return true }})
	for name, call := range map[string]func(context.Context) error{
		"reading": func(ctx context.Context) error {
			_, err := b.client.Events.List("primary").Context(ctx).Do()
			return err
		},
		"writing": func(ctx context.Context) error {
			_, err := b.client.Events.Insert("primary", allDay("Fair", "2026-03-24", "2026-03-26")).Context(ctx).Do()
			return err
		},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-reached; cancel() }()
		if err := call(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%s, the client gave up, but: %v", name, err)
		}
	}
}

func TestAShareOfRequestsFails(t *testing.T) {
	t.Parallel()
	b := plain(t)
	b.Inject(googletest.Fault{Fraction: 0.5, Status: http.StatusInternalServerError})
	failed := 0
	for range 200 {
		if b.fails() != nil {
			failed++
		}
	}
	if failed < 50 || failed > 150 {
		t.Errorf("%d of 200 failed, want about half", failed)
	}
}

func TestRequestsAreCounted(t *testing.T) {
	t.Parallel()
	b := plain(t)
	b.AddUser("bob@example.com", nil)
	bob := b.clientOf(t, "bob@example.com")
	if _, err := bob.CalendarList.List().Do(); err != nil {
		t.Fatal(err)
	}
	b.Inject(googletest.Fault{Times: 1, Cut: true})
	_ = b.fails()
	_ = b.fails()
	resp := b.do(t, http.MethodGet, b.url+"/calendar/v3/calendars/primary/events", "")
	_, _ = io.Copy(io.Discard, resp.Body)
	got := b.Requests()
	if got.Total != 4 || got.ByMethod["events.list"] != 3 || got.ByMethod["calendarList.list"] != 1 {
		t.Errorf("counted %+v", got)
	}
	if got.ByUser["bob@example.com"] != 1 || got.ByUser[user] != 2 || got.ByStatus[200] != 3 || got.ByStatus[401] != 1 {
		t.Errorf("counted %+v", got)
	}
}
