package quota

import (
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"foreday/cache/redistest"
	"foreday/summarizer/breaker"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
	"github.com/sashabaranov/go-openai"
	"go.uber.org/goleak"
	"google.golang.org/api/calendar/v3"
	"google.golang.org/api/option"
)

func TestMain(m *testing.M) {
	// Enough to find each mutant tried; -rapid.checks says otherwise. And most of what
	// tests do is to wait, for each other too if they are few at once.
	if err := errors.Join(flag.Set("rapid.checks", "30"), flag.Set("test.parallel", "6")); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// newGate returns a gate with a window of its own, closed with the test.
func newGate(t testing.TB, client redis.UniversalClient, w time.Duration, limits Limits) *Gate {
	t.Helper()
	g, err := New(Config{Client: client, Limits: limits, Log: zerolog.New(zerolog.NewTestWriter(t)), span: w})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	return g
}

// fakeUpstream is a service on loopback that answers as told and notes when it was asked.
type fakeUpstream struct {
	*httptest.Server
	mu     sync.Mutex
	asked  []time.Time
	answer func(n int, w http.ResponseWriter, r *http.Request)
}

func newUpstream(t testing.TB, answer func(n int, w http.ResponseWriter, r *http.Request)) *fakeUpstream {
	f := &fakeUpstream{answer: answer}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.asked = append(f.asked, time.Now())
		n := len(f.asked)
		f.mu.Unlock()
		f.answer(n, w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *fakeUpstream) times() []time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]time.Time(nil), f.asked...)
}

// restart forgets what was asked.
func (f *fakeUpstream) restart() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = nil
}

func ok(_ int, w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }

// failing answers with a status until the nth request, and well from then on.
func failing(status, until int) func(int, http.ResponseWriter, *http.Request) {
	return func(n int, w http.ResponseWriter, _ *http.Request) {
		if n < until {
			w.WriteHeader(status)
		}
	}
}

// call sends one request through the transport.
func call(ctx context.Context, rt http.RoundTripper, method, url, body string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	resp, err := (&http.Client{Transport: rt}).Do(req)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(resp.Body)
	return resp.Status + " " + string(text), errors.Join(err, resp.Body.Close())
}

func newTransport(t testing.TB) *http.Transport {
	tr := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

func as(ctx context.Context, user string) context.Context {
	return For(ctx, Caller{User: user, Job: "2026-11-23", Priority: Reader})
}

func TestACallOverAUsersLimitIsPutOffAndOthersAreNot(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		f := newUpstream(t, ok)
		g := newGate(t, client, minute, Limits{GoogleUserRPM: 2})
		rt := g.Google(newTransport(t))
		for range 2 {
			if _, err := call(as(t.Context(), "u1"), rt, "GET", f.URL, ""); err != nil {
				t.Fatal(err)
			}
		}
		var later *Deferred
		if _, err := call(as(t.Context(), "u1"), rt, "GET", f.URL, ""); !errors.As(err, &later) || time.Until(later.At) < 50*time.Second {
			t.Errorf("third call of u1: %v, want Deferred in about a minute", err)
		}
		if _, err := call(as(t.Context(), "u2"), rt, "GET", f.URL, ""); err != nil {
			t.Errorf("first call of u2: %v", err)
		}
	})
}

func TestDeferredIsFoundThroughTheRealClients(t *testing.T) {
	t.Parallel()
	f := newUpstream(t, ok)
	g := newGate(t, redistest.Mini(t).Client(t), minute, Limits{GoogleRPM: 1, OpenAITPM: 1100})
	through := option.WithHTTPClient(&http.Client{Transport: g.Google(newTransport(t))})
	google, err := calendar.NewService(t.Context(), option.WithEndpoint(f.URL), through)
	if err != nil {
		t.Fatal(err)
	}
	config := openai.DefaultConfig("key")
	config.BaseURL, config.HTTPClient = f.URL, &http.Client{Transport: g.OpenAI(newTransport(t))}
	model := openai.NewClientWithConfig(config)
	for name, ask := range map[string]func() error{
		"calendar/v3": func() error { _, err := google.Events.List("primary").Context(t.Context()).Do(); return err },
		"go-openai": func() error {
			_, err := model.CreateChatCompletion(t.Context(), openai.ChatCompletionRequest{Model: "m"})
			return err
		},
	} {
		if err := ask(); err != nil {
			t.Errorf("%s: first call: %v", name, err)
		}
		var later *Deferred
		if err := ask(); !errors.As(err, &later) {
			t.Errorf("%s: second call: %v, want a *Deferred in it", name, err)
		}
	}
}

