package api_test

import (
	"net/http"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"foreday/cache"
	"foreday/cache/api"
)

func TestWithATokenV1WantsItAndTheRestStaysOpen(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{Token: "s3cret", Gatherer: prometheus.NewRegistry()})
	s.commit("u1", "x")
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
		for _, target := range []string{path, "/v1/users/u1/summaries/nonsense", "/v1/nothing"} {
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
	wantProblem(t, s.publish(message), http.StatusUnauthorized)
	for _, open := range []string{"/healthz", "/readyz", "/metrics"} {
		if r := s.get(open); r.status != http.StatusOK {
			t.Errorf("%s gave %d", open, r.status)
		}
	}
	if r := s.get(path, "Authorization", "Bearer s3cret", "Host", "summaries.example.com"); r.status != http.StatusOK {
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
		"localhost": 200, "LOCALHOST:8080": 200, "localhost.:80": 200, "foreday.localhost": 200, "127.0.0.1:1": 200, "127.1.2.3": 200, "[::1]:8080": 200, "[::1]": 200,
		"evil.example": 421, "evil.example:8080": 421, "localhost.evil.example": 421, "127.0.0.1.evil.example": 421, "10.0.0.7": 421, "0.0.0.0": 421, "[::]:80": 421,
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
