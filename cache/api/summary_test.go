package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cache/api"
	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/summarizer"
)

func wantSummary(t *testing.T, r reply, cacheStatus, headline string) {
	t.Helper()
	if r.status != http.StatusOK {
		t.Fatalf("status %d: %s", r.status, r.body)
	}
	var sum summarizer.Summary
	if err := json.Unmarshal([]byte(r.body), &sum); err != nil {
		t.Fatalf("%v: %s", err, r.body)
	}
	if sum.Headline != headline {
		t.Errorf("headline %q, want %q", sum.Headline, headline)
	}
	for name, want := range map[string]string{
		"Cache-Status": cacheStatus, "Age": "600", "Cache-Control": "private, no-cache",
		"Content-Type": "application/json", "X-Content-Type-Options": "nosniff",
	} {
		if got := r.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if etag := r.header.Get("ETag"); len(etag) < 10 || !strings.HasPrefix(etag, `W/"`) || !strings.HasSuffix(etag, `"`) {
		t.Errorf("ETag %q is not weak", etag)
	}
}

// hitOf takes the seconds, which depend on how fast the test is, out of a hit.
func hitOf(t *testing.T, r reply) reply {
	t.Helper()
	var ttl int
	if n, err := fmt.Sscanf(r.header.Get("Cache-Status"), "foreday; hit; ttl=%d", &ttl); n != 1 || err != nil || ttl < 3500 || ttl > 3600 {
		t.Errorf("Cache-Status %q is no hit with most of an hour to go", r.header.Get("Cache-Status"))
	}
	r.header.Set("Cache-Status", "hit")
	return r
}

func TestASummarySaysWhereItCameFrom(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		s := start(t, client, cache.ReaderConfig{Generator: generating("made now"), Wait: 10 * time.Millisecond}, api.Config{})
		wantSummary(t, s.get(path), "foreday; fwd=miss", "made now")
		s.commit("u1", "cached")
		wantSummary(t, hitOf(t, s.get(path)), "hit", "cached")
		s.invalidate("u1")
		wantSummary(t, s.get(path), "foreday; fwd=stale", "cached")
	})
}

func TestWithRedisKilledSummariesAreStillServedAndSaySo(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	s := start(t, server.Client(t), cache.ReaderConfig{Generator: generating("made without"), RedisTimeout: 500 * time.Millisecond},
		api.Config{})
	s.commit("u1", "cached")
	wantSummary(t, hitOf(t, s.get(path)), "hit", "cached")
	server.Kill(t)
	for range 5 {
		wantSummary(t, s.get(path), "foreday; fwd=bypass; detail=redis-unavailable", "made without")
	}
}

func TestTheBodyIsTheSummaryAsTheContractHasIt(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{})
	s.commit("u1", "Dentist")
	want := `{"user":"u1","date":"2026-11-23","timezone":"UTC","language":"","headline":"Dentist","text":"\u003cb\u003eDentist\u003c/b\u003e",` +
		`"events":[],"total_events":0,"novel_events":0,"writer":"plain","degraded":false,` +
		`"fetched_at":"2026-11-23T11:50:00Z","generated_at":"2026-11-23T11:51:00Z","generation":7,"fingerprint":"f"}` + "\n"
	if got := s.get(path).body; got != want {
		t.Errorf("got  %swant %s", got, want)
	}
}

func TestHeadIsGetWithoutTheBody(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{})
	s.commit("u1", "x")
	get, head := s.get(path), s.do("HEAD", path, "")
	if head.status != http.StatusOK || head.body != "" {
		t.Errorf("HEAD gave %d %q", head.status, head.body)
	}
	for _, name := range []string{"ETag", "Age", "Content-Type", "Content-Length", "Cache-Control"} {
		if g, h := get.header.Get(name), head.header.Get(name); g != h || g == "" {
			t.Errorf("%s: GET has %q, HEAD %q", name, g, h)
		}
	}
}

