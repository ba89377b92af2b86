package openai_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/openai"
	"foreday/summarizer/openai/openaitest"
)

func TestFailedCallsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault  openaitest.FaultKind
		change func(*openai.Config)
		kind   openai.Kind
		status int
		hint   string
	}{
		"a wrong key": {change: func(c *openai.Config) { c.APIKey = "sk-wrong" }, kind: openai.Unauthorized, status: 401,
			hint: "OPENAI_API_KEY was refused"},
		"no such model": {change: func(c *openai.Config) { c.Model = "gpt-none" }, kind: openai.BadRequest, status: 404, hint: "OPENAI_MODEL"},
		"a wrong URL": {change: func(c *openai.Config) { c.BaseURL += "/v2" }, kind: openai.BadRequest, status: 404,
			hint: "OPENAI_BASE_URL"},
		"no credit left":   {fault: openaitest.InsufficientQuota, kind: openai.Exhausted, status: 429, hint: "no credit left: add some"},
		"nothing paid":     {fault: openaitest.PaymentRequired, kind: openai.Exhausted, status: 402, hint: "no credit left: add some"},
		"too much at once": {fault: openaitest.TooLarge, kind: openai.BadRequest, status: 413, hint: "raise its limit"},
		"an error inside":  {fault: openaitest.ErrorInside, kind: openai.Temporary, status: 502},
		"a server error":   {fault: openaitest.ServerError, kind: openai.Temporary, status: 500},
		"an overload":      {fault: openaitest.Overloaded, kind: openai.Temporary, status: 503},
		"no server there":  {change: func(c *openai.Config) { c.BaseURL = "http://127.0.0.1:1/v1" }, kind: openai.Temporary},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.change == nil {
				c.change = func(*openai.Config) {}
			}
			w := setup(t, c.change)
			w.server.Inject(openaitest.Fault{Kind: c.fault})
			err := failure(t, w, dentist)
			var failed *openai.Error
			if !errors.As(err, &failed) || failed.Kind != c.kind || failed.Status != c.status || !strings.Contains(err.Error(), c.hint) {
				t.Errorf("Plan: %v (%+v)", err, failed)
			}
			var deferred summarizer.Deferred
			if errors.As(err, &deferred) {
				t.Errorf("%v is a Deferred, and waiting will not help", err)
			}
		})
	}
}

// failure returns the error of planning, which must not tell what nobody is to
// read in a log.
func failure(t *testing.T, p bundle, d facts.Day) error {
	t.Helper()
	made, err := p.Plan(t.Context(), d)
	if err == nil {
		t.Fatalf("Plan = %+v, want an error", made)
	}
	for _, secret := range []string{key, "sk-", "Dentist", "Personal"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error tells %q: %v", secret, err)
		}
	}
	return err
}

func TestAnErrorInsideASuccessIsThatError(t *testing.T) {
	t.Parallel()
	for body, c := range map[string]struct {
		kind     openai.Kind
		deferred bool
	}{
		`{"error":{"message":"slow down","code":429}}`:                            {openai.RateLimited, true},
		`{"error":{"message":"slow down","code":"429"},"choices":[]}`:             {openai.RateLimited, true},
		`{"error":{"message":"slow down","code":"rate_limit_exceeded"}}`:          {openai.RateLimited, true},
		`{"error":{"message":"pay","type":"insufficient_quota"}}`:                 {openai.Exhausted, false},
		`{"error":{"message":"who?","code":401}}`:                                 {openai.Unauthorized, false},
		`{"error":"Unexpected endpoint or method."}`:                              {openai.Temporary, false},
		`{"error":{"message":["a"],"code":{"b":1}},"choices":[{"message":null}]}`: {openai.Temporary, false},
		`{"error":{"message":"too long","code":"context_length_exceeded"}}`:       {openai.BadRequest, false},
	} {
		inside := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
		err := failure(t, setupWith(t, nil, inside), dentist)
		var failed *openai.Error
		var deferred summarizer.Deferred
		if !errors.As(err, &failed) || failed.Kind != c.kind || errors.As(err, &deferred) != c.deferred {
			t.Errorf("%s: %v, want it to be %v", body, err, c.kind)
		}
	}
}

