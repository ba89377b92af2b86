package dashboard_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/rs/zerolog"

	"foreday/cache/redistest"
	"foreday/worker/dashboard"
)

// A job waits in the queue that the dashboard shows.
func serve(t *testing.T, cfg dashboard.Config) *httptest.Server {
	t.Helper()
	client := redistest.Mini(t).Client(t)
	cfg.Root = "/dashboard"
	jobs := asynq.NewClientFromRedisClient(client)
	if _, err := jobs.Enqueue(asynq.NewTask("refresh", []byte("u1 2026-11-23 1")), asynq.Queue("foreday:refresh"),
		asynq.TaskID("waiting")); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(dashboard.Handler(client, cfg))
	t.Cleanup(server.Close)
	return server
}

type answer struct {
	status int
	header http.Header
	body   string
}

func ask(t *testing.T, method, url string, change ...func(*http.Request)) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(r)
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(body)}
}

func TestTheDashboardsPageNeedsNoOtherHostAndIsPinnedDown(t *testing.T) {
	t.Parallel()
	url := serve(t, dashboard.Config{}).URL
	nonces := make(map[string]bool)
	for _, path := range []string{"/dashboard/", "/dashboard/queues/foreday:refresh", "/dashboard/queues/with.a.dot", "/dashboard/servers"} {
		page := ask(t, http.MethodGet, url+path)
		if page.status != http.StatusOK || !strings.HasPrefix(page.header.Get("Content-Type"), "text/html") {
			t.Fatalf("%s: %d, %s", path, page.status, page.header.Get("Content-Type"))
		}
		if found := regexp.MustCompile(`(?:https?:)?//[a-z][a-z0-9.-]*\.[a-z]+`).FindString(page.body); found != "" {
			t.Errorf("%s names another host: %s", path, found)
		}
		policy := page.header.Get("Content-Security-Policy")
		nonce := regexp.MustCompile(`script-src 'nonce-([^']+)'`).FindStringSubmatch(policy)
		if nonce == nil || nonces[nonce[1]] {
			t.Fatalf("%s: the policy has no nonce of its own: %s", path, policy)
		}
		nonces[nonce[1]] = true
		if n, all := strings.Count(page.body, `<script nonce="`+nonce[1]+`"`), strings.Count(page.body, "<script"); n != all || n < 3 {
			t.Errorf("%s: %d of %d scripts carry the nonce", path, n, all)
		}
		if !strings.Contains(page.body, `<meta property="csp-nonce" content="`+nonce[1]+`"/>`) {
			t.Errorf("%s: styles are not told the nonce", path)
		}
		for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: the policy lacks %s: %s", path, want, policy)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("%s: the policy is loose: %s", path, policy)
		}
	}
	for path, kind := range map[string]string{"/dashboard/favicon.ico": "image/", "/dashboard/manifest.json": "text/plain"} {
		if file := ask(t, http.MethodGet, url+path); file.status != http.StatusOK || !strings.HasPrefix(file.header.Get("Content-Type"), kind) {
			t.Errorf("%s: %d, %s", path, file.status, file.header.Get("Content-Type"))
		}
	}
}

func TestTheDashboardShowsTheQueuesAndTokensOnly(t *testing.T) {
	t.Parallel()
	url := serve(t, dashboard.Config{}).URL
	got := ask(t, http.MethodGet, url+"/dashboard/api/queues/foreday:refresh/pending_tasks")
	var list struct {
		Tasks []struct {
			ID, Payload string
		}
	}
	if err := json.Unmarshal([]byte(got.body), &list); err != nil || len(list.Tasks) != 1 {
		t.Fatalf("%d %v: %s", got.status, err, got.body)
	}
	if list.Tasks[0].Payload != "u1 2026-11-23 1" || list.Tasks[0].ID != "waiting" {
		t.Errorf("the job is shown as %+v", list.Tasks[0])
	}
	if got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("answers may be kept: %q", got.header.Get("Cache-Control"))
	}
}

