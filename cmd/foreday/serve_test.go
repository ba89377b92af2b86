package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"foreday/cache/redistest"
	"foreday/cmd/foreday/internal/overview"
	"foreday/summarizer"
)

// key seals the summaries of tests that set it.
const key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

func TestUpServesSummariesAndStillDoesWithRedisAway(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	sandbox := startSandbox(t, "--users", "3")
	up := start(t, sandbox.env.with("REDIS_URL="+server.URL(), "PORT=0"), "up")
	line := up.says(t, `"api":`)
	api, dashboard := addressIn(t, line, "api"), addressIn(t, line, "dashboard")
	read := func(user string) (got, summarizer.Summary) {
		got := get(t, api+"/users/"+user+"/summaries/today")
		var s summarizer.Summary
		if err := json.Unmarshal([]byte(got.body), &s); err != nil || got.StatusCode != http.StatusOK || s.User != user {
			t.Fatalf("%s, %v: %s", got.Status, err, got.body)
		}
		return got, s
	}

	if first, _ := read("u1"); first.Header.Get("Cache-Status") != "foreday; fwd=miss" {
		t.Errorf("first: Cache-Status %q", first.Header.Get("Cache-Status"))
	}
	if second, _ := read("u1"); !strings.HasPrefix(second.Header.Get("Cache-Status"), "foreday; hit; ttl=") {
		t.Errorf("second: Cache-Status %q", second.Header.Get("Cache-Status"))
	}
	metrics := get(t, strings.TrimSuffix(api, "/v1")+"/metrics").body
	for _, want := range []string{`foreday_cache_reads_total{result="hit"} 1`, `foreday_cache_reads_total{result="miss"} 1`,
		`foreday_events_total`, `foreday_quota_wait_seconds`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	if queues := get(t, dashboard+"api/queues"); !strings.Contains(queues.body, `"queue":"foreday:read"`) {
		t.Errorf("the dashboard shows %s", queues.body)
	}
	if home := get(t, strings.TrimSuffix(api, "/v1")+"/"); home.StatusCode != http.StatusOK ||
		!strings.Contains(home.body, "oldest refresh due") {
		t.Errorf("/ is %s: %s", home.Status, home.body)
	}
	var now overview.Deployment
	eventually(t, func() string {
		out := mustDo(t, env{"REDIS_URL=" + server.URL()}, "stats", "--json").stdout
		if err := json.Unmarshal([]byte(out), &now); err != nil || now.ReadsPerSecond["hit"] == 0 {
			return fmt.Sprint("a hit in what stats says: ", out, err)
		}
		return ""
	})
	if now.Processes["up"] != 1 || now.HitRatio <= 0 || now.HitRatio >= 1 || now.Breakers["google"] != "closed" ||
		now.UpstreamPerMin["google"] <= 0 {
		t.Errorf("stats says %+v", now)
	}

	server.Stop(t)
	for _, user := range []string{"u1", "u2"} {
		if bypass, _ := read(user); bypass.Header.Get("Cache-Status") != "foreday; fwd=bypass; detail=redis-unavailable" {
			t.Errorf("%s without Redis: Cache-Status %q", user, bypass.Header.Get("Cache-Status"))
		}
	}
	server.Restart(t)
	eventually(t, func() string {
		again, _ := read("u1")
		if status := again.Header.Get("Cache-Status"); !strings.HasPrefix(status, "foreday; hit") {
			return "with Redis back: Cache-Status " + status
		}
		return ""
	})
	up.stop(t)
}

func TestTheAPIWantsItsToken(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	p := start(t, env{"REDIS_URL=" + server.URL(), "PORT=0", "FOREDAY_API_TOKEN=s3cret", "FOREDAY_KEY=" + key}, "api")
	line := p.says(t, `"api":`)
	api := strings.Replace(line[strings.Index(line, "http://"):], "localhost", "127.0.0.1", 1)
	api = api[:strings.IndexByte(api, '"')]
	if got := get(t, api+"/users/u1/summaries/nonsense"); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("without the token: %s", got.Status)
	}
	if got := get(t, api+"/users/u1/summaries/nonsense", "Authorization", "Bearer s3cret"); got.StatusCode != http.StatusBadRequest {
		t.Errorf("with the token: %s", got.Status)
	}
	p.stop(t)
	for _, secret := range []string{"s3cret", key} {
		if strings.Contains(p.output(), secret) {
			t.Errorf("the log shows a secret:\n%s", p.output())
		}
	}
	if !strings.Contains(p.output(), `"sealed":true`) {
		t.Errorf("the settings in the log do not say that summaries are sealed:\n%s", p.output())
	}
}