func TestASummaryThatHasNotChangedIsNotSentAgain(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{})
	s.commit("u1", "first")
	etag := s.get(path).header.Get("ETag")
	for name, given := range map[string]string{
		"the same": etag, "strong": strings.TrimPrefix(etag, "W/"), "any": "*", "one of several": `"a", ` + etag + `,"b"`,
	} {
		r := s.get(path, "If-None-Match", given)
		if r.status != http.StatusNotModified || r.body != "" {
			t.Errorf("%s: got %d %q, want 304 without a body", name, r.status, r.body)
		}
		for _, header := range []string{"ETag", "Age", "Cache-Control", "Cache-Status"} {
			if r.header.Get(header) == "" {
				t.Errorf("%s: 304 has no %s", name, header)
			}
		}
	}
	for name, given := range map[string]string{"another": `"other"`, "unquoted": strings.Trim(etag, `"`), "none": ""} {
		if r := s.get(path, "If-None-Match", given); r.status != http.StatusOK {
			t.Errorf("%s: got %d, want 200", name, r.status)
		}
	}
	s.invalidate("u1")
	if r := s.get(path, "If-None-Match", etag); r.status != http.StatusNotModified || r.header.Get("Cache-Status") != "foreday; fwd=stale" {
		t.Errorf("the same summary, stale by now: %d, Cache-Status %q", r.status, r.header.Get("Cache-Status"))
	}
	s.commit("u1", "second")
	if r := s.get(path, "If-None-Match", etag); r.status != http.StatusOK || r.header.Get("ETag") == etag {
		t.Errorf("a new summary: %d with ETag %s, was %s", r.status, r.header.Get("ETag"), etag)
	}
}

func TestTodayIsADate(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{})
	s.commit("u1", "today's")
	wantSummary(t, hitOf(t, s.get("/v1/users/u1/summaries/today")), "hit", "today's")
}

func TestTheDaysAroundTodayAreDates(t *testing.T) {
	t.Parallel()
	s := withoutRedis(t, generating("made"), api.Config{})
	for word, days := range map[string]int{"yesterday": -1, "today": 0, "tomorrow": 1} {
		r := s.get("/v1/users/u1/summaries/" + word)
		if want := fmt.Sprintf(`"date":%q`, day.AddDays(days)); r.status != http.StatusOK || !strings.Contains(r.body, want) {
			t.Errorf("%s: %d %s, want %s", word, r.status, r.body, want)
		}
	}
}

func TestUserIDsOfAnyKindGoPercentEncoded(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{})
	for _, user := range []string{"u1842", "ann@example.com", "a/b", "50%", "a?b#c", "a+b", "Ünïcode-日本", strings.Repeat("x", 128), "today"} {
		s.commit(user, "of "+user)
		wantSummary(t, hitOf(t, s.get("/v1/users/"+strings.ReplaceAll(url.PathEscape(user), ".", "%2E")+"/summaries/2026-11-23")), "hit",
			"of "+user)
	}
}

