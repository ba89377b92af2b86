package google_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/google"
	"foreday/summarizer/google/googletest"
)

func TestErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	text := func(s string) *string { return &s }
	for name, c := range map[string]struct {
		fault googletest.Fault
		kind  google.Kind
		wait  time.Duration
	}{
		"401":                         {googletest.Fault{Status: 401}, google.NoAccess, 0},
		"403 forbidden":               {googletest.Fault{Status: 403}, google.NoAccess, 0},
		"403 insufficientPermissions": {googletest.Fault{Status: 403, Reason: "insufficientPermissions"}, google.NoAccess, 0},
		"403 accessNotConfigured":     {googletest.Fault{Status: 403, Reason: "accessNotConfigured"}, google.Rejected, 0},
		"403 rateLimitExceeded":       {googletest.Fault{Status: 403, Reason: "rateLimitExceeded"}, google.OverQuota, 0},
		"403 userRateLimitExceeded":   {googletest.Fault{Status: 403, Reason: "userRateLimitExceeded"}, google.OverQuota, 0},
		"403 quotaExceeded":           {googletest.Fault{Status: 403, Reason: "quotaExceeded"}, google.OverQuota, 0},
		"429":                         {googletest.Fault{Status: 429, RetryAfter: 9 * time.Second}, google.OverQuota, 9 * time.Second},
		"400":                         {googletest.Fault{Status: 400}, google.Rejected, 0},
		"410":                         {googletest.Fault{Status: 410}, google.Rejected, 0},
		"500":                         {googletest.Fault{Status: 500}, google.Temporary, 0},
		"503 with Retry-After":        {googletest.Fault{Status: 503, RetryAfter: 3 * time.Second}, google.Temporary, 3 * time.Second},
		"502 of a proxy":              {googletest.Fault{Status: 502, Body: text("<html>ada@example.org</html>")}, google.Temporary, 0},
		"a redirect":                  {googletest.Fault{Status: 302}, google.Rejected, 0},
		"a cut answer":                {googletest.Fault{Cut: true}, google.Temporary, 0},
		"no JSON":                     {googletest.Fault{Body: text("<html>")}, google.Temporary, 0},
		"another kind of JSON":        {googletest.Fault{Body: text(`{"items":"ada@example.org","value":1}`)}, google.Temporary, 0},
		"null":                        {googletest.Fault{Body: text("null")}, google.Temporary, 0},
		"nothing":                     {googletest.Fault{Body: text("")}, google.Temporary, 0},
		"17 MiB":                      {googletest.Fault{Body: text(strings.Repeat(" ", 17<<20))}, google.Rejected, 0},
		"no answer in time":           {googletest.Fault{Delay: time.Hour}, google.Temporary, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, googletest.Config{}, func(config *google.Config) {
				if c.fault.Delay > 0 {
					config.Timeout = 50 * time.Millisecond
				}
			})
			b.google.AddUser("ada@example.org", nil)
			for method, call := range map[string]func() error{
				"settings.list": func() error {
					_, err := b.source.Settings(t.Context(), "ada@example.org")
					return err
				},
				"calendarList.list": func() error {
					_, err := b.source.Day(t.Context(), "ada@example.org", today, all)
					return err
				},
				"events.list": func() error {
					_, err := b.source.Day(t.Context(), "ada@example.org", today, all)
					return err
				},
			} {
				b.source.Forget("ada@example.org")
				fault := c.fault
				fault.Method = method
				remove := b.google.Inject(fault)
				err := call()
				remove()
				var e *google.Error
				if !errors.As(err, &e) {
					t.Fatalf("%s: %v is no *Error", method, err)
				}
				if e.Kind != c.kind || e.RetryAfter != c.wait || errors.Is(err, summarizer.ErrAccess) != (c.kind == google.NoAccess) {
					t.Errorf("%s: %v is of kind %v, to wait for %v; want %v and %v", method, err, e.Kind, e.RetryAfter, c.kind, c.wait)
				}
				if e.Op != method || e.User != "ada@example.org" || (e.Calendar != "") != (method == "events.list") {
					t.Errorf("%s: the error is on %q of %q, calendar %q", method, e.Op, e.User, e.Calendar)
				}
				if text := err.Error(); strings.Contains(text, "@") || strings.Contains(text, "ya29") {
					t.Errorf("%s: the text holds what is personal: %s", method, text)
				}
			}
		})
	}
}

