package googletest_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"foreday/summarizer/google/googletest"

	"google.golang.org/api/calendar/v3"
	"google.golang.org/api/option"
)

// bench is a stand-in on loopback, the real client of one user, and a clock that
// tests set.
type bench struct {
	*googletest.Server
	url    string
	user   string
	client *calendar.Service
	clock  *clock
}

const user = "anna@example.com"

// setup starts a stand-in whose one user lives in Chicago, and checks all its
// answers against the discovery document.
func setup(t *testing.T, config googletest.Config) *bench {
	t.Helper()
	return start(t, config, func(h http.Handler) http.Handler { return conforming(t, h) })
}

// start starts a stand-in behind whatever wrap puts before it.
func start(t *testing.T, config googletest.Config, wrap func(http.Handler) http.Handler) *bench {
	t.Helper()
	b := &bench{user: user, clock: &clock{now: at(t, "2026-03-20T12:00:00Z")}}
	config.Now = b.clock.Now
	b.Server = googletest.New(config)
	b.AddUser(user, zone(t, "America/Chicago"))
	server := httptest.NewServer(wrap(b.Server))
	t.Cleanup(server.Close)
	b.url = server.URL
	b.client = b.clientOf(t, user)
	return b
}

// clientOf returns the real client, signed in as the user.
func (b *bench) clientOf(t *testing.T, user string) *calendar.Service {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	service, err := calendar.NewService(context.Background(),
		option.WithEndpoint(b.url+"/calendar/v3/"),
		option.WithHTTPClient(&http.Client{Transport: bearer{b.Token(user), transport}}))
	if err != nil {
		t.Fatal(err)
	}
	return service
}

// bearer signs requests with a fixed token.
type bearer struct {
	token string
	next  http.RoundTripper
}

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.token)
	return b.next.RoundTrip(r)
}

// clock is a clock that stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func at(t *testing.T, s string) time.Time {
	t.Helper()
	u, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// timed returns an event from start to end, RFC 3339, in a zone.
func timed(summary, start, end, zone string) *calendar.Event {
	return &calendar.Event{Summary: summary,
		Start: &calendar.EventDateTime{DateTime: start, TimeZone: zone},
		End:   &calendar.EventDateTime{DateTime: end, TimeZone: zone}}
}

// allDay returns an event from one date to another, exclusive.
func allDay(summary, start, end string) *calendar.Event {
	return &calendar.Event{Summary: summary, Start: &calendar.EventDateTime{Date: start}, End: &calendar.EventDateTime{Date: end}}
}

// recurring returns the event as a series.
func recurring(e *calendar.Event, lines ...string) *calendar.Event {
	e.Recurrence = lines
	return e
}

// insert adds an event over the wire.
func (b *bench) insert(t *testing.T, e *calendar.Event) *calendar.Event {
	t.Helper()
	stored, err := b.client.Events.Insert("primary", e).Do()
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

// ids returns the IDs of the events, in their order.
func ids(events []*calendar.Event) []string {
	var list []string
	for _, e := range events {
		list = append(list, e.Id)
	}
	return list
}

// summaries returns the titles of the events, in their order.
func summaries(events []*calendar.Event) []string {
	var list []string
	for _, e := range events {
		list = append(list, e.Summary)
	}
	return list
}

// ask sends a GET straight to the handler and returns the body of a good answer.
func ask(t interface{ Fatalf(string, ...any) }, h http.Handler, token, url string) []byte {
	w := send(h, token, url)
	if w.Code != http.StatusOK {
		t.Fatalf("GET %s: %d %s", url, w.Code, w.Body)
	}
	return w.Body.Bytes()
}

// statusOf sends a GET straight to the handler and returns the answer's status.
func statusOf(h http.Handler, token, url string) int { return send(h, token, url).Code }

func send(h http.Handler, token, url string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, url, nil)
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