func TestABadUserOrDateIsNamed(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{})
	for _, c := range []struct{ user, date, field, value, says string }{
		{"a%20b", "2026-11-23", "user", "a b", "whitespace"},
		{"a%C2%A0b", "2026-11-23", "user", "a\u00a0b", "whitespace"},
		{"a%00b", "2026-11-23", "user", "a\x00b", "control"},
		{"a%0Ab", "2026-11-23", "user", "a\nb", "control"},
		{"%7Ba%7D", "2026-11-23", "user", "{a}", "brace"},
		{"%2E%2E", "2026-11-23", "user", "..", "step in a path"},
		{"..%2Fu2", "2026-11-23", "user", "../u2", "step in a path"},
		{"%252e", "2026-11-23", "user", "%2e", "step in a path"},
		{"%FF%FE", "2026-11-23", "user", "\ufffd\ufffd", "UTF-8"},
		{strings.Repeat("x", 129), "2026-11-23", "user", strings.Repeat("x", 64) + "...", "at most 128"},
		{"u1", "2026-02-29", "date", "2026-02-29", "does not exist"},
		{"u1", "23.11.2026", "date", "23.11.2026", "YYYY-MM-DD"},
		{"u1", "Today", "date", "Today", "today"},
		{"u1", "2026-11-23T00:00:00Z", "date", "2026-11-23T00:00:00Z", "YYYY-MM-DD"},
		{"u1", "2025-10-18", "date", "2025-10-18", "more than 400 days"},
		{"u1", "2027-12-29", "date", "2027-12-29", "more than 400 days"},
		{"u1", "0001-01-01", "date", "0001-01-01", "more than 400 days"},
		{"u1", "9999-12-31", "date", "9999-12-31", "more than 400 days"},
	} {
		p := wantProblem(t, s.get("/v1/users/"+c.user+"/summaries/"+c.date), http.StatusBadRequest)
		if p.Type != "urn:foreday:problem:invalid-field" || p.Field != c.field || p.Value != c.value || !strings.Contains(p.Detail, c.says) {
			t.Errorf("%s, %s: got %+v, want field %s, value %q, %q said", c.user, c.date, p, c.field, c.value, c.says)
		}
	}
}

func TestTheFarthestDatesAreServed(t *testing.T) {
	t.Parallel()
	s := withoutRedis(t, generating("far"), api.Config{})
	for _, date := range []string{"2025-10-19", "2027-12-28"} {
		if r := s.get("/v1/users/u1/summaries/" + date); r.status != http.StatusOK {
			t.Errorf("%s: %d %s", date, r.status, r.body)
		}
	}
}

// quotaError is a summarizer.Deferred.
type quotaError struct{ until time.Time }

func (e quotaError) Error() string            { return "quota of project secret-project-1 is used up" }
func (e quotaError) DeferredUntil() time.Time { return e.until }

func TestWhatGoesWrongIsToldWithoutInternals(t *testing.T) {
	t.Parallel()
	internals := errors.New("secret-project-1 at 10.0.0.7:6379")
	for name, c := range map[string]struct {
		generate   generator
		status     int
		kind       string
		retryAfter string
	}{
		"no access": {failing(fmt.Errorf("%w: %w", summarizer.ErrAccess, internals)), 403,
			"urn:foreday:problem:no-calendar-access", ""},
		"a quota is used up": {failing(fmt.Errorf("write: %w", quotaError{noon.Add(41500 * time.Millisecond)})), 503,
			"urn:foreday:problem:over-quota", "42"},
		"a quota just freed":  {failing(quotaError{noon.Add(-time.Second)}), 503, "urn:foreday:problem:over-quota", "1"},
		"a quota freed, ever": {failing(quotaError{noon.AddDate(100, 0, 0)}), 503, "urn:foreday:problem:over-quota", "86400"},
		"the upstream's time": {failing(fmt.Errorf("%w: %w", context.DeadlineExceeded, internals)), 504, "urn:foreday:problem:timeout",
			""},
		"the calendar does not answer": {failing(fmt.Errorf("%w: %w", summarizer.ErrTemporary, internals)), 503,
			"urn:foreday:problem:calendar-unavailable", "2"},
		"something else": {failing(internals), 500, "about:blank", ""},
		"a panic": {func(context.Context, string) (summarizer.Summary, error) { panic(internals) }, 500, "about:blank",
			""},
		"Redis, and nothing to stand in": {nil, 503, "urn:foreday:problem:redis-unavailable", "2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := withoutRedis(t, c.generate, api.Config{})
			r := s.get(path)
			p := wantProblem(t, r, c.status)
			if p.Type != c.kind {
				t.Errorf("type %s, want %s", p.Type, c.kind)
			}
			if got := r.header.Get("Retry-After"); got != c.retryAfter {
				t.Errorf("Retry-After %q, want %q", got, c.retryAfter)
			}
			if strings.Contains(r.body, "secret") || strings.Contains(r.body, "10.0.0.7") || strings.Contains(r.body, "goroutine") {
				t.Errorf("the answer shows internals: %s", r.body)
			}
			if name == "a panic" { // which may hold what it was about
				s.log.wait(t, "panic: of type *errors.errorString")
			} else if c.status == 500 {
				s.log.wait(t, "secret-project-1")
			}
		})
	}
}

