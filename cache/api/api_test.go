package api_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cache"
	"foreday/cache/api"
	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/summarizer"
)

var (
	day = summarizer.Date{Year: 2026, Month: 11, Day: 23}
	// noon is when the tests take place, in the middle of day.
	noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
)

const path = "/v1/users/u1/summaries/2026-11-23"

// service is the API on a real port, over a real cache.
type service struct {
	t     *testing.T
	url   string
	store *freshness.Store
	log   *logBuffer
}

// start serves the config, filling in what the test leaves open.
func start(t *testing.T, client redis.UniversalClient, reader cache.ReaderConfig, cfg api.Config) *service {
	t.Helper()
	s := &service{t: t, store: freshness.NewStore(client, freshness.Config{}), log: &logBuffer{}}
	if reader.RedisTimeout == 0 {
		reader.RedisTimeout = 5 * time.Second
	}
	cfg.Reader = cache.NewReader(s.store, reader)
	if cfg.Publish == nil {
		cfg.Publish = func(_ context.Context, messages []map[string]any) ([]string, error) {
			return slices.Repeat([]string{"1-0"}, len(messages)), nil
		}
	}
	cfg.Now = func() time.Time { return noon }
	cfg.Log = zerolog.New(s.log)

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := api.Server("", api.New(cfg), cfg.Log)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	s.url = "http://" + l.Addr().String()
	return s
}

// withRedis is a service on a Redis that works.
func withRedis(t *testing.T, reader cache.ReaderConfig, cfg api.Config) *service {
	t.Helper()
	return start(t, redistest.Mini(t).Client(t), reader, cfg)
}

// withoutRedis is a service whose Redis is nowhere.
func withoutRedis(t *testing.T, generate generator, cfg api.Config) *service {
	t.Helper()
	mini := redistest.Mini(t)
	client := mini.Client(t)
	mini.Close()
	reader := cache.ReaderConfig{RedisTimeout: 100 * time.Millisecond}
	if generate != nil {
		reader.Generator = generate
	}
	return start(t, client, reader, cfg)
}

// commit makes the headline the user's fresh summary, fetched ten minutes before noon.
func (s *service) commit(user, headline string) {
	s.t.Helper()
	run, how, err := s.store.Begin(s.t.Context(), headline, user, summarizer.Day{Date: day, Zone: time.UTC}, true)
	if err != nil || how != freshness.BeginGo {
		s.t.Fatalf("Begin = %v, %v", how, err)
	}
	c, err := s.store.Commit(s.t.Context(), run, summaryOf(user, headline))
	if err != nil || !c.Fresh {
		s.t.Fatalf("Commit = %+v, %v", c, err)
	}
}

func (s *service) invalidate(user string) {
	s.t.Helper()
	_, err := s.store.Invalidate(s.t.Context(), []freshness.Invalidation{{User: user, Days: []freshness.DueDay{{Date: day}}, Published: noon}})
	if err != nil {
		s.t.Fatal(err)
	}
}

func summaryOf(user, headline string) summarizer.Summary {
	return summarizer.Summary{
		User: user, Date: day, Timezone: "UTC", Headline: headline, Text: "<b>" + headline + "</b>",
		Events: []summarizer.SummaryEvent{}, Writer: summarizer.PlainWriter,
		FetchedAt: noon.Add(-10 * time.Minute), GeneratedAt: noon.Add(-9 * time.Minute), Generation: 7, Fingerprint: "f",
	}
}

// generator makes summaries without Redis.
type generator func(ctx context.Context, user string) (summarizer.Summary, error)

func (g generator) Today(context.Context, string) (summarizer.Day, error) {
	return summarizer.Day{Date: day, Zone: time.UTC}, nil
}

func (g generator) Generate(ctx context.Context, user string, date summarizer.Date, _ summarizer.Preferences) (summarizer.Summary, error) {
	s, err := g(ctx, user)
	s.Date = date
	return s, err
}

func generating(headline string) generator {
	return func(_ context.Context, user string) (summarizer.Summary, error) {
		return summaryOf(user, headline), nil
	}
}

func failing(err error) generator {
	return func(context.Context, string) (summarizer.Summary, error) { return summarizer.Summary{}, err }
}

// blocking generates nothing until the test is over, and says when it is asked.
func blocking(t *testing.T) (g generator, asked <-chan struct{}) {
	release, calls := make(chan struct{}), make(chan struct{}, 100)
	t.Cleanup(func() { close(release) })
	return func(_ context.Context, user string) (summarizer.Summary, error) {
		calls <- struct{}{}
		<-release
		return summaryOf(user, "late"), nil
	}, calls
}

// reply is an answer, read to its end.
type reply struct {
	status int
	header http.Header
	body   string
}

// do sends a request; header is pairs of name and value.
func (s *service) do(method, target, body string, header ...string) reply {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.url+target, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
			continue
		}
		r.Header.Add(header[i], header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, target, err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, target, err)
	}
	foretold(s.t, r, res, b)
	return reply{res.StatusCode, res.Header, string(b)}
}

func (s *service) get(target string, header ...string) reply {
	s.t.Helper()
	return s.do("GET", target, "", header...)
}

// problem is what a problem document says.
type problem struct {
	Type, Title, Detail, Field, Value string
	Status                            int
}

// wantProblem checks what all problem documents have in common.
func wantProblem(t *testing.T, r reply, status int) problem {
	t.Helper()
	var p problem
	if r.status != status {
		t.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	if got := r.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type %q of a problem", got)
	}
	if got := r.header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q of a problem", got)
	}
	if err := json.Unmarshal([]byte(r.body), &p); err != nil {
		t.Fatalf("%v: %s", err, r.body)
	}
	if p.Status != status || p.Type == "" || p.Title == "" || p.Detail == "" {
		t.Errorf("the problem document is incomplete: %s", r.body)
	}
	return p
}

// logBuffer takes log lines from many goroutines.
type logBuffer struct {
	mu    sync.Mutex
	lines []string
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, string(p))
	return len(p), nil
}

func (b *logBuffer) all() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Join(b.lines, "")
}

// wait returns the log once it holds the text: a line is written after its answer.
func (b *logBuffer) wait(t *testing.T, text string) string {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !strings.Contains(b.all(), text); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the log never says %q:\n%s", text, b.all())
		}
	}
	return b.all()
}

func TestWhatIsNotServedIsAProblemDocument(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{})
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/", 404, ""},
		{"GET", "/v1/", 404, ""},
		{"GET", "/v1/users/u1", 404, ""},
		{"GET", "/v1/users/u1/summaries/2026-11-23/x", 404, ""},
		{"GET", "/v2/users/u1/summaries/2026-11-23", 404, ""},
		{"GET", "/metrics", 404, ""}, // there is no Gatherer
		{"POST", path, 405, "GET, HEAD"},
		{"DELETE", path, 405, "GET, HEAD"},
		{"OPTIONS", path, 405, "GET, HEAD"},
		{"GET", "/v1/events", 405, "POST"},
		{"PUT", "/v1/events", 405, "POST"},
		{"POST", "/healthz", 405, "GET, HEAD"},
		{"BREW", "/readyz", 405, "GET, HEAD"},
	} {
		r := s.do(c.method, c.path, "")
		wantProblem(t, r, c.status)
		if got := r.header.Get("Allow"); got != c.allow {
			t.Errorf("%s %s: Allow %q, want %q", c.method, c.path, got, c.allow)
		}
	}
}