func TestAShortWaitIsWaitedOutInTheCall(t *testing.T) {
	t.Parallel()
	f := newUpstream(t, ok)
	g := newGate(t, redistest.Mini(t).Client(t), time.Second, Limits{GoogleRPM: 1})
	rt := g.Google(newTransport(t))
	for range 2 {
		if _, err := call(as(t.Context(), "u1"), rt, "GET", f.URL, ""); err != nil {
			t.Fatal(err)
		}
	}
	if at := f.times(); at[1].Sub(at[0]) < time.Second {
		t.Errorf("two calls within %v, the limit is one a second", at[1].Sub(at[0]))
	}
}

func TestAnEarlyDeadlineIsToldAtOnceInsteadOfRunningOut(t *testing.T) {
	t.Parallel()
	f := newUpstream(t, ok)
	g := newGate(t, redistest.Mini(t).Client(t), 4*time.Second, Limits{GoogleRPM: 1})
	rt := g.Google(newTransport(t))
	if _, err := call(t.Context(), rt, "GET", f.URL, ""); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	var later *Deferred
	if _, err := call(ctx, rt, "GET", f.URL, ""); !errors.As(err, &later) || ctx.Err() != nil {
		t.Errorf("got %v, want *Deferred", err)
	}
}

func TestARefusedConnectionGivesItsTurnBack(t *testing.T) {
	t.Parallel()
	f, gone := newUpstream(t, ok), newUpstream(t, ok)
	gone.Close()
	g := newGate(t, redistest.Mini(t).Client(t), minute, Limits{OpenAIRPM: 1})
	rt := g.OpenAI(newTransport(t))
	if _, err := call(t.Context(), rt, "DELETE", gone.URL, ""); err == nil {
		t.Fatal("a closed server answered")
	}
	if _, err := call(t.Context(), rt, "GET", f.URL, ""); err != nil {
		t.Errorf("the only turn of the minute was not given back: %v", err)
	}
}

func TestACallThatWasSentKeepsItsTurnHoweverItEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	f := newUpstream(t, func(n int, _ http.ResponseWriter, r *http.Request) {
		if n == 1 {
			cancel()
			<-r.Context().Done()
		}
	})
	g := newGate(t, redistest.Mini(t).Client(t), minute, Limits{OpenAIRPM: 1})
	rt := g.OpenAI(newTransport(t))
	if _, err := call(ctx, rt, "GET", f.URL, ""); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want that it was cancelled", err)
	}
	var later *Deferred
	if _, err := call(t.Context(), rt, "GET", f.URL, ""); !errors.As(err, &later) {
		t.Errorf("got %v, want *Deferred: the upstream may have counted the first call", err)
	}
}

func TestServerErrorsAreTriedAgainIfThatIsSafe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, method, path string
		openAI             bool
		until, want        int
		status             string
	}{
		{"a read that recovers", "GET", "/events", false, 3, 3, "200 OK"},
		{"a read that does not", "GET", "/events", false, 99, maxAttempts, "500 "},
		{"a write", "POST", "/events", false, 99, 1, "500 "},
		{"a completion", "POST", "/v1/chat/completions", true, 2, 2, "200 OK"},
		{"another post to the model", "POST", "/v1/files", true, 99, 1, "500 "},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newUpstream(t, failing(http.StatusInternalServerError, c.until))
			g := newGate(t, redistest.Mini(t).Client(t), minute, Limits{})
			rt := g.Google(newTransport(t))
			if c.openAI {
				rt = g.OpenAI(newTransport(t))
			}
			got, err := call(t.Context(), rt, c.method, f.URL+c.path, "body")
			if err != nil || !strings.HasPrefix(got, c.status) {
				t.Errorf("got %q, %v, want %s", got, err, c.status)
			}
			if n := len(f.times()); n != c.want {
				t.Errorf("sent %d times, want %d", n, c.want)
			}
		})
	}
}