func TestNothingCanBeChangedFromTheDashboard(t *testing.T) {
	t.Parallel()
	url := serve(t, dashboard.Config{}).URL
	const queue = "/dashboard/api/queues/foreday:refresh"
	for method, paths := range map[string][]string{
		http.MethodPost:    {queue + ":pause", queue + "/pending_tasks:archive_all", queue + "/pending_tasks:batch_delete", "/dashboard/"},
		http.MethodDelete:  {queue, queue + "/pending_tasks/waiting", queue + "/pending_tasks:delete_all"},
		http.MethodPut:     {queue},
		http.MethodPatch:   {queue},
		http.MethodOptions: {queue},
	} {
		for _, path := range paths {
			got := ask(t, method, url+path, func(r *http.Request) { r.Header.Set("X-HTTP-Method-Override", "DELETE") })
			if got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: %d, Allow %q", method, path, got.status, got.header.Get("Allow"))
			}
		}
	}
	if got := ask(t, http.MethodGet, url+queue); !strings.Contains(got.body, `"paused":false`) || !strings.Contains(got.body, `"pending":1`) {
		t.Errorf("the queue is not as it was: %s", got.body)
	}
	if got := ask(t, http.MethodHead, url+"/dashboard/"); got.status != http.StatusOK {
		t.Errorf("HEAD: %d", got.status)
	}
}

func TestWithoutALoginTheDashboardIsForThisMachineOnly(t *testing.T) {
	t.Parallel()
	url := serve(t, dashboard.Config{}).URL
	for host, want := range map[string]int{
		"localhost": 200, "localhost:8081": 200, "LOCALHOST.": 200, "queues.localhost:1": 200, "127.0.0.1": 200, "[::1]:8081": 200,
		"evil.example": 421, "localhost.evil.example:80": 421, "127.0.0.1.evil.example": 421, "10.0.0.7": 421, "0.0.0.0": 421,
		"[::ffff:10.0.0.7]:1": 421,
	} {
		for _, path := range []string{"/dashboard/", "/dashboard/api/queues"} {
			if got := ask(t, http.MethodGet, url+path, func(r *http.Request) { r.Host = host }); got.status != want {
				t.Errorf("%s as %s: %d, want %d", path, host, got.status, want)
			}
		}
	}
}

func TestWithoutALoginWhoeverAsksFromElsewhereIsRefused(t *testing.T) {
	t.Parallel()
	h := dashboard.Handler(redistest.Mini(t).Client(t), dashboard.Config{Root: "/dashboard"})
	for from, want := range map[string]int{"127.0.0.1:5000": 200, "[::1]:5000": 200, "192.0.2.1:5000": 421, "[2001:db8::1]:5000": 421,
		"": 421} {
		r := httptest.NewRequest(http.MethodGet, "http://localhost/dashboard/", nil)
		r.RemoteAddr = from
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("from %q: %d, want %d", from, w.Code, want)
		}
	}
}

func TestWithALoginTheDashboardAsksForIt(t *testing.T) {
	t.Parallel()
	url := serve(t, dashboard.Config{User: "ann", Password: "s3cret"}).URL
	login := func(user, password string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth(user, password); r.Host = "queues.example.com" }
	}
	for _, path := range []string{"/dashboard/", "/dashboard/api/queues", "/dashboard/favicon.ico"} {
		for _, wrong := range []func(*http.Request){func(*http.Request) {}, login("ann", ""), login("ann", "s3cre"), login("bob", "s3cret"),
			login("", "")} {
			if got := ask(t, http.MethodGet, url+path, wrong); got.status != http.StatusUnauthorized || got.header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s with a wrong login: %d", path, got.status)
			}
		}
		if got := ask(t, http.MethodGet, url+path, login("ann", "s3cret")); got.status != http.StatusOK {
			t.Errorf("%s with the login, by a public name: %d", path, got.status)
		}
	}
}