func TestARateLimitPutsTheWorkOff(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		retryAfter, want time.Duration
	}{
		"for as long as it says":                {2500 * time.Millisecond, 2500 * time.Millisecond},
		"for a while":                           {0, 10 * time.Second},
		"for an hour at most":                   {20 * time.Hour, time.Hour},
		"for a while if it says what cannot be": {1000 * time.Hour, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, func(c *openai.Config) { c.Now = func() time.Time { return now } })
			w.server.Inject(openaitest.Fault{Kind: openaitest.TooManyRequests, RetryAfter: c.retryAfter})
			err := failure(t, w, dentist)
			var deferred summarizer.Deferred
			var failed *openai.Error
			if !errors.As(err, &deferred) || !deferred.DeferredUntil().Equal(now.Add(c.want)) {
				t.Errorf("Plan: %v, want it put off for %v", err, c.want)
			}
			if !errors.As(err, &failed) || failed.Kind != openai.RateLimited {
				t.Errorf("Plan: %+v, want it to be %v", failed, openai.RateLimited)
			}
		})
	}
}

func TestRetryAfterIsReadInAllItsForms(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"7":                             7 * time.Second,
		"0.5":                           500 * time.Millisecond,
		"Mon, 23 Nov 2026 07:00:30 GMT": 30 * time.Second,
		"Mon, 23 Nov 2026 06:00:00 GMT": 10 * time.Second,
		"-5":                            10 * time.Second,
		"NaN":                           10 * time.Second,
		"1e300":                         10 * time.Second,
		"soon":                          10 * time.Second,
	} {
		t.Run(header, func(t *testing.T) {
			t.Parallel()
			limited := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Date", now.Format(http.TimeFormat))
				w.Header().Set("Retry-After", header)
				w.WriteHeader(http.StatusTooManyRequests)
			})
			w := setupWith(t, nil, limited, func(c *openai.Config) { c.Now = func() time.Time { return now } })
			var deferred summarizer.Deferred
			if err := failure(t, w, dentist); !errors.As(err, &deferred) || !deferred.DeferredUntil().Equal(now.Add(want)) {
				t.Errorf("Plan: %v, want it put off for %v", err, want)
			}
		})
	}
}

func TestAnswersThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	for fault, want := range map[openaitest.FaultKind]openai.Reason{
		openaitest.Malformed:     openai.Unreadable,
		openaitest.CutBody:       openai.Unreadable,
		openaitest.EmptyBody:     openai.Empty,
		openaitest.EmptyChoices:  openai.Empty,
		openaitest.WrongSchema:   openai.NotSchema,
		openaitest.Prose:         openai.NotSchema,
		openaitest.Huge:          openai.Oversized,
		openaitest.ContentFilter: openai.Filtered,
		openaitest.Decline:       openai.Declined,
	} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			p := setup(t)
			p.server.Inject(openaitest.Fault{Kind: fault})
			var refused *openai.Refused
			if err := failure(t, p, dentist); !errors.As(err, &refused) || refused.Reason != want {
				t.Errorf("Plan: %v, want it refused for %v", err, want)
			}
			if got := p.refused(); !slices.Equal(got, []openai.Reason{want}) {
				t.Errorf("%v were counted, want %v", got, want)
			}
			if n := p.server.Counts().Requests; n != 1 {
				t.Errorf("the model was asked %d times, want once", n)
			}
		})
	}
}

// later is what a quota says that has no room.
type later struct{ until time.Time }

func (later) Error() string              { return "no room until later" }
func (l later) DeferredUntil() time.Time { return l.until }

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestTheDeferredOfATransportIsFound(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 11, 23, 7, 0, 9, 0, time.UTC)
	w := setup(t, func(c *openai.Config) {
		c.Transport = roundTripper(func(*http.Request) (*http.Response, error) { return nil, later{until} })
	})
	var deferred summarizer.Deferred
	if err := failure(t, w, dentist); !errors.As(err, &deferred) || !deferred.DeferredUntil().Equal(until) {
		t.Errorf("Plan: %v, want the transport's Deferred", err)
	}
}