func TestEveryRetryTakesATurnOfItsOwn(t *testing.T) {
	t.Parallel()
	f := newUpstream(t, failing(http.StatusInternalServerError, 99))
	g := newGate(t, redistest.Mini(t).Client(t), minute, Limits{GoogleRPM: 2})
	var later *Deferred
	if _, err := call(t.Context(), g.Google(newTransport(t)), "GET", f.URL, ""); !errors.As(err, &later) {
		t.Errorf("got %v, want *Deferred at the third try", err)
	}
	if n := len(f.times()); n != 2 {
		t.Errorf("sent %d times, the limit is 2", n)
	}
}

func TestAServiceThatKeepsFailingIsLeftAlone(t *testing.T) {
	t.Parallel()
	f := newUpstream(t, failing(http.StatusBadGateway, 1000))
	g := newGate(t, redistest.Mini(t).Client(t), minute, Limits{})
	rt := g.Google(newTransport(t))
	for range breaker.Trips {
		if _, err := call(t.Context(), rt, "POST", f.URL, ""); err != nil {
			t.Fatal(err)
		}
	}
	var unavailable *Unavailable
	_, err := call(t.Context(), rt, "POST", f.URL, "")
	if !errors.As(err, &unavailable) || unavailable.API != Google {
		t.Errorf("got %v, want *Unavailable", err)
	} else if !strings.HasSuffix(err.Error(), "HTTP 502") {
		t.Errorf("%q does not say what it fails with", err)
	}
	if n := len(f.times()); n != breaker.Trips {
		t.Errorf("sent %d times, want %d", n, breaker.Trips)
	}
}

// Two users' calendars fail with everything they ask. All others are read as ever.
func TestAFewUsersWhoseCallsFailDoNotOpenTheBreakerForTheOthers(t *testing.T) {
	t.Parallel()
	f := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/broken") {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	t.Cleanup(f.Close)
	g := newGate(t, redistest.Mini(t).Client(t), minute, Limits{})
	rt := g.Google(newTransport(t))
	read := func(user string) error {
		_, err := call(For(t.Context(), Caller{User: user}), rt, "POST", f.URL+"/"+user, "")
		return err
	}
	for n := range 5 * breaker.Trips {
		if err := read("broken" + strconv.Itoa(n%2)); err != nil {
			t.Fatalf("call %d of those that fail: %v", n, err)
		}
	}
	for n := range 10 {
		if err := read("well" + strconv.Itoa(n)); err != nil {
			t.Errorf("another user's call: %v", err)
		}
	}
	// With all users failing, it is the service; yet who has not failed is let through.
	rt = newGate(t, redistest.Mini(t).Client(t), minute, Limits{}).Google(newTransport(t))
	for n := range breaker.Trips {
		if err := read("broken-too" + strconv.Itoa(n)); err != nil {
			t.Fatal(err)
		}
	}
	var unavailable *Unavailable
	if err := read("broken-too0"); !errors.As(err, &unavailable) {
		t.Errorf("got %v, want *Unavailable", err)
	}
	if err := read("well1"); err != nil {
		t.Errorf("the call of one who has not failed: %v", err)
	}
}

func TestRequestsThatAreAtFaultDoNotOpenTheBreaker(t *testing.T) {
	t.Parallel()
	f := newUpstream(t, failing(http.StatusNotFound, 1000))
	g := newGate(t, redistest.Mini(t).Client(t), minute, Limits{})
	rt := g.Google(newTransport(t))
	for range 2 * breaker.Trips {
		if _, err := call(t.Context(), rt, "GET", f.URL, ""); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLongAnswersReachTheCallerWhole(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 3*maxBody/2)
	f := newUpstream(t, func(_ int, w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, long) })
	g := newGate(t, redistest.Mini(t).Client(t), minute, Limits{})
	got, err := call(t.Context(), g.OpenAI(newTransport(t)), "GET", f.URL, "")
	if err != nil || got != "200 OK "+long {
		t.Errorf("got %d bytes, %v, want %d", len(got), err, len(long))
	}
}