func TestAServerThatIsNotThereIsATemporaryFailure(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + listener.Addr().String()
	listener.Close()
	source, err := google.New(google.Config{Endpoint: address, Access: google.FixedToken("t")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := source.Day(t.Context(), "ada", today, all); kindOf(err) != google.Temporary {
		t.Errorf("%v is of kind %v", err, kindOf(err))
	}
}

func TestATokenIsNotSentWhereARedirectPoints(t *testing.T) {
	t.Parallel()
	thief := serve(t, func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("followed with %q", r.Header.Get("Authorization"))
	})
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, thief.URL, http.StatusFound)
	})
	source, err := google.New(google.Config{Endpoint: server.URL, Access: google.FixedToken("t")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := source.Settings(t.Context(), "ada"); kindOf(err) != google.Rejected {
		t.Errorf("%v is of kind %v", err, kindOf(err))
	}
}

func TestRealQuotasAreToldFromMissingAccess(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	b.google.Quota(0, 2)
	b.day(today)
	if _, err := b.source.Day(t.Context(), "ada", today, all); kindOf(err) != google.OverQuota || errors.Is(err, summarizer.ErrAccess) {
		t.Errorf("over quota: %v", err)
	}
}

func TestAUserWhoGaveNoAccessIsErrAccess(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	_, err := b.source.Settings(t.Context(), "stranger@example.org") // the broker knows no such user
	if !errors.Is(err, summarizer.ErrAccess) || strings.Contains(err.Error(), "@") {
		t.Errorf("%v, want no access", err)
	}
	if want := "settings.list: token: ask broker: HTTP 404"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// A token may end before its time. Whoever keeps it is asked for another, once.
func TestATokenThatIsTurnedDownIsReplaced(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	b.insert("primary", event("Lunch", "2026-06-16 12:00", "2026-06-16 13:00"))
	b.day(today)
	b.google.ExpireTokens("ada")
	b.wantTitles(b.day(today).Events, "Lunch")
	if n := b.google.Requests(); n.ByMethod["broker"] != 2 || n.ByStatus[401] != 1 {
		t.Errorf("requests %+v, want a second token after one 401", n)
	}
	remove := b.google.Inject(googletest.Fault{Method: "events.list", Status: 401})
	defer remove()
	if _, err := b.source.Day(t.Context(), "ada", today, all); !errors.Is(err, summarizer.ErrAccess) {
		t.Errorf("every token is turned down: %v", err)
	}
	if n := b.google.Requests(); n.ByMethod["broker"] != 3 {
		t.Errorf("%d tokens asked for, want one more", n.ByMethod["broker"])
	}
}

// The broker has not noticed that access was revoked, and gives out tokens all the same.
func TestWhatIsAskedForBesideCostsOneRefusalMore(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	b.google.Inject(googletest.Fault{Method: "settings.list", Status: 401})
	b.google.Inject(googletest.Fault{Method: "calendarList.list", Status: 401})
	if _, err := b.source.Settings(t.Context(), "ada"); !errors.Is(err, summarizer.ErrAccess) {
		t.Errorf("%v, want no access", err)
	}
	if n := b.google.Requests().ByMethod; n["settings.list"] != 2 || n["calendarList.list"] != 1 || n["broker"] != 2 {
		t.Errorf("asked %v, want settings with two tokens and the list with one", n)
	}
}

// Only the token that was kept is of no use.
func TestATokenThatIsTurnedDownBesideIsNoNewsAboutTheUser(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{})
	b.google.Inject(googletest.Fault{Method: "calendarList.list", Status: 401, Times: 1})
	if _, err := b.source.Settings(t.Context(), "ada"); err != nil {
		t.Error(err)
	}
	b.day(today)
}

func TestAFixedTokenThatIsTurnedDownIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	b := setup(t, googletest.Config{}, func(c *google.Config) { c.Access = google.FixedToken("wrong") })
	if _, err := b.source.Settings(t.Context(), "ada"); !errors.Is(err, summarizer.ErrAccess) {
		t.Errorf("%v, want no access", err)
	}
	if n := b.google.Requests().ByMethod["settings.list"]; n != 1 {
		t.Errorf("asked %d times, want once", n)
	}
}

type notYet struct{ until time.Time }

func (n notYet) Error() string            { return "the quota opens again later" }
func (n notYet) DeferredUntil() time.Time { return n.until }

type closed struct{ err error }

func (c closed) RoundTrip(*http.Request) (*http.Response, error) { return nil, c.err }

func TestADeferredOfTheTransportIsFoundThroughEverything(t *testing.T) {
	t.Parallel()
	var until time.Time
	b := setup(t, googletest.Config{}, func(c *google.Config) {
		until = c.Now().Add(90 * time.Second)
		c.Transport = closed{fmt.Errorf("ask for quota: %w", notYet{until})}
	})
	for name, call := range map[string]func() error{
		"Zone": func() error { _, err := b.source.Settings(t.Context(), "ada"); return err },
		"Day":  func() error { _, err := b.source.Day(t.Context(), "ada", today, all); return err },
		"History": func() error {
			_, err := b.source.History(t.Context(), "ada", today.Start(), today.End(), all)
			return err
		},
	} {
		err := call()
		var deferred summarizer.Deferred
		if !errors.As(err, &deferred) || !deferred.DeferredUntil().Equal(until) {
			t.Errorf("%s: no deferred until %v in %v", name, until, err)
		}
		var e *google.Error
		if !errors.As(err, &e) || e.Kind != google.OverQuota || e.RetryAfter != 90*time.Second {
			t.Errorf("%s: %+v", name, e)
		}
	}
}
