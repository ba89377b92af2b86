package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"foreday/cache"
	"foreday/cache/api"
)

func TestReadinessFollowsWhatCanStillBeServed(t *testing.T) {
	t.Parallel()
	down := func(context.Context) error { return errors.New("dial tcp 10.0.0.7:6379: connection refused") }
	refuses := func(code, what string) func(context.Context) error {
		return func(context.Context) error {
			return fmt.Errorf("ping: %w", &cache.RedisError{Code: code, What: what, Err: errors.New("10.0.0.7")})
		}
	}
	hangs := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for name, c := range map[string]struct {
		cfg    api.Config
		status int
		says   string
	}{
		"Redis answers": {api.Config{Ready: func(context.Context) error { return nil }}, 200, `"status":"ok"`},
		"Redis evicts": {api.Config{Eviction: func(context.Context) (string, error) { return "allkeys-lru", nil }}, 200,
			`{"status":"ok","redis":"ok","detail":"Redis may evict tracked refreshes: its maxmemory-policy is allkeys-lru, set noeviction."}`},
		"Redis does not say whether it evicts": {api.Config{Eviction: func(context.Context) (string, error) { return "", errors.New("NOPERM") }},
			200,
			`{"status":"ok","redis":"ok"}`},
		"nobody looks":                            {api.Config{}, 200, `"status":"ok"`},
		"Redis is away, and summaries need it":    {api.Config{Ready: down}, 503, "redis-unavailable"},
		"Redis is away, and summaries do without": {api.Config{Ready: down, Bypass: true}, 200, `"status":"degraded","redis":"unavailable"`},
		"Redis is full": {api.Config{Ready: refuses("redis-out-of-memory", "it is full")}, 200,
			`{"status":"degraded","redis":"out-of-memory","detail":"Fresh and stale summaries are served;`},
		"Redis is read-only": {api.Config{Ready: refuses("redis-read-only", "it is a replica"), Bypass: true}, 200,
			`{"status":"degraded","redis":"read-only","detail":"Fresh and stale summaries are served;`},
		"Redis is loading": {api.Config{Ready: refuses("redis-loading", "it is loading")}, 503, `"detail":"it is loading`},
		"Redis has another password": {api.Config{Ready: refuses("redis-wrong-password", "it is another"), Bypass: true}, 200,
			`"status":"degraded","redis":"wrong-password","detail":"Summaries are made`},
		"Redis hangs": {api.Config{Ready: hangs}, 503, "redis-unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := withRedis(t, cache.ReaderConfig{}, c.cfg)
			r := s.get("/readyz")
			if r.status != c.status || !strings.Contains(r.body, c.says) || r.header.Get("Cache-Control") != "no-store" {
				t.Errorf("got %d %s, want %d and %s", r.status, r.body, c.status, c.says)
			}
			if strings.Contains(r.body, "10.0.0.7") {
				t.Errorf("anyone may see where Redis is: %s", r.body)
			}
			if r := s.get("/healthz"); r.status != http.StatusOK || r.body != `{"status":"ok"}`+"\n" {
				t.Errorf("/healthz gave %d %s: a Redis that is away is no reason to restart", r.status, r.body)
			}
		})
	}
}

func TestMetricsCountReads(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewRegistry()
	s := withRedis(t, cache.ReaderConfig{Metrics: cache.NewMetrics(reg)}, api.Config{Gatherer: reg})
	s.commit("u1", "x")
	s.get(path)
	if r := s.get("/metrics"); r.status != http.StatusOK || !strings.Contains(r.body, `foreday_cache_reads_total{result="hit"} 1`) {
		t.Errorf("got %d:\n%s", r.status, r.body)
	}
}
