package main

import (
	"bufio"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/api/calendar/v3"

	"foreday/cache/redistest"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/openai/openaitest"
	"foreday/summarizer/sandbox"
)

// canary is in everything that is nobody's but the user's or the operator's: titles,
// descriptions, places, attendees, tokens, keys, passwords.
const canary = "Kanarienvogel"

// stray is in messages that an app should not have sent. They stay on the stream, where
// the app has put them, and go no further.
const stray = "Papagei"

// canaryKey is a FOREDAY_KEY that begins with one.
const canaryKey = canary + canary + canary + "ABCA="

// leak returns what a text holds of a word, in clear or as data is usually written; "" if
// it holds nothing.
func leak(text, word string) string {
	wanted := []string{word, strings.ToUpper(word), strings.ToLower(word), hex.EncodeToString([]byte(word))}
	for shift := range 3 { // base64 depends on what comes before
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(" ", shift) + word))
		if sure := encoded[4 : len(encoded)-4]; len(sure) >= 8 {
			wanted = append(wanted, sure)
		}
	}
	for _, w := range wanted {
		if at := strings.Index(text, w); at >= 0 {
			return text[max(0, at-200):min(len(text), at+200)]
		}
	}
	return ""
}

// parrot stands before the stand-ins, gives out tokens of its own, and may answer in their
// place: whatever it then says, it repeats the request and a canary.
type parrot struct {
	*httptest.Server
	stand *sandbox.Server

	toldTraces atomic.Bool // somebody has sent a traceparent

	mu   sync.Mutex
	path string // part of the path of what goes wrong; "" for nothing
	with squawk
	hits int
}

// squawk answers a request wrongly. good is what the stand-in would have said.
type squawk func(w http.ResponseWriter, r *http.Request, good *httptest.ResponseRecorder)

const tokenOf = canary + "-token-"

func newParrot(t *testing.T) *parrot {
	t.Helper()
	stand, err := sandbox.Start(0, googletest.Config{}, openaitest.Config{Key: canary + "-api-key"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stand.Close)
	p := &parrot{stand: stand}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Server.Close)
	return p
}

func (p *parrot) serve(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Traceparent") != "" || r.Header.Get("Baggage") != "" {
		p.toldTraces.Store(true)
	}
	if user, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "+tokenOf); ok {
		r.Header.Set("Authorization", "Bearer "+p.stand.Google.Token(user))
	}
	good := httptest.NewRecorder()
	if user, ok := strings.CutPrefix(r.URL.Path, "/broker/"); ok {
		_ = json.NewEncoder(good).Encode(map[string]any{"access_token": tokenOf + user, "expires_in": 3600})
	} else {
		p.stand.ServeHTTP(good, r)
	}
	p.mu.Lock()
	with := p.with
	wrong := p.path != "" && strings.Contains(r.URL.Path, p.path)
	if wrong {
		p.hits++
	}
	p.mu.Unlock()
	if wrong {
		with(w, r, good)
		return
	}
	for name, values := range good.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(good.Code)
	_, _ = w.Write(good.Body.Bytes()) // who went away gets nothing
}

// goWrong has requests answered wrongly from now on, and returns what ends it and says how
// many it has befallen.
func (p *parrot) goWrong(path string, with squawk) (heal func() int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.path, p.with, p.hits = path, with, 0
	return func() int {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.path = ""
		return p.hits
	}
}

// unasked says so until somebody has asked for what goes wrong.
func (p *parrot) unasked() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hits == 0 {
		return "nobody has asked"
	}
	return ""
}

// publishTo tells the stream that something of the user's has changed.
func publishTo(t *testing.T, client *redis.Client, user string) {
	t.Helper()
	if err := client.XAdd(t.Context(), xadd("foreday:events", "type", "calendar.changed", "user", user)).Err(); err != nil {
		t.Fatal(err)
	}
}

type object = map[string]any

// refuse answers with a status, and an error as Google and models write it. code is what
// the error is called.
func refuse(status int, code string) squawk {
	return func(w http.ResponseWriter, r *http.Request, _ *httptest.ResponseRecorder) {
		said := canary + " " + r.Header.Get("Authorization") + " " + r.URL.String()
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Retry-After", canary)
		w.Header().Set("X-Request-Id", canary)
		w.Header().Set("WWW-Authenticate", `Bearer realm="`+canary+`"`)
		w.WriteHeader(status)
		called := any(code)
		if !strings.Contains(r.URL.Path, chat) {
			called = status // Google's are numbers
		}
		_ = json.NewEncoder(w).Encode(object{"error": object{
			"code": called, "type": canary, "message": said, "status": said, "param": canary,
			"errors": []object{{"domain": canary, "reason": code, "message": said, "location": canary}},
		}})
	}
}