func TestWithoutALoginWhatWasForwardedOrCrossesSitesIsRefused(t *testing.T) {
	t.Parallel()
	url := serve(t, dashboard.Config{}).URL
	for _, c := range []struct {
		name, value string
		want        int
	}{
		{"X-Forwarded-For", "192.0.2.1", 403}, {"Forwarded", "for=192.0.2.1", 403}, {"Via", "1.1 proxy", 403}, {"X-Real-IP", "192.0.2.1", 403},
		{"Sec-Fetch-Site", "cross-site", 403}, {"Sec-Fetch-Site", "same-site", 403}, {"Origin", "https://evil.example", 403},
		{"Sec-Fetch-Site", "same-origin", 200}, {"Sec-Fetch-Site", "none", 200}, {"Origin", url, 200},
	} {
		got := ask(t, http.MethodGet, url+"/dashboard/api/queues", func(r *http.Request) { r.Header.Set(c.name, c.value) })
		if got.status != c.want {
			t.Errorf("with %s %q: %d, want %d", c.name, c.value, got.status, c.want)
		}
		if c.want == 403 && !strings.Contains(got.body, "FOREDAY_DASHBOARD_USER") {
			t.Errorf("it does not say what to do: %s", got.body)
		}
	}
}

// Whoever asks for many at once learns no more of them than one after the other would tell.
func TestOfAnAddressThatGuessesMuchNoLoginIsLookedAt(t *testing.T) {
	t.Parallel()
	h := dashboard.Handler(redistest.Mini(t).Client(t), dashboard.Config{Root: "/dashboard", User: "ann", Password: "s3cret"})
	ctx, stop := context.WithCancel(t.Context())
	stop() // no answer is waited for: the guesses come at once
	try := func(from, password string) int {
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/dashboard/", nil)
		r.RemoteAddr = from
		r.SetBasicAuth("ann", password)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	for range 40 {
		try("192.0.2.1:5000", "guess")
		try("[2001:db8::1]:5000", "guess")
	}
	for from, want := range map[string]int{
		"192.0.2.1:5001": 429, "[::ffff:192.0.2.1]:5001": 429, "[2001:db8::2]:5000": 429, "192.0.2.2:5000": 200, "[2001:db8:0:1::1]:5000": 200,
	} {
		if got := try(from, "s3cret"); got != want {
			t.Errorf("the right login from %s: %d, want %d", from, got, want)
		}
	}
	time.Sleep(600 * time.Millisecond)
	if got := try("192.0.2.1:5001", "s3cret"); got != 200 {
		t.Errorf("a moment later: %d", got)
	}
}

// asynqmon answers with its page whatever it does not know, under the path of its API as well.
func TestThePageIsTheSameWhateverPathItComesBy(t *testing.T) {
	t.Parallel()
	url := serve(t, dashboard.Config{}).URL
	for _, path := range []string{"/dashboard/", "/dashboard/nothing", "/dashboard/api/", "/dashboard/api/nothing", "/dashboard/%61pi/x"} {
		got := ask(t, http.MethodGet, url+path)
		if got.header.Get("Content-Security-Policy") == "" || got.header.Get("X-Frame-Options") != "DENY" ||
			strings.Contains(got.body, "googleapis") {
			t.Errorf("%s: %v", path, got.header)
		}
	}
	if got := ask(t, http.MethodGet, url+"/dashboard/api/queues"); got.header.Get("Content-Type") != "application/json" {
		t.Errorf("of the API: %v", got.header)
	}
}

func TestWrongLoginsAtTheDashboardAreSlowAndLogged(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	url := serve(t, dashboard.Config{User: "ann", Password: "s3cret", Log: zerolog.New(&log)}).URL
	began := time.Now()
	for range 13 {
		ask(t, http.MethodGet, url+"/dashboard/", func(r *http.Request) { r.SetBasicAuth("ann", "hunter2") })
	}
	if took := time.Since(began); took < time.Second {
		t.Errorf("13 guesses took %s", took)
	}
	if !strings.Contains(log.String(), "wrong logins") || strings.Contains(log.String(), "hunter2") {
		t.Errorf("the log says %q", log.String())
	}
}
