package overview_test

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cache/redistest"
	"foreday/cmd/foreday/internal/overview"
	"foreday/events"
)

func serve(t *testing.T, cfg overview.Config) *httptest.Server {
	t.Helper()
	if cfg.Ctx == nil {
		cfg.Ctx = t.Context()
	}
	cfg.Queues = "/dashboard"
	server := httptest.NewServer(overview.NewPage(cfg))
	t.Cleanup(server.Close)
	return server
}

func text(t *testing.T, res *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var b strings.Builder
	if _, err := bufio.NewReader(res.Body).WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func get(t *testing.T, address string) string {
	t.Helper()
	res, err := http.Get(address)
	return text(t, res, err)
}

// A deployment in which everything has gone wrong that the page names.
func TestThePageSaysWhatIsWrongAndWhatToDo(t *testing.T) {
	t.Parallel()
	client := redistest.New(t).Client(t)
	look := func() overview.Deployment {
		d, err := overview.Look(t.Context(), client, events.DefaultStream, events.DefaultGroup)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if d := look(); len(d.Problems) != 1 || !strings.Contains(d.Problems[0].What, "No worker is alive") {
		t.Errorf("of a Redis with nothing in it: %+v", d.Problems)
	}
	for _, args := range [][]any{
		{"SET", "asynq:{foreday:refresh}:paused", "1"},
		{"LPUSH", "asynq:{foreday:refresh}:pending", "a", "b"},
		{"XADD", events.DefaultDeadStream, "*", "user", "<script>alert(1)</script>", "dead_reason", "<b>"},
	} {
		if err := client.Do(t.Context(), args...).Err(); err != nil {
			t.Fatal(err)
		}
	}
	d := look()
	page := get(t, serve(t, overview.Config{Look: func(context.Context) (overview.Deployment, error) { return d, nil }}).URL)
	for _, want := range []string{"No worker is alive", "foreday worker", "foreday:refresh is paused",
		"could not be understood or applied: 1", "foreday dead list"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if d.JobsWaiting != 2 || len(d.Paused) != 1 || d.DeadLetters != 1 {
		t.Errorf("it sees %+v", d)
	}
}

func TestAFailedLookIsSaidAndWhatWasSeenBeforeIsKept(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	server := serve(t, overview.Config{Look: func(context.Context) (overview.Deployment, error) {
		if broken.Load() {
			return overview.Deployment{}, errors.New(`<i>redis does not answer`)
		}
		return overview.Deployment{Processes: map[string]int{"worker": 7}}, nil
	}})
	if page := get(t, server.URL); !strings.Contains(page, "<td>7</td>") || !strings.Contains(page, "Nothing is wrong") {
		t.Errorf("the page is\n%s", page)
	}
	broken.Store(true)
	for page := ""; !strings.Contains(page, "&lt;i&gt;redis does not answer"); {
		page = get(t, server.URL)
		if !strings.Contains(page, "<td>7</td>") {
			t.Fatalf("what was seen before is lost\n%s", page)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestThePageIsKeptUpToDateAndEndsWithTheProgram(t *testing.T) {
	t.Parallel()
	var looks atomic.Int64
	ctx, stop := context.WithCancel(t.Context())
	server := serve(t, overview.Config{Ctx: ctx, Look: func(context.Context) (overview.Deployment, error) {
		return overview.Deployment{JobsWaiting: 1000 + looks.Add(1)}, nil
	}})
	var lines [2]*bufio.Scanner
	for i := range lines {
		res, err := http.Get(server.URL + "/overview/live")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if kind := res.Header.Get("Content-Type"); kind != "text/event-stream" {
			t.Fatalf("it comes as %q", kind)
		}
		lines[i] = bufio.NewScanner(res.Body)
	}
	for i, seen := range lines {
		var found []string
		for len(found) < 2 && seen.Scan() {
			if line := seen.Text(); line != "" && !strings.HasPrefix(line, "data: ") {
				t.Fatalf("a line that is none of an event's: %q", line)
			}
			if _, rest, ok := strings.Cut(seen.Text(), "<b>10"); ok {
				found = append(found, rest[:2])
			}
		}
		if len(found) < 2 || found[0] == found[1] {
			t.Errorf("browser %d sees %v", i, found)
		}
	}
	if n := looks.Load(); n > 4 {
		t.Errorf("two browsers made the page look %d times, for two updates", n)
	}
	stop()
	for _, seen := range lines {
		for seen.Scan() {
		}
	}
}

// A name ends no field of an event, whatever is in it.
func TestNamesFromRedisDoNotForgeEvents(t *testing.T) {
	t.Parallel()
	server := serve(t, overview.Config{Look: func(context.Context) (overview.Deployment, error) {
		return overview.Deployment{Paused: []string{"x\revent: foo\rretry: 99999999\r"},
			Processes: map[string]int{"a\rb": 1, "worker": 1}}, nil
	}})
	res, err := http.Get(server.URL + "/overview/live")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	for lines, line := bufio.NewReader(res.Body), "?"; line != "\n"; {
		if line, err = lines.ReadString('\n'); err != nil || strings.Contains(line, "\r") {
			t.Fatalf("%q %v", line, err)
		}
	}
}

type actions struct {
	*httptest.Server
	client redis.UniversalClient
}

// do posts a form with the token that the page holds, unless change says otherwise.
func (a actions) do(t *testing.T, change func(url.Values, http.Header), fields ...string) (status int, said string) {
	t.Helper()
	_, rest, _ := strings.Cut(get(t, a.URL), `name="token" value="`)
	token, _, _ := strings.Cut(rest, `"`)
	if len(token) < 32 {
		t.Fatal("the page holds no token")
	}
	form := url.Values{"token": {token}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}
	if change != nil {
		change(form, header)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.URL+"/overview/actions", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	res, err := http.DefaultClient.Do(r)
	return res.StatusCode, text(t, res, err)
}

func startActions(t *testing.T) actions {
	client := redistest.New(t).Client(t)
	if _, err := asynq.NewClientFromRedisClient(client).Enqueue(asynq.NewTask("refresh", nil), asynq.Queue("foreday:refresh")); err != nil {
		t.Fatal(err)
	}
	return actions{serve(t, overview.Config{
		Look: func(ctx context.Context) (overview.Deployment, error) {
			return overview.Look(ctx, client, events.DefaultStream, "g")
		},
		Actions: overview.NewActions(client, events.DefaultStream, "secret"), Log: zerolog.Nop(),
	}), client}
}

func TestOperatorsPauseReplayDropAndRefresh(t *testing.T) {
	t.Parallel()
	a := startActions(t)
	want := func(said string, fields ...string) {
		t.Helper()
		if status, page := a.do(t, nil, fields...); status != http.StatusOK || !strings.Contains(page, said) {
			t.Errorf("%q: %d\n%s", fields, status, page)
		}
	}
	holds := func(key string, wanted int64) {
		t.Helper()
		n := a.client.Exists(t.Context(), key).Val()
		if strings.HasPrefix(key, "foreday:dead") || key == events.DefaultStream {
			n = a.client.XLen(t.Context(), key).Val()
		}
		if n != wanted {
			t.Errorf("%s holds %d, want %d", key, n, wanted)
		}
	}
	bury := func() {
		a.client.XAdd(t.Context(), &redis.XAddArgs{Stream: events.DefaultDeadStream, Values: []string{
			"type", "event.created", "user", "u1", "dead_id", "1-1", "dead_reason", "no start", "dead_at", "2026-11-29T00:00:00Z"}})
	}
	const paused = "asynq:{foreday:refresh}:paused"
	for range 2 { // the second time it is so already
		want("is paused", "action", "pause", "queue", "foreday:refresh")
		holds(paused, 1)
	}
	for range 2 {
		want("goes on", "action", "unpause", "queue", "foreday:refresh")
		holds(paused, 0)
	}
	bury()
	want("are gone", "action", "drop")
	holds(events.DefaultDeadStream, 0)
	holds(events.DefaultStream, 0)
	bury()
	want("on the stream again", "action", "replay")
	holds(events.DefaultDeadStream, 0)
	holds(events.DefaultStream, 1)
	want("being made anew", "action", "refresh", "user", "u1")
	holds(events.DefaultStream, 2)
}

// The app was not mended: what is put back is a dead letter again at once.
func TestReplayingPutsBackOnceWhatComesBackAtOnce(t *testing.T) {
	t.Parallel()
	a := startActions(t)
	consumer, err := events.NewConsumer(a.client, events.ConsumerConfig{Stream: events.DefaultStream, Group: "g", Block: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = consumer.Run(ctx, events.HandlerFunc(func(context.Context, []events.Delivery) error { return nil }))
	}()
	defer func() { stop(); <-ended }()
	const letters = 300
	_, err = a.client.Pipelined(t.Context(), func(p redis.Pipeliner) error {
		for range letters {
			p.XAdd(t.Context(), &redis.XAddArgs{Stream: events.DefaultStream, Values: []string{"type", "?", "user", "u1"}})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	dead := func() int64 { return a.client.XLen(t.Context(), events.DefaultDeadStream).Val() }
	for dead() < letters {
		time.Sleep(5 * time.Millisecond)
	}
	if status, page := a.do(t, nil, "action", "replay"); status != http.StatusOK || !strings.Contains(page, "on the stream again") {
		t.Errorf("%d\n%s", status, page)
	}
	if put := a.client.XInfoStream(t.Context(), events.DefaultStream).Val().EntriesAdded; put != 2*letters {
		t.Errorf("%d messages were published and put back, want %d", put, 2*letters)
	}
}

func TestWhatNoPageOfOursAskedForIsRefused(t *testing.T) {
	t.Parallel()
	a := startActions(t)
	pause := []string{"action", "pause", "queue", "foreday:refresh"}
	from := func(origin string) func(url.Values, http.Header) { // of a browser that says no more
		return func(_ url.Values, h http.Header) { h.Del("Sec-Fetch-Site"); h.Set("Origin", origin) }
	}
	for name, c := range map[string]struct {
		change func(url.Values, http.Header)
		fields []string
		want   int
	}{
		"no token":         {func(f url.Values, _ http.Header) { f.Del("token") }, pause, http.StatusForbidden},
		"a wrong token":    {func(f url.Values, _ http.Header) { f.Set("token", strings.Repeat("a", 64)) }, pause, http.StatusForbidden},
		"another site":     {func(_ url.Values, h http.Header) { h.Set("Sec-Fetch-Site", "cross-site") }, pause, http.StatusForbidden},
		"another origin":   {from("http://evil.example"), pause, http.StatusForbidden},
		"a hidden origin":  {from("null"), pause, http.StatusForbidden},
		"a sister site":    {func(_ url.Values, h http.Header) { h.Set("Sec-Fetch-Site", "same-site") }, pause, http.StatusForbidden},
		"another queue":    {nil, []string{"action", "pause", "queue", "default"}, http.StatusBadRequest},
		"another action":   {nil, []string{"action", "flush"}, http.StatusBadRequest},
		"a user that none": {nil, []string{"action", "refresh", "user", "a b"}, http.StatusBadRequest},
		"a long form":      {func(f url.Values, _ http.Header) { f.Set("x", strings.Repeat("x", 1<<20)) }, pause, http.StatusForbidden},
	} {
		if status, said := a.do(t, c.change, c.fields...); status != c.want {
			t.Errorf("%s: %d %s", name, status, said)
		}
	}
	for _, key := range []string{"asynq:{foreday:refresh}:paused", events.DefaultStream} {
		if a.client.Exists(t.Context(), key).Val() != 0 {
			t.Errorf("something was done: %s is there", key)
		}
	}
	// A page that is for looking only does nothing at all.
	plain := serve(t, overview.Config{Look: func(context.Context) (overview.Deployment, error) { return overview.Deployment{}, nil }})
	if res, err := http.Post(plain.URL+"/overview/actions", "application/x-www-form-urlencoded", nil); err != nil || res.StatusCode < 400 {
		t.Errorf("%v %v", res, err)
	}
	if page := get(t, plain.URL); strings.Contains(page, "<form") {
		t.Error("it has forms")
	}
}
