package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"foreday/cache"
	"foreday/cache/api"
)

func TestARequestIsOneLineInTheLogWithoutWhatItHeld(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{Token: "s3cret"})
	s.commit("u1842", "Dentist")
	s.get("/v1/users/u1842/summaries/2026-11-23?why=private", "Authorization", "Bearer s3cret", "Cookie", "private")
	log := s.log.wait(t, "\n")
	if strings.Count(log, "\n") != 1 {
		t.Errorf("one request left\n%s", log)
	}
	var line struct {
		Level, Method, Route, Cache string
		Status                      int
		Took                        *float64 `json:"took_ms"`
	}
	if err := json.Unmarshal([]byte(log), &line); err != nil {
		t.Fatalf("%v: %s", err, log)
	}
	if line.Level != "debug" || line.Method != "GET" || line.Route != "GET /v1/users/{user}/summaries/{date}" ||
		line.Status != 200 || line.Took == nil || !strings.HasPrefix(line.Cache, "hit; ttl=") {
		t.Errorf("the line is %s", log)
	}
	for _, private := range []string{"private", "s3cret", "Dentist", "u1842"} {
		if strings.Contains(log, private) {
			t.Errorf("the log holds %q: %s", private, log)
		}
	}
}

// Operators see what was no hit; of hits, which cost little themselves, only debug has lines.
func TestWhatIsNoHitIsInTheLog(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{})
	s.commit("u1842", "Dentist")
	s.get("/v1/users/u1842/summaries/2026-11-23")
	s.get("/v1/users/u1842/summaries/2026-11-31")
	s.get("/v1/users/u1842/summaries/2026-11-24", "Cache-Control", "only-if-cached")
	log := strings.Split(s.log.wait(t, `"status":504`), "\n")
	for i, level := range []string{"debug", "info", "warn"} {
		if !strings.Contains(log[i], `"level":"`+level+`"`) {
			t.Errorf("line %d is not for %s: %s", i+1, level, log[i])
		}
	}
}

func TestAPanicIsAProblemForItsRequestAlone(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{Publish: func(_ context.Context, messages []map[string]any) ([]string, error) {
		if messages[0]["user"] == "u1" {
			panic("no such luck")
		}
		return []string{"1-0"}, nil
	}})
	p := wantProblem(t, s.publish(message), http.StatusInternalServerError)
	if strings.Contains(p.Detail, "luck") {
		t.Errorf("the answer shows internals: %+v", p)
	}
	if log := s.log.wait(t, "panic: of type string"); !strings.Contains(log, `"level":"error"`) || !strings.Contains(log, "middleware_test.go") {
		t.Errorf("the log does not say where it was: %s", log)
	}
	if r := s.publish(`{"user":"u2"}`); r.status != http.StatusAccepted {
		t.Errorf("the next request got %d", r.status)
	}
}

func TestGreedyRequestsAreRefusedByTheServer(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{})
	if r := s.get("/healthz", "X-Long", strings.Repeat("x", 64<<10)); r.status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("64 KiB of headers got %d", r.status)
	}
	server := api.Server(":1", http.NotFoundHandler(), zerolog.Nop())
	if server.ReadHeaderTimeout <= 0 || server.ReadTimeout <= 0 || server.WriteTimeout <= 0 || server.IdleTimeout <= 0 {
		t.Errorf("a client may take for ever: %+v", server)
	}
}