func TestAReaderWhoWaitedInVainIsToldToComeBack(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{Wait: 10 * time.Millisecond}, api.Config{})
	r := s.get(path)
	if p := wantProblem(t, r, 503); p.Type != "urn:foreday:problem:not-ready" || r.header.Get("Retry-After") != "2" {
		t.Errorf("got %+v, Retry-After %q", p, r.header.Get("Retry-After"))
	}
}

func TestASummaryThatTakesTooLongIsATimeout(t *testing.T) {
	t.Parallel()
	g, _ := blocking(t)
	s := withoutRedis(t, g, api.Config{Timeout: 150 * time.Millisecond})
	wantProblem(t, s.get(path), http.StatusGatewayTimeout)
}

func TestReadersBeyondTheBoundAreToldToComeBack(t *testing.T) {
	t.Parallel()
	g, asked := blocking(t)
	s := withoutRedis(t, g, api.Config{MaxConcurrent: 2, Timeout: time.Minute})
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan struct{})
	for _, user := range []string{"a", "b"} {
		go func() {
			r, _ := http.NewRequestWithContext(ctx, "GET", s.url+"/v1/users/"+user+"/summaries/today", nil)
			if res, err := http.DefaultTransport.RoundTrip(r); err == nil {
				_ = res.Body.Close()
				t.Errorf("user %s got %d before anything was made", user, res.StatusCode)
			}
			gone <- struct{}{}
		}()
		<-asked
	}
	r := s.get(path)
	if p := wantProblem(t, r, 503); p.Type != "urn:foreday:problem:overloaded" || r.header.Get("Retry-After") == "" {
		t.Errorf("got %+v", p)
	}
	if r := s.get("/healthz"); r.status != http.StatusOK {
		t.Errorf("/healthz gave %d meanwhile", r.status)
	}

	// Those who leave make room, and are no fault of ours.
	leave()
	<-gone
	<-gone
	if log := s.log.wait(t, "context canceled"); !strings.Contains(log, `"level":"info"`) {
		t.Errorf("a reader who left is logged as a fault: %s", log)
	}
}

// As many readers as there are slots wait for summaries that do not come.
func TestWhatIsInTheCacheIsServedHoweverManyWait(t *testing.T) {
	t.Parallel()
	g, asked := blocking(t)
	s := withRedis(t, cache.ReaderConfig{Generator: g}, api.Config{MaxConcurrent: 1, Timeout: time.Minute})
	s.commit("u1", "fresh")
	s.commit("u2", "stale")
	s.invalidate("u2")
	of := func(user string) string { return "/v1/users/" + user + "/summaries/2026-11-23" }
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		r, _ := http.NewRequestWithContext(ctx, "GET", s.url+of("u3"), nil)
		if res, err := http.DefaultTransport.RoundTrip(r); err == nil {
			_ = res.Body.Close()
		}
	}()
	defer func() { leave(); <-gone }()
	<-asked
	if p := wantProblem(t, s.get(of("u4")), 503); p.Type != "urn:foreday:problem:overloaded" {
		t.Errorf("a second reader with nothing got %+v", p)
	}
	for _, target := range []string{of("u1"), "/v1/users/u1/summaries/today"} {
		wantSummary(t, hitOf(t, s.get(target)), "hit", "fresh")
	}
	wantSummary(t, s.get(of("u2")), "foreday; fwd=stale", "stale")
}

