package api_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"foreday/cache"
	"foreday/cache/api"
)

func TestWithATokenV1AndMetricsWantItAndTheRestStaysOpen(t *testing.T) {
	t.Parallel()
	guarded := func() *service {
		s := withRedis(t, cache.ReaderConfig{}, api.Config{Token: "s3cret", Gatherer: prometheus.NewRegistry()})
		s.commit("u1", "x")
		return s
	}
	const plain, invalid = `Bearer realm="foreday"`, `Bearer realm="foreday", error="invalid_token"`
	for name, c := range map[string]struct{ given, challenge string }{
		"none":           {"", plain},
		"another scheme": {"Basic czNjcmV0", plain},
		"only the token": {"s3cret", plain},
		"wrong":          {"Bearer s3cres", invalid},
		"too long":       {"Bearer s3cret ", "-"}, // net/http trims the value: it is the token
		"longer":         {"Bearer s3crets", invalid},
		"shorter":        {"Bearer s3cre", invalid},
		"empty":          {"Bearer", invalid},
		"right":          {"Bearer s3cret", "-"},
		"any case":       {"bEARER s3cret", "-"},
	} {
		s := guarded() // too many wrong tokens at one would be slow
		for _, target := range []string{path, "/v1/users/u1/summaries/nonsense", "/v1/nothing", "/metrics"} {
			r := s.get(target, "Authorization", c.given)
			if c.challenge == "-" {
				if r.status == http.StatusUnauthorized {
					t.Errorf("%s: %s gave %d", name, target, r.status)
				}
				continue
			}
			wantProblem(t, r, http.StatusUnauthorized)
			if got := r.header.Get("WWW-Authenticate"); got != c.challenge {
				t.Errorf("%s: WWW-Authenticate %q, want %q", name, got, c.challenge)
			}
		}
	}
	s := guarded()
	wantProblem(t, s.publish(message), http.StatusUnauthorized)
	for _, open := range []string{"/healthz", "/readyz"} {
		if r := s.get(open); r.status != http.StatusOK {
			t.Errorf("%s gave %d", open, r.status)
		}
	}
	if r := s.get(path, "Authorization", "Bearer s3cret", "Host", "summaries.example.com", "X-Forwarded-For", "192.0.2.1", "Origin",
		"https://app.example"); r.status != http.StatusOK {
		t.Errorf("with the token, by a public name: %d", r.status)
	}
}

// A web site whose name its owner points at 127.0.0.1 is the visitor's browser's
// own origin: only the name gives it away.
func TestWithoutATokenOnlyLoopbacksNamesAreAnswered(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{})
	s.commit("u1", "x")
	for host, want := range map[string]int{
		"localhost": 200, "LOCALHOST:8080": 200, "localhost.:80": 200, "foreday.localhost": 200, "127.0.0.1:1": 200, "127.1.2.3": 200,
		"[::1]:8080": 200, "[::1]": 200,
		"evil.example": 421, "evil.example:8080": 421, "localhost.evil.example": 421, "127.0.0.1.evil.example": 421, "10.0.0.7": 421,
		"0.0.0.0": 421, "[::]:80": 421,
	} {
		r := s.get(path, "Host", host)
		if r.status != want {
			t.Errorf("Host %s: %d, want %d", host, r.status, want)
		}
		if want == http.StatusMisdirectedRequest {
			wantProblem(t, r, want)
		}
	}
	if r := s.get("/healthz", "Host", "10.0.0.7"); r.status != http.StatusOK {
		t.Errorf("a probe by another name got %d", r.status)
	}
}

