package loggable_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"foreday/summarizer/loggable"
)

const canary = "ada@example.com"

func TestOnlyKnownCodesArePassedOn(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"insufficient_quota": "insufficient_quota", "rateLimitExceeded": "rateLimitExceeded", "": "",
		canary: "other", "Dentist": "other", "invalid_grant\n": "other", "INVALID_GRANT": "other",
	} {
		if got := loggable.Code(code); got != want {
			t.Errorf("%q: got %q, want %q", code, got, want)
		}
	}
}

func TestPathsKeepNoIDs(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/calendar/v3/calendars/" + canary + "/events": "/calendar/v3/calendars/…/events",
		"/calendar/v3/calendars/primary/events/4kq2v7": "/calendar/v3/calendars/…/events/…",
		"/v1/chat/completions":                         "/v1/chat/completions",
		"/calendar/v3/users/me/settings/timezone":      "/calendar/v3/users/me/settings/timezone",
		"/" + canary + "/../" + canary:                 "/…/…/…",
		"":                                             "",
	} {
		if got := loggable.Path(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

// TestErrorsOfTheWireRepeatNothing has a server send what net/http repeats in its
// errors.
func TestErrorsOfTheWireRepeatNothing(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"no HTTP":        canary + "\r\n\r\n",
		"a bad status":   "HTTP/1.1 " + canary + "\r\n\r\n",
		"a bad header":   "HTTP/1.1 200 OK\r\n" + canary + "\r\n\r\n",
		"a bad length":   "HTTP/1.1 200 OK\r\nContent-Length: " + canary + "\r\n\r\n",
		"a bad encoding": "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + canary + "\r\n\r\n",
		"nothing":        "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				c, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = c.Write([]byte(raw))
				_ = c.Close()
			}))
			defer server.Close()
			res, err := http.Get(server.URL + "/calendars/" + canary)
			if err == nil {
				res.Body.Close()
				t.Fatal("no error")
			}
			for _, text := range []string{loggable.Text(err), loggable.Wire(err).Error()} {
				if text == "" || strings.Contains(text, canary) {
					t.Errorf("got %q", text)
				}
			}
		})
	}
}

func TestWhatIsSafeStaysAsItIs(t *testing.T) {
	t.Parallel()
	inner := loggable.Wire(fmt.Errorf("get %s: %w", canary, context.DeadlineExceeded))
	if !errors.Is(inner, context.DeadlineExceeded) || inner.Error() != context.DeadlineExceeded.Error() {
		t.Errorf("got %v", inner)
	}
	if got := loggable.Text(fmt.Errorf("get %s: %w", canary, inner)); got != inner.Error() {
		t.Errorf("got %q, want %q", got, inner)
	}
	if loggable.Wire(nil) != nil {
		t.Error("nil became an error")
	}
}