func TestAnAnswerCutShortIsAFailureThatIsTriedAgain(t *testing.T) {
	t.Parallel()
	f := newUpstream(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		_, _ = io.WriteString(w, "0123456789"[:10-n%2])
	})
	g := newGate(t, redistest.Mini(t).Client(t), minute, Limits{})
	got, err := call(t.Context(), g.OpenAI(newTransport(t)), "POST", f.URL+"/chat/completions", "{}")
	if err != nil || got != "200 OK 0123456789" {
		t.Errorf("of the model came %q, %v", got, err)
	}
	got, err = call(t.Context(), g.Google(newTransport(t)), "GET", f.URL, "")
	if err != nil || got != "200 OK 0123456789" {
		t.Errorf("of the calendar came %q, %v", got, err)
	}
}

func TestABodyTooLongToHoldIsRefused(t *testing.T) {
	t.Parallel()
	f := newUpstream(t, ok)
	g := newGate(t, redistest.Mini(t).Client(t), minute, Limits{})
	if _, err := call(t.Context(), g.OpenAI(newTransport(t)), "POST", f.URL, strings.Repeat("x", maxBody+1)); err == nil {
		t.Error("no error")
	}
}

func TestAClosedGateSendsNothing(t *testing.T) {
	t.Parallel()
	f := newUpstream(t, ok)
	g := newGate(t, redistest.Mini(t).Client(t), minute, Limits{})
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := call(t.Context(), g.Google(newTransport(t)), "GET", f.URL, ""); !errors.Is(err, errClosed) {
		t.Errorf("got %v, want errClosed", err)
	}
}

func TestClosingSendsAwayWhoWaits(t *testing.T) {
	t.Parallel()
	f := newUpstream(t, ok)
	g := newGate(t, redistest.Mini(t).Client(t), 3*time.Second, Limits{GoogleRPM: 1})
	rt := g.Google(newTransport(t))
	if _, err := call(t.Context(), rt, "GET", f.URL, ""); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := call(t.Context(), rt, "GET", f.URL, "")
		done <- err
	}()
	for !g.google.batcher.hasWaiters() {
		time.Sleep(time.Millisecond)
	}
	_ = g.Close()
	if err := <-done; !errors.Is(err, errClosed) {
		t.Errorf("got %v, want errClosed", err)
	}
}

func (b *batcher) hasWaiters() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.tickets) > 0
}

func TestSettingsThatCannotBeAreNamed(t *testing.T) {
	t.Parallel()
	client := redistest.Mini(t).Client(t)
	for _, c := range []struct {
		config Config
		want   string
	}{
		{Config{}, "Client"},
		{Config{Client: client, MaxWait: -1}, "MaxWait"},
		{Config{Client: client, Limits: Limits{OpenAITPM: -5}}, "OpenAITPM is -5"},
	} {
		if _, err := New(c.config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q in it", err, c.want)
		}
	}
}

// net/http sends a request again by itself if the connection that it kept breaks.
func TestARequestCountsAsOftenAsItIsSent(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	served := map[string]bool{} // connections
	f := newUpstream(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if served[r.RemoteAddr] {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_ = conn.Close()
		}
		served[r.RemoteAddr] = true
	})
	client := redistest.New(t).Client(t)
	g := newGate(t, client, minute, Limits{GoogleRPM: 1000})
	rt := g.Google(newTransport(t))
	const calls = 10
	for range calls {
		if _, err := call(as(t.Context(), "u1"), rt, http.MethodGet, f.URL, ""); err != nil {
			t.Fatal(err)
		}
	}
	counted := client.ZCard(t.Context(), ledgerKeys(Google, "", "")[1]).Val()
	if n := int64(len(f.times())); n != counted || n < 2*calls-1 {
		t.Errorf("%d requests arrived for %d calls on connections that break, and %d count", n, calls, counted)
	}
}