func TestASlowModelIsNotWaitedForTooLong(t *testing.T) {
	t.Parallel()
	w := setup(t, func(c *openai.Config) { c.Timeout = 50 * time.Millisecond })
	w.server.Inject(openaitest.Fault{Kind: openaitest.Slow, Delay: time.Hour})
	var failed *openai.Error
	if err := failure(t, w, dentist); !errors.As(err, &failed) || failed.Kind != openai.Temporary ||
		!errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Plan: %v, want it to be temporary", err)
	}
}

func TestACancelledPlanEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	w := setup(t, func(c *openai.Config) {
		base := c.Transport
		c.Transport = roundTripper(func(r *http.Request) (*http.Response, error) { cancel(); return base.RoundTrip(r) })
	})
	w.server.Inject(openaitest.Fault{Kind: openaitest.Slow, Delay: time.Hour})
	if _, err := w.Plan(ctx, dentist); !errors.Is(err, context.Canceled) {
		t.Errorf("Plan: %v, want %v", err, context.Canceled)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the request went elsewhere") }))
	t.Cleanup(elsewhere.Close)
	w := setupWith(t, nil, http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	var failed *openai.Error
	if err := failure(t, w, dentist); !errors.As(err, &failed) || failed.Kind != openai.BadRequest || failed.Status != 307 {
		t.Errorf("Plan: %v, want a bad request", err)
	}
}

func TestWhatAServerSaysInItsErrorsStaysOut(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"error":{"message":"wrong key ` + key + ` for Dentist","type":"x","code":"Dentist"}}`,
		`{"error":"Dentist ` + key + `"}`,
		"Dentist " + key,
		"",
	} {
		echo := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(body))
		})
		failure(t, setupWith(t, nil, echo), dentist)
	}
}

func TestWrongSettingsAreNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config openai.Config
		want   []string
	}{
		"no key for OpenAI":    {openai.Config{}, []string{"OPENAI_API_KEY", "not set"}},
		"a key with a break":   {openai.Config{APIKey: "sk-1\n2"}, []string{"OPENAI_API_KEY"}},
		"a URL without scheme": {openai.Config{BaseURL: "localhost:1/v1"}, []string{"OPENAI_BASE_URL", `"localhost:1/v1"`}},
		"a URL of a file":      {openai.Config{BaseURL: "file:///v1"}, []string{"OPENAI_BASE_URL", `"file:///v1"`}},
		"a URL of nothing":     {openai.Config{BaseURL: "http://"}, []string{"OPENAI_BASE_URL", `"http://"`}},
		"a URL with a query":   {openai.Config{BaseURL: "http://a/v1?x"}, []string{"OPENAI_BASE_URL", `"http://a/v1?x"`}},
		"no URL":               {openai.Config{BaseURL: "http://a b/"}, []string{"OPENAI_BASE_URL"}},
		"a password in a URL":  {openai.Config{BaseURL: "http://me:hunter2@a/v1"}, []string{"OPENAI_BASE_URL", "OPENAI_API_KEY"}},
		"a negative timeout":   {openai.Config{APIKey: "k", Timeout: -1}, []string{"timeout", "-1ns"}},
		"negative tokens":      {openai.Config{APIKey: "k", MaxTokens: -1}, []string{"FOREDAY_LLM_MAX_TOKENS", "-1"}},
	} {
		_, err := openai.New(c.config)
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		if missing := slices.DeleteFunc(c.want, func(s string) bool { return strings.Contains(err.Error(), s) }); len(missing) > 0 {
			t.Errorf("%s: %v; want it to name %q", name, err, missing)
		}
		if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "sk-1") {
			t.Errorf("%s: the error tells a secret: %v", name, err)
		}
	}
	for _, c := range []openai.Config{{APIKey: "k"}, {BaseURL: "http://localhost:11434/v1"}, {BaseURL: "https://a/v1/", APIKey: "k"}} {
		if _, err := openai.New(c); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