func TestAStaleSummarySaysWhyNoNewOneComes(t *testing.T) {
	t.Parallel()
	for fault, detail := range map[freshness.Fault]string{
		freshness.FaultAccess: "no-calendar-access", freshness.FaultCalendar: "calendar-unavailable", freshness.FaultQuota: "over-quota",
	} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			s := withRedis(t, cache.ReaderConfig{}, api.Config{})
			s.commit("u1", "old")
			s.invalidate("u1")
			for _, user := range []string{"u1", "u2"} {
				run, how, err := s.store.Begin(t.Context(), "job", user, summarizer.Day{Date: day, Zone: time.UTC}, true)
				if err != nil || how != freshness.BeginGo {
					t.Fatalf("Begin = %v, %v", how, err)
				}
				failure := freshness.Failure{Fault: fault, Again: 5 * time.Minute}
				if _, err := s.store.Release(t.Context(), run, failure); err != nil {
					t.Fatal(err)
				}
			}
			wantSummary(t, s.get(path), "foreday; fwd=stale; detail="+detail, "old")
			r := s.get(strings.Replace(path, "u1", "u2", 1))
			status := 503
			if fault == freshness.FaultAccess {
				status = 403
			}
			if p := wantProblem(t, r, status); p.Type != "urn:foreday:problem:"+detail {
				t.Errorf("without any copy: %+v", p)
			}
			if status == 503 && r.header.Get("Retry-After") == "" {
				t.Error("it does not say when to ask again")
			}
		})
	}
}

func TestARefreshThatChangedNothingIsNotSentAgain(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{}, api.Config{})
	s.commit("u1", "the same")
	first := s.get(path)
	s.invalidate("u1")
	run, _, err := s.store.Begin(t.Context(), "anew", "u1", summarizer.Day{Date: day, Zone: time.UTC}, true)
	if err != nil {
		t.Fatal(err)
	}
	sum := summaryOf("u1", "the same")
	sum.FetchedAt, sum.GeneratedAt, sum.Generation = noon, noon, sum.Generation+1
	if _, err := s.store.Commit(t.Context(), run, sum); err != nil {
		t.Fatal(err)
	}
	if r := s.get(path, "If-None-Match", first.header.Get("ETag")); r.status != http.StatusNotModified || r.header.Get("Age") != "0" {
		t.Errorf("got %d, of age %s", r.status, r.header.Get("Age"))
	}
}

func TestARequestSaysHowOldASummaryMayBe(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{Wait: 10 * time.Millisecond}, api.Config{})
	if r := s.get(path, "Cache-Control", "only-if-cached"); r.status != http.StatusGatewayTimeout || !strings.Contains(r.body, "not-cached") {
		t.Errorf("only-if-cached, with nothing there: %d %s", r.status, r.body)
	}
	s.commit("u1", "made")
	for _, c := range []struct {
		directives, want string
		status           int
	}{
		{"", "foreday; fwd=stale", http.StatusOK},
		{"only-if-cached", "foreday; fwd=stale", http.StatusOK},
		{"max-stale", "foreday; fwd=stale", http.StatusOK},
		{`no-transform, Max-Stale="1000000000"`, "foreday; fwd=stale", http.StatusOK},
		{"max-stale=1", "", http.StatusServiceUnavailable},
		// Nobody makes a new one in time: there is an old one.
		{"no-cache", "foreday; fwd=stale", http.StatusOK},
		{"max-age=0", "foreday; fwd=stale", http.StatusOK},
		{"max-age=x", "foreday; fwd=stale", http.StatusOK},
	} {
		s.invalidate("u1")
		if r := s.get(path, "Cache-Control", c.directives); r.status != c.status || r.header.Get("Cache-Status") != c.want {
			t.Errorf("%s: %d, Cache-Status %q", c.directives, r.status, r.header.Get("Cache-Status"))
		}
	}
}