// Without a token, whoever reaches the port may read: so a proxy in front of it
// must not open it to everybody, nor a page of another site to its visitors.
func TestWithoutATokenWhatWasForwardedOrCrossesSitesIsRefused(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{Gatherer: prometheus.NewRegistry()})
	s.commit("u1", "x")
	own := s.url
	for _, c := range []struct {
		name, value string
		want        int
	}{
		{"X-Forwarded-For", "192.0.2.1", 403}, {"X-Forwarded-Host", "foreday.example", 403}, {"x-forwarded-proto", "https", 403},
		{"X-Forwarded-Anything", "", 403}, {"Forwarded", "for=192.0.2.1", 403}, {"Via", "1.1 proxy", 403}, {"X-Real-IP", "192.0.2.1", 403},
		{"X_Forwarded_For", "1", 403}, {"HTTP_X_FORWARDED_FOR", "1", 403}, {"X_Real_IP", "1", 403}, {"Forwarded-For", "1", 403}, {"Fly-Client-IP",
			"1", 403},
		{"Cdn-Loop", "1", 403}, {"X-Envoy-External-Address", "1", 403}, {"Tailscale-User-Login", "1", 403}, {"X-Requested-With", "1", 200},
		{"CF-Connecting-IP", "192.0.2.1", 403}, {"True-Client-IP", "192.0.2.1", 403},
		{"Sec-Fetch-Site", "cross-site", 403}, {"Sec-Fetch-Site", "same-site", 403}, {"Sec-Fetch-Site", "", 403},
		{"Sec-Fetch-Site", "same-origin", 200}, {"Sec-Fetch-Site", "none", 200},
		{"Origin", "https://evil.example", 403}, {"Origin", "null", 403}, {"Origin", "http://localhost:1", 403},
		{"Origin", own, 200},
	} {
		for _, target := range []string{path, "/metrics"} {
			r := s.get(target, c.name, c.value)
			if r.status != c.want {
				t.Errorf("%s with %s %q: %d, want %d", target, c.name, c.value, r.status, c.want)
				continue
			}
			if c.want == http.StatusForbidden {
				p := wantProblem(t, r, c.want)
				if !strings.Contains(strings.ToLower(p.Detail), strings.ToLower(c.name)) || !strings.Contains(p.Detail, "FOREDAY_API_TOKEN") {
					t.Errorf("the problem names neither why nor what to do: %s", p.Detail)
				}
			}
		}
		r := s.do("POST", "/v1/events", message, "Content-Type", "application/json", c.name, c.value)
		if want := map[int]int{200: 202, 403: 403}[c.want]; r.status != want {
			t.Errorf("a message with %s %q: %d, want %d", c.name, c.value, r.status, want)
		}
	}
	if r := s.get("/readyz", "X-Forwarded-For", "192.0.2.1"); r.status != http.StatusOK {
		t.Errorf("a probe through a proxy got %d", r.status)
	}
}

// A process that others reach, as it has a login for its pages, may have no token.
func TestWithoutATokenNobodyElsewhereIsAnsweredWhateverNameTheyAskFor(t *testing.T) {
	t.Parallel()
	h := api.Probes(api.Config{Gatherer: prometheus.NewRegistry(), Ready: func(context.Context) error { return nil }})
	for from, want := range map[string]int{
		"127.0.0.1:5000": 200, "[::1]:5000": 200, "192.0.2.1:5000": 421, "[2001:db8::1]:5000": 421, "": 421,
	} {
		r := httptest.NewRequest(http.MethodGet, "http://localhost/metrics", nil)
		r.RemoteAddr = from
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != want {
			t.Errorf("from %q: %d, want %d", from, w.Code, want)
		}
	}
}

func TestMetricsAloneAreGuardedLikeTheAPI(t *testing.T) {
	t.Parallel()
	ask := func(token string, header ...string) int {
		t.Helper()
		r := httptest.NewRequest("GET", "http://localhost/metrics", nil)
		r.RemoteAddr = "127.0.0.1:5000"
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		api.Probes(api.Config{Gatherer: prometheus.NewRegistry(), Token: token}).ServeHTTP(w, r)
		return w.Code
	}
	if got := []int{ask(""), ask("", "Via", "1.1 proxy"), ask("s3cret")}; !slices.Equal(got, []int{200, 403, 401}) {
		t.Errorf("open, forwarded and without the token: %d", got)
	}
	if got := ask("s3cret", "Authorization", "Bearer s3cret"); got != 200 {
		t.Errorf("with the token: %d", got)
	}
}

// Guessing is slow, and the log says that somebody does; who has the token does
// not notice.
func TestWrongTokensSlowDownAndRightOnesDoNotWait(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{Token: "s3cret"})
	s.commit("u1", "x")
	const guesses = 60
	codes, began := make(chan reply, guesses), time.Now()
	var all sync.WaitGroup
	for range guesses {
		all.Go(func() { codes <- s.get(path, "Authorization", "Bearer hunter2") })
	}
	held, refused := 0, 0
	for range guesses {
		r := <-codes
		switch {
		case r.status == http.StatusUnauthorized:
			held++
		case r.status == http.StatusTooManyRequests && r.header.Get("Retry-After") != "":
			refused++
		default:
			t.Errorf("a wrong token got %d %s", r.status, r.body)
		}
		right := time.Now()
		if r := s.get(path, "Authorization", "Bearer s3cret"); r.status != http.StatusOK {
			t.Fatalf("the right token got %d", r.status)
		}
		if took := time.Since(right); took > 2*time.Second {
			t.Errorf("the right token waited %s", took)
		}
	}
	all.Wait()
	if took := time.Since(began); took < 2*time.Second || held == guesses || refused == 0 {
		t.Errorf("%d wrong tokens answered and %d refused in %s", held, refused, took)
	}
	log := s.log.wait(t, "wrong logins")
	if strings.Count(log, "wrong logins") > 3 || strings.Contains(log, "hunter2") || strings.Contains(log, "s3cret") {
		t.Errorf("the log is flooded or tells secrets:\n%.2000s", log)
	}
}