func TestTheAPIPublishesAllOfSeveralMessagesOrNone(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	p := start(t, env{"REDIS_URL=" + server.URL(), "PORT=0"}, "api")
	address := addressIn(t, p.says(t, `"serving"`), "api") + "/events"
	for body, want := range map[string]struct {
		status        int
		says, ignored string
	}{
		`[{"type":"calendar.changed","user":"u1"},{"type":"calendar.changed","user":"u2","sart":"x"}]`: {
			http.StatusAccepted, `"ids":["`, `"sart";meant="start"`,
		},
		`[{"type":"calendar.changed","user":"u3"},{"type":"calendar.changed","user":".."}]`: {
			http.StatusUnprocessableEntity, `"index":1`, "",
		},
	} {
		res, err := http.Post(address, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		said, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != want.status || !strings.Contains(string(said), want.says) ||
			res.Header.Get("Foreday-Ignored-Fields") != want.ignored {
			t.Errorf("%s: %s, %v: %s %v", body, res.Status, err, said, res.Header)
		}
	}
	if n := server.Client(t).XLen(t.Context(), "foreday:events").Val(); n != 2 {
		t.Errorf("%d messages are on the stream, want the two", n)
	}
	p.stop(t)
}

// The answer does not wait for a worker, and holds without one.
func TestWhenAMessageIsPublishedNobodyReadsTheOldCopyAsFresh(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	sandbox := startSandbox(t, "--users", "2")
	e := sandbox.env.with("REDIS_URL="+server.URL(), "FOREDAY_COOLDOWN=0s", "PORT=0")
	worker, p := start(t, e, "worker"), start(t, e, "api")
	address := addressIn(t, p.says(t, `"serving"`), "api")
	day := address + "/users/u1/summaries/" + summarizer.DateOf(time.Now().UTC()).String()
	eventually(t, func() string {
		if status := get(t, day).Header.Get("Cache-Status"); !strings.HasPrefix(status, "foreday; hit") {
			return "Cache-Status " + status
		}
		return ""
	})
	worker.stop(t)
	res, err := http.Post(address+"/events", "application/json", strings.NewReader(`{"type":"calendar.changed","user":"u1"}`))
	if err != nil || res.StatusCode != http.StatusAccepted {
		t.Fatal(res, err)
	}
	res.Body.Close()
	if status := get(t, day, "Cache-Control", "only-if-cached").Header.Get("Cache-Status"); status != "foreday; fwd=stale" {
		t.Errorf("once the message is published, Cache-Status is %q, want a stale copy", status)
	}
	worker = start(t, e, "worker")
	eventually(t, func() string {
		if status := get(t, day).Header.Get("Cache-Status"); !strings.HasPrefix(status, "foreday; hit") {
			return "with a worker again: Cache-Status " + status
		}
		return ""
	})
	wantDrained(t, server.Client(t))
	worker.stop(t)
	p.stop(t)
}

func TestAWorkersMetricsWantTheTokenToo(t *testing.T) {
	t.Parallel()
	server, sandbox := redistest.New(t), startSandbox(t, "--users", "1")
	p := start(t, sandbox.env.with("REDIS_URL="+server.URL(), "PORT="+freePort(t), "FOREDAY_API_TOKEN=s3cret"), "worker")
	metrics := addressIn(t, strings.Replace(p.says(t, `"metrics":`), "localhost", "127.0.0.1", 1), "metrics")
	if got := get(t, metrics); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("without the token: %s", got.Status)
	}
	if got := get(t, metrics, "Authorization", "Bearer s3cret"); got.StatusCode != http.StatusOK {
		t.Errorf("with the token: %s", got.Status)
	}
	p.stop(t)
}

func TestAnOpenAPIDoesNotOpenTheDashboard(t *testing.T) {
	t.Parallel()
	sandbox := startSandbox(t, "--users", "1")
	p := start(t, sandbox.env.with("PORT=0", "FOREDAY_API_TOKEN=s3cret"), "up")
	line := p.says(t, `"dashboard":`)
	page := strings.Replace(line[strings.Index(line, "http://"):], "localhost", "127.0.0.1", 1)
	page = page[:strings.Index(page, "/v1")] + "/dashboard/"
	if got := get(t, page); got.StatusCode != http.StatusOK {
		t.Errorf("from here: %s", got.Status)
	}
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, page, nil)
	r.Host = "foreday.example.com"
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("by a public name: %s", res.Status)
	}
	p.stop(t)
}

func TestTheDashboardAsksForTheLoginThatIsSet(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	p := start(t, env{"REDIS_URL=" + server.URL(), "PORT=0", "FOREDAY_DASHBOARD_USER=ann", "FOREDAY_DASHBOARD_PASSWORD=s3cret"}, "dashboard")
	line := p.says(t, `"dashboard":`)
	page := strings.Replace(line[strings.Index(line, "http://"):], "localhost", "127.0.0.1", 1)
	page = page[:strings.IndexByte(page, '"')]
	if got := get(t, page); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("without the login: %s", got.Status)
	}
	if got := get(t, page, "Authorization", "Basic YW5uOnMzY3JldA=="); got.StatusCode != http.StatusOK {
		t.Errorf("with the login: %s", got.Status)
	}
	p.stop(t)
}

// One worker's writing is sealed, and an API with another key cannot read it.
func TestTheKeySealsWhatLiesInRedis(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	sandbox := startSandbox(t, "--users", "1")
	e := sandbox.env.with("REDIS_URL="+server.URL(), "FOREDAY_KEY="+key)
	worker := start(t, e, "worker")
	worker.says(t, "worker started")
	if text := mustDo(t, e, "get", "u1").stdout; !strings.Contains(text, "novel") {
		t.Errorf("with the key:\n%s", text)
	}
	client := server.Client(t)
	keys := redistest.Keys(t, client, "foreday:{u1}:summary:*")
	if len(keys) == 0 {
		t.Fatal("no summary is in Redis")
	}
	if value := client.Get(t.Context(), keys[0]).Val(); strings.Contains(value, "headline") {
		t.Errorf("the summary lies open: %s", value)
	}
	worker.stop(t)
}

func TestTheSandboxAndTheWorkerStopWhenTold(t *testing.T) {
	t.Parallel()
	sandbox := startSandbox(t, "--users", "1")
	embedded := start(t, sandbox.env.with("PORT=0", "LOG_FORMAT=console"), "up")
	embedded.says(t, "serving")
	embedded.stop(t)
	sandbox.stop(t)
	if !strings.Contains(sandbox.output(), "served ") {
		t.Errorf("the sandbox does not say what it served:\n%s", sandbox.output())
	}
}