func TestSeveralDaysAreReadAtOnce(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{Wait: 10 * time.Millisecond}, api.Config{})
	s.commit("u1", "made")
	list := "/v1/users/u1/summaries?days=1&from="
	r := s.get(list + day.String())
	var got struct {
		Summaries []struct {
			CacheStatus string `json:"cache_status"`
			Summary     summarizer.Summary
		}
	}
	if err := json.Unmarshal([]byte(r.body), &got); err != nil || r.status != http.StatusOK || len(got.Summaries) != 1 {
		t.Fatalf("%d %s: %v", r.status, r.body, err)
	}
	if s := got.Summaries[0]; s.Summary.Headline != "made" || !strings.HasPrefix(s.CacheStatus, "foreday; hit; ttl=") {
		t.Errorf("got %+v", s)
	}
	if r.header.Get("Foreday-Ignored-Fields") != "" {
		t.Errorf("ignored: %s", r.header.Get("Foreday-Ignored-Fields"))
	}
	if r := s.get(list + day.String() + "&FROM=today&day=1&_=1"); r.header.Get("Foreday-Ignored-Fields") != `"FROM";meant="from", "day";meant="days"` {
		t.Errorf("ignored: %s", r.header.Get("Foreday-Ignored-Fields"))
	}
	for query, field := range map[string]string{
		"from=1-1-1": "from", "days=0": "days", "days=32": "days", "days=a": "days", "days=%2B5": "days", "days=05": "days", "days=5%00": "days",
		"days=1&days=2": "days", "from=today&from=tomorrow": "from", "from=today;days=1": "query", "from=%zz": "query",
		"days=31&from=" + day.AddDays(371).String(): "days", "from=" + day.AddDays(401).String(): "from",
	} {
		if p := wantProblem(t, s.get("/v1/users/u1/summaries?"+query), http.StatusBadRequest); p.Field != field {
			t.Errorf("%s: about %q", query, p.Field)
		}
	}
	if r := s.get("/v1/users/u2/summaries?days=1&from=" + day.AddDays(400).String()); r.status != http.StatusServiceUnavailable {
		t.Errorf("the last day that may be asked for: %d %s", r.status, r.body)
	}
	if r := s.get("/v1/users/u2/summaries"); r.status != http.StatusServiceUnavailable {
		t.Errorf("a week of which nobody makes a day: %d", r.status)
	}
}

// One day that cannot be had is no reason to withhold the others.
func TestOfDaysWithoutASummaryTheReasonIsTold(t *testing.T) {
	t.Parallel()
	s := withRedis(t, cache.ReaderConfig{Wait: 10 * time.Millisecond}, api.Config{})
	s.commit("u1", "made")
	r := s.get("/v1/users/u1/summaries?days=3&from=" + day.AddDays(-1).String())
	var got struct {
		Summaries []struct {
			Date        summarizer.Date
			CacheStatus string `json:"cache_status"`
			Summary     *summarizer.Summary
			Problem     *struct {
				Type       string
				Status     int
				RetryAfter int `json:"retry_after"`
			}
		}
	}
	if err := json.Unmarshal([]byte(r.body), &got); err != nil || r.status != http.StatusOK || len(got.Summaries) != 3 {
		t.Fatalf("%d %s: %v", r.status, r.body, err)
	}
	for i, s := range got.Summaries {
		if want := day.AddDays(i - 1); s.Date != want {
			t.Errorf("at %d: %s, want %s", i, s.Date, want)
		}
		switch made := i == 1; {
		case made && (s.Summary == nil || s.Summary.Headline != "made" || s.CacheStatus == "" || s.Problem != nil):
			t.Errorf("the day that is there: %+v", s)
		case !made && (s.Problem == nil || s.Problem.Status != http.StatusServiceUnavailable || s.Problem.RetryAfter < 1 || s.Summary != nil):
			t.Errorf("a day that nobody makes: %+v", s)
		}
	}
}