// write answers 200 with a body.
func write(body string) squawk {
	return func(w http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	}
}

// spoil answers as the stand-in would, but with each value that change is true of replaced.
func spoil(change func(name string, value any) bool) squawk {
	var in func(name string, v any) any
	in = func(name string, v any) any {
		switch v := v.(type) {
		case object:
			for k := range v {
				v[k] = in(k, v[k])
			}
			return v
		case []any:
			for i := range v {
				v[i] = in(name, v[i])
			}
			return v
		}
		if change(name, v) {
			return canary
		}
		return v
	}
	return func(w http.ResponseWriter, _ *http.Request, good *httptest.ResponseRecorder) {
		var body any
		if err := json.Unmarshal(good.Body.Bytes(), &body); err != nil {
			panic(err)
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(in("", body))
	}
}

func everything(string, any) bool { return true }

func texts(_ string, value any) bool { _, ok := value.(string); return ok }

func named(names string) func(string, any) bool {
	return func(name string, _ any) bool { return strings.Contains(" "+names+" ", " "+name+" ") }
}

// redirect sends the caller to an address.
func redirect(address string) squawk {
	return func(w http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder) {
		w.Header().Set("Location", address)
		w.WriteHeader(http.StatusFound)
	}
}

// babble answers with what is no HTTP.
func babble(w http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder) {
	if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_, _ = io.WriteString(c, canary+"\r\n\r\n")
		_ = c.Close()
	}
}

