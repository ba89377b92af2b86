package main

import (
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"foreday/cache/redistest"
)

// promisedMetrics are those that others rely on, on each process.
var promisedMetrics = strings.Fields(`foreday_cache_reads_total foreday_events_total foreday_refreshes_total
	foreday_freshness_seconds foreday_upstream_requests_total foreday_upstream_seconds foreday_quota_wait_seconds
	foreday_llm_tokens_total foreday_summaries_total foreday_stream_lag foreday_dead_letters foreday_promised_oldest_seconds
	foreday_quota_used_ratio foreday_quota_limit foreday_breaker_state foreday_consistent_ratio foreday_build_info
	foreday_workers_alive foreday_redis_up foreday_promised_refreshes foreday_witnessed_total
	foreday_jobs_waiting foreday_workers_wanted`)

func TestEveryMetricIsOnEveryProcess(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	sandbox := startSandbox(t, "--users", "1")
	e := sandbox.env.with("REDIS_URL="+server.URL(), "FOREDAY_API_TOKEN=s3cret")
	roots, lastOf := map[string]string{}, map[string]string{"metrics": "metrics", "api": "v1", "dashboard": "dashboard"}
	for command, logged := range map[string]string{
		"worker": "metrics", "witness": "metrics", "up": "api", "api": "api", "dashboard": "dashboard",
	} {
		p := start(t, e.with("PORT="+freePort(t)), command)
		// With a token it listens for all, and says localhost.
		line := strings.Replace(p.says(t, `"`+logged+`":`), "localhost", "127.0.0.1", 1)
		roots[command], _, _ = strings.Cut(addressIn(t, line, logged), "/"+lastOf[logged])
	}
	for command, root := range roots {
		for _, path := range []string{"/healthz", "/readyz"} {
			if got := get(t, root+path); got.StatusCode != http.StatusOK || !strings.Contains(got.body, `"status":"ok"`) {
				t.Errorf("%s of %s: %s %s", path, command, got.Status, got.body)
			}
		}
		if got := get(t, root+"/metrics"); got.StatusCode != http.StatusUnauthorized {
			t.Errorf("/metrics of %s without the token: %s", command, got.Status)
		}
		var body string
		eventually(t, func() string {
			body = get(t, root+"/metrics", "Authorization", "Bearer s3cret").body
			for _, name := range promisedMetrics {
				if !strings.Contains(body, "# TYPE "+name+" ") {
					return "/metrics of " + command + " lacks " + name
				}
			}
			for _, want := range []string{"foreday_workers_alive 2", "foreday_redis_up 1", `foreday_consistent_ratio{after="10m"} 1`} {
				if !strings.Contains(body, want+"\n") {
					return "/metrics of " + command + " lacks " + want
				}
			}
			return ""
		})
		if command == "worker" {
			wantWatched(t, body)
		}
	}
	server.Stop(t)
	for command, root := range roots {
		eventually(t, func() string {
			body := get(t, root+"/metrics", "Authorization", "Bearer s3cret").body
			if !strings.Contains(body, "foreday_redis_up 0\n") || strings.Contains(body, "foreday_stream_lag") {
				return "with Redis away, /metrics of " + command + " does not say so"
			}
			return ""
		})
		if got := get(t, root+"/healthz"); got.StatusCode != http.StatusOK {
			t.Errorf("with Redis away, /healthz of %s: %s", command, got.Status)
		}
	}
}

// wantWatched checks that what the alert rules, the dashboard and the autoscaler watch is
// there, with its labels.
func wantWatched(t *testing.T, metrics string) {
	t.Helper()
	used := regexp.MustCompile(`(foreday_\w+?)(_bucket)?\b(?:\{([^}]*)\})?`)
	label := regexp.MustCompile(`\w+="[^"]*"`)
	for name, least := range map[string]int{
		"monitoring/alerts.yml": 10, "monitoring/dashboard.json": 10, "deploy/kubernetes/autoscaler.yaml": 1,
	} {
		text, err := os.ReadFile("../../scripts/" + name)
		if err != nil {
			t.Fatal(err)
		}
		found := used.FindAllStringSubmatch(strings.ReplaceAll(string(text), `\"`, `"`), -1)
		if len(found) < least {
			t.Errorf("%s watches %d metrics", name, len(found))
		}
		for _, use := range found {
			if !strings.Contains(metrics, "# TYPE "+use[1]+" ") {
				t.Errorf("%s watches %s, which is not there", name, use[1])
			}
			for _, want := range label.FindAllString(use[3], -1) {
				if !regexp.MustCompile(`(?m)^` + use[1] + `\{.*` + regexp.QuoteMeta(want)).MatchString(metrics) {
					t.Errorf("%s watches %s with %s, which is not there", name, use[1], want)
				}
			}
		}
	}
}

func TestMetricsNeedNoTokenIfTold(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	e := env{"REDIS_URL=" + server.URL(), "FOREDAY_API_TOKEN=s3cret", "FOREDAY_OPEN_METRICS=true", "PORT=0"}
	api := addressIn(t, strings.Replace(start(t, e, "api").says(t, `"api":`), "localhost", "127.0.0.1", 1), "api")
	if got := get(t, strings.TrimSuffix(api, "/v1")+"/metrics"); got.StatusCode != http.StatusOK {
		t.Errorf("/metrics: %s", got.Status)
	}
	if got := get(t, api+"/users/u1/summaries/today"); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("/v1: %s", got.Status)
	}
}