// reply is a model's, which says no plan but this.
func reply(content, finish string) squawk {
	body, _ := json.Marshal(object{"id": canary, "object": canary, "model": canary, "system_fingerprint": canary,
		"choices": []object{{"index": 0, "finish_reason": finish, "message": object{"role": "assistant", "content": content, "refusal": canary}}},
		"usage":   object{"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}})
	return write(string(body))
}

const (
	broker, list, settings, chat = "/broker/", "/events", "/settings", "/chat/completions"
)

// squawks are all that may go wrong upstream. Those that have everybody wait come last, and
// calendars and models take turns, so that neither's breaker opens.
var squawks = []struct {
	name, path string
	with       squawk
	commands   string // that are run, too, as they ask upstream by themselves
	waits      bool   // readers would wait: it is asked for by a message
}{
	{"the broker fails", broker, refuse(500, canary), "doctor get explain why", false},
	{"the model's request is bad", chat, refuse(400, canary), "", false},
	{"the broker knows nobody", broker, refuse(404, canary), "", false},
	{"the model's key is wrong", chat, refuse(401, canary), "", false},
	{"the broker's token is none", broker, write(`{"access_token":"` + canary + `\n\u0000"}`), "", false},
	{"the model fails", chat, refuse(500, canary), "", false},
	{"the broker's time is none", broker, write(`{"access_token":"a","expiry":"` + canary + `","expires_in":"` + canary + `"}`), "", false},
	{"the model chats", chat, reply(canary, "stop"), "", false},
	{"the broker writes no JSON", broker, write(canary), "", false},
	{"the model invents", chat, reply(`{"order":["`+canary+`"],"headline":["`+canary+`"],"`+canary+`":1}`, "stop"), "", false},
	{"Google revokes", list, refuse(401, canary), "", false},
	{"the model stops early", chat, reply(canary, canary), "", false},
	{"Google forbids", list, refuse(403, canary), "", false},
	{"the model's server babbles", chat, babble, "", false},
	{"Google rejects", list, refuse(400, canary), "", false},
	{"the model's server redirects", chat, redirect("http://%zz" + canary), "", false},
	{"Google fails", list, refuse(503, canary), "", false},
	{"the model's server writes a page", chat, write("<html>" + canary), "", false},
	{"Google babbles", list, babble, "", false},
	{"the model's types are wrong", chat, spoil(everything), "", false},
	{"Google redirects", list, redirect("http://%zz" + canary), "", false},
	{"Google's types are wrong", list, spoil(everything), "", false},
	{"the model has moved", chat, redirect("/" + canary), "", false},
	{"Google's texts are wrong", list, spoil(texts), "", false},
	{"Google's times are none", list, spoil(named("dateTime date")), "explain", false},
	{"Google's zones are none", list, spoil(named("timeZone")), "", false},
	{"Google's settings are none", settings, spoil(texts), "", false},
	{"the model has no credit", chat, refuse(429, "insufficient_quota"), "doctor", false},
	{"Google is out of quota", list, refuse(403, "rateLimitExceeded"), "why", true},
}

// canaryTime is when canaries' events are: not now, so that nothing else has their times.
func canaryTime() time.Time {
	day := time.Now().UTC().Truncate(24 * time.Hour)
	if hour := time.Now().UTC().Hour(); hour > 10 && hour < 17 {
		return day.Add(3*time.Hour + 37*time.Minute)
	}
	return day.Add(13*time.Hour + 37*time.Minute)
}

// addUser gives a user a calendar whose every text is a canary.
func (p *parrot) addUser(t *testing.T, user string) {
	t.Helper()
	p.stand.Google.AddUser(user, time.UTC)
	start := canaryTime()
	at := func(at time.Time) *calendar.EventDateTime {
		return &calendar.EventDateTime{DateTime: at.Format(time.RFC3339)}
	}
	for _, days := range []int{0, 1, -7, -14} {
		if _, err := p.stand.Google.Insert(user, "primary", &calendar.Event{
			Summary: canary + "-title", Description: canary + "-description", Location: canary + "-place",
			Attendees: []*calendar.EventAttendee{{Email: canary + "@example.com", DisplayName: canary}},
			Start:     at(start.AddDate(0, 0, days)), End: at(start.AddDate(0, 0, days).Add(time.Hour)),
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// secrets are settings with a canary in all that is secret.
func (p *parrot) secrets(server *redistest.Server) env {
	own := strings.Replace(p.URL, "http://", "http://app:"+canary+"-password@", 1)
	return env{
		"REDIS_URL=redis://app:" + canary + "-password@" + server.Addr(), "FOREDAY_KEY=" + canaryKey, "FOREDAY_COOLDOWN=0s",
		"GOOGLE_CALENDAR_ENDPOINT=" + p.URL, "FOREDAY_TOKEN_URL=" + own + "/broker", "GOOGLE_OAUTH_CLIENT_SECRET=" + canary,
		"OPENAI_BASE_URL=" + p.URL + "/v1", "OPENAI_API_KEY=" + canary + "-api-key", "OPENAI_MODEL=stand-in",
		"FOREDAY_API_TOKEN=" + canary + "-api-token", "FOREDAY_DASHBOARD_USER=ann", "FOREDAY_DASHBOARD_PASSWORD=" + canary,
		"FOREDAY_WITNESS=true", "FOREDAY_WITNESS_ONE_IN=1", "LOG_LEVEL=debug", "PORT=0",
	}
}

// withSecrets has a Redis take that password.
func withSecrets() redistest.Option {
	return redistest.WithConfig("user default on nopass ~* &* +@all", "user app on >"+canary+"-password ~* &* +@all")
}

// overhear returns what Redis is told from now on, which includes what is published, what
// scripts write, and what is gone again.
func overhear(t *testing.T, server *redistest.Server) (heard func() string) {
	t.Helper()
	conn, err := net.Dial("tcp", server.Addr())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "MONITOR\r\n"); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(conn)
	if ok, err := lines.ReadString('\n'); err != nil || ok != "+OK\r\n" {
		t.Fatalf("MONITOR: %q, %v", ok, err)
	}
	var all strings.Builder
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			line, err := lines.ReadString('\n')
			if _, command, ok := strings.Cut(line, "] "); ok { // after its time and whence it came
				all.WriteString(command)
			}
			if err != nil || strings.Contains(line, `"the end"`) {
				return
			}
		}
	}()
	stop := sync.OnceFunc(func() {
		_ = server.Client(t).Echo(t.Context(), "the end").Err()
		<-done
		conn.Close()
	})
	t.Cleanup(func() { conn.Close(); <-done })
	return func() string { stop(); return all.String() }
}

// held is all that Redis holds, in clear, each value on a line of its key.
func held(t *testing.T, client *redis.Client) string {
	t.Helper()
	var all strings.Builder
	read := map[string][]any{
		"string": {"GET"}, "hash": {"HGETALL"}, "set": {"SMEMBERS"}, "list": {"LRANGE", 0, -1}, "zset": {"ZRANGE", 0, -1, "WITHSCORES"},
		"stream": {"XRANGE", "-", "+"},
	}
	for _, key := range client.Keys(t.Context(), "*").Val() {
		command, ok := read[client.Type(t.Context(), key).Val()]
		if !ok {
			continue // it has ended
		}
		value, err := client.Do(t.Context(), append([]any{command[0], key}, command[1:]...)...).Result()
		if err != nil && err != redis.Nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s: %v\n", key, value)
	}
	return all.String()
}

// wantNone reports what a text holds of the words.
func wantNone(t *testing.T, what, text string, words ...string) {
	t.Helper()
	for _, word := range words {
		if found := leak(text, word); found != "" {
			t.Errorf("%s: %q is in …%s…", what, word, found)
		}
	}
}

// Must-show 5: whatever fails, and however it is asked, nothing that is the user's or the
// operator's is told to anybody but who may read it.
func TestNoCanaryIsHeardOutsideOfSummaries(t *testing.T) {
	t.Parallel()
	server, p, collector := redistest.Start(t, withSecrets()), newParrot(t), newCollector(t, nil)
	heard := overhear(t, server)
	e := p.secrets(server).with(collector.env()...)
	up := start(t, e, "up")
	line := strings.ReplaceAll(up.says(t, `"api":`), "localhost", "127.0.0.1")
	api, root := addressIn(t, line, "api"), addressIn(t, line, "overview")
	bearer := []string{"Authorization", "Bearer " + canary + "-api-token"}
	errors := func(what string, got got) {
		t.Helper()
		if got.StatusCode >= 400 {
			wantNone(t, what, got.body, canary, stray)
		}
		wantNone(t, what+": header", fmt.Sprint(got.Header), canary, stray)
	}
	for i, s := range squawks {
		user := fmt.Sprintf("u%d", i)
		p.addUser(t, user)
		heal := p.goWrong(s.path, s.with)
		if s.waits {
			publishTo(t, server.Client(t), user)
			eventually(t, p.unasked)
		} else {
			got := get(t, api+"/users/"+user+"/summaries/today", bearer...)
			errors(s.name, got)
			t.Logf("%s: %s", s.name, got.Status)
		}
		for command := range strings.FieldsSeq(s.commands) {
			args := []string{command, user}
			if command == "doctor" || command == "explain" {
				args = []string{command, "--user", user}
			}
			r := foreday(t, e, args...)
			wantNone(t, s.name+": "+command, r.stderr, canary)
			if forReaders := command == "get" || command == "explain"; !forReaders || r.status != exitDone {
				wantNone(t, s.name+": "+command, r.stdout, canary)
			}
		}
		if hits := heal(); hits == 0 {
			t.Errorf("%s: nobody has asked", s.name)
		}
	}
	if leak(get(t, api+"/users/u1/summaries/today", bearer...).body, canary) == "" {
		t.Error("a reader is not told the title")
	}
	strays(t, server, api, root, e, errors)
	for _, path := range []string{"metrics", "readyz", "healthz", "dashboard/api/queues", "dashboard/api/servers", "",
		"dashboard/api/queues/foreday:refresh/retry_tasks", "dashboard/api/queues/foreday:read/retry_tasks",
		"dashboard/api/queues/foreday:refresh/archived_tasks", "dashboard/api/queues/foreday:read/active_tasks"} {
		login := []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("ann:"+canary))}
		if path == "metrics" {
			login = bearer
		}
		got := get(t, root+path, login...)
		if got.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, got.Status)
		}
		wantNone(t, "/"+path, got.body, canary, stray)
	}
	for _, command := range []string{"stats --json", "why u1"} {
		r := mustDo(t, e, strings.Fields(command)...)
		wantNone(t, command, r.stdout+r.stderr, canary, stray)
	}
	wantNone(t, "what Redis holds", held(t, server.Client(t)), canary)
	server.Stop(t)
	errors("without Redis", get(t, api+"/users/u1/summaries/2026-01-05", bearer...))
	up.stop(t)
	told, at := heard(), canaryTime()
	wantNone(t, "what Redis was told", told, canary, at.Format("T15:04"), strconv.FormatInt(at.Unix(), 10))
	if !strings.Contains(told, "foreday:{u1}:summary:") {
		t.Error("Redis was told no summary")
	}
	wantNone(t, "the log", up.output(), canary, stray)
	wantFailuresTraced(t, p, collector)
}

// wantFailuresTraced checks that the spans of what failed were sent, say how in words that
// are ours, and nothing else.
func wantFailuresTraced(t *testing.T, p *parrot, c *traceCollector) {
	t.Helper()
	wantNone(t, "traces", c.written(), canary, stray, "traceparent")
	failures := map[string]bool{}
	for _, s := range c.all() {
		if s.Status.GetCode() == tracepb.Status_STATUS_CODE_ERROR {
			failures[s.Status.Message] = true
		}
		if len(s.Events) > 0 {
			t.Errorf("a span has events: %v", s)
		}
	}
	known := []string{"lost", "access", "calendar", "quota", "deferred", "cancelled", "failed"}
	for failure := range failures {
		if !slices.Contains(known, failure) {
			t.Errorf("a span fails with %q", failure)
		}
	}
	if !failures["access"] || !failures["calendar"] || !failures["failed"] {
		t.Errorf("spans fail with %v only", failures)
	}
	if p.toldTraces.Load() {
		t.Error("Google or the model was told of a trace")
	}
}

// strays has an app publish what makes no sense, and write where nothing of it belongs. Its
// messages are kept as they are, among the dead letters, for whoever mends the app.
func strays(t *testing.T, server *redistest.Server, api, root string, e env, errors func(string, got)) {
	t.Helper()
	client := server.Client(t)
	wrong := [][]string{
		{"type", stray, "user", "u1"}, {"type", "calendar.changed", "user", stray + " {" + stray + "}"}, {stray, stray},
		{"type", "event.created", "user", "u1", "event", "e1", "start", stray, "end", stray},
		{"type", "event.created", "user", "u1", "event", stray + "\n", "start", "2026-11-23", "end", "2026-11-24"},
		{"type", "event.created", "user", "u1", "calendar", stray + "\x00", "event", "e1", "start", "2026-11-23", "end", "2026-11-24"},
		{"type", "calendar.changed", "user", "u2", "title", stray, "traceparent", stray},
	}
	for _, values := range wrong {
		if err := client.XAdd(t.Context(), xadd("foreday:events", values...)).Err(); err != nil {
			t.Fatal(err)
		}
		fields := map[string]string{}
		for i := 0; i < len(values); i += 2 {
			fields[values[i]] = values[i+1]
		}
		body, _ := json.Marshal(fields)
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, api+"/events", strings.NewReader(string(body)))
		r.Header.Set("Authorization", "Bearer "+canary+"-api-token")
		if res, err := http.DefaultClient.Do(r); err == nil { // what it is answered, it has said itself
			res.Body.Close()
		}
	}
	eventually(t, func() string {
		if n := client.XLen(t.Context(), "foreday:dead").Val(); n < int64(len(wrong)-1) {
			return fmt.Sprintf("%d dead letters", n)
		}
		return ""
	})
	wrongLogin := base64.StdEncoding.EncodeToString([]byte(stray + ":" + stray))
	errors("another login", get(t, root+"dashboard/", "Authorization", "Basic "+wrongLogin))
	errors("another token", get(t, api+"/users/u1/summaries/today", "Authorization", "Bearer "+stray))
	get(t, api+"/users/u1/summaries/"+stray+"?"+stray+"="+stray, "Authorization", "Bearer "+canary+"-api-token", "Cache-Control", stray)
	for _, command := range []string{"worker", "why u1"} {
		r := foreday(t, e.with("REDIS_URL=redis://app:"+stray+"-password%zz@"+server.Addr()), strings.Fields(command)...)
		wantNone(t, command+" with an address that is none", r.stdout+r.stderr, stray, canary)
		if r.status != exitUsage {
			t.Errorf("%s with an address that is none: status %d: %s", command, r.status, r.stderr)
		}
	}
	r := foreday(t, e.with("REDIS_URL=redis://app:"+stray+"@"+server.Addr()), "why", "u1")
	wantNone(t, "why with another password", r.stdout+r.stderr, stray, canary)
	if r.status != exitFail {
		t.Errorf("why with another password: status %d: %s", r.status, r.stderr)
	}
}
