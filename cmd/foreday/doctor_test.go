package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cache/redistest"
	"foreday/cmd/foreday/internal/doctor"
	"foreday/cmd/foreday/internal/heartbeat"
	"foreday/cmd/foreday/internal/overview"
	"foreday/cmd/foreday/internal/terminal"
	"foreday/events"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/openai/openaitest"
	"foreday/summarizer/sandbox"
)

// ward is a deployment that is well, until a fault is injected.
type ward struct {
	server *redistest.Server
	client *redis.Client // as its administrator
	stand  *sandbox.Server
	flags  []string
}

// newWard starts all that foreday needs, and has a worker seen alive.
func newWard(t *testing.T, model openaitest.Config, options ...redistest.Option) *ward {
	t.Helper()
	server := redistest.Start(t, append([]redistest.Option{redistest.WithConfig("appendonly yes", "appendfsync no")}, options...)...)
	stand, err := sandbox.Start(0, googletest.Config{}, model)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stand.Close)
	stand.Google.AddUser("u1", time.UTC)
	w := &ward{server: server, client: server.Client(t), stand: stand}
	w.flags = []string{"--redis-url", server.URL(), "--token-url", stand.URL + "/broker", "--google-endpoint", stand.URL,
		"--openai-base-url", stand.URL + "/v1", "--openai-model", "stand-in", "--user", "u1"}
	w.mustDo(t, "XGROUP", "CREATE", events.DefaultStream, events.DefaultGroup, "0", "MKSTREAM")
	ctx, stop := context.WithCancel(context.Background())
	beating := make(chan struct{})
	go func() {
		defer close(beating)
		heartbeat.Run(ctx, w.client, "worker", true, prometheus.NewRegistry())
	}()
	t.Cleanup(func() { stop(); <-beating })
	eventually(t, func() string {
		if beats, err := heartbeat.Read(t.Context(), w.client); err != nil || len(beats) == 0 {
			return fmt.Sprintf("no worker is seen: %v", err)
		}
		return ""
	})
	return w
}

// mustDo sends a command as the administrator.
func (w *ward) mustDo(t *testing.T, command ...any) {
	t.Helper()
	if err := w.client.Do(t.Context(), command...).Err(); err != nil {
		t.Fatalf("%v: %v", command, err)
	}
}

// publish puts nothing of sense on the stream.
func (w *ward) publish(t *testing.T) {
	t.Helper()
	w.mustDo(t, "XADD", events.DefaultStream, "*", "type", "?")
}

// deliver hands the oldest message out to a consumer so many times.
func (w *ward) deliver(t *testing.T, consumer string, times int, idle time.Duration) {
	t.Helper()
	w.publish(t)
	w.mustDo(t, "XREADGROUP", "GROUP", events.DefaultGroup, consumer, "STREAMS", events.DefaultStream, ">")
	id := w.client.XRange(t.Context(), events.DefaultStream, "-", "+").Val()[0].ID
	w.mustDo(t, "XCLAIM", events.DefaultStream, events.DefaultGroup, consumer, 0, id, "IDLE", idle.Milliseconds(), "RETRYCOUNT", times)
}

// ask runs doctor and returns what it found, by check.
func (w *ward) ask(t *testing.T, e env, flags ...string) (found map[string]doctor.Finding, r result) {
	t.Helper()
	r = foreday(t, e, append(append([]string{"doctor", "--json"}, w.flags...), flags...)...)
	var said diagnosis
	if err := json.Unmarshal([]byte(r.stdout), &said); err != nil {
		t.Fatalf("status %d, %v: %s%s", r.status, err, r.stdout, r.stderr)
	}
	found = map[string]doctor.Finding{}
	for _, f := range said.Findings {
		found[f.Check] = f
	}
	if said.Well != (r.status == exitDone) {
		t.Errorf("it says %v and ends with status %d", said.Well, r.status)
	}
	return found, r
}

func TestDoctorFindsNothingWrongWithWhatIsWell(t *testing.T) {
	t.Parallel()
	w := newWard(t, openaitest.Config{})
	before := w.client.Keys(t.Context(), "*").Val()
	found, r := w.ask(t, nil)
	for _, f := range found {
		if f.Level != doctor.OK || f.Cure != "" {
			t.Errorf("%s is %s: %s: %s", f.Check, f.Level, f.Found, f.Cure)
		}
	}
	checks := strings.Fields("settings redis eviction memory persistence rights clock key processes stream queues google model")
	for _, check := range append(checks, "dead letters") {
		if _, ok := found[check]; !ok {
			t.Errorf("%s was not looked at", check)
		}
	}
	if r.status != exitDone || r.stderr != "" {
		t.Errorf("status %d: %s", r.status, r.stderr)
	}
	for _, key := range w.client.Keys(t.Context(), "*").Val() {
		if !strings.Contains(strings.Join(before, " "), key) && !strings.Contains(key, "{quota:") && !strings.Contains(key, "foreday:probe:") {
			t.Errorf("it left %s behind", key)
		}
	}
	if n := w.stand.Model.Counts(); n.Requests != 1 || n.PromptTokens+n.CompletionTokens > 1000 {
		t.Errorf("the model was asked %d times, and took %d and %d tokens", n.Requests, n.PromptTokens, n.CompletionTokens)
	}
}

// fault is something that goes wrong, and what doctor must say of it.
type fault struct {
	options []redistest.Option
	model   openaitest.Config
	env     env
	flags   func(*ward) []string // besides the usual ones, which they override
	inject  func(*testing.T, *ward)

	check string
	level doctor.Level // Wrong if not given
	cause []string     // what Found must hold
	cure  []string
	page  string // what the operators' page says of it, too
}

// twelve are the faults of the README's table, in its order.
var twelve = []string{
	"Redis hangs", "Redis is full", "Redis is read-only", "Redis evicts", "Redis's clock", "Google revoked", "Google out of quota",
	"model out of credit", "model always 429", "a queue is paused", "a poison message", "a forgotten group",
}

// faults are those that an operator must be helped with.
var faults = map[string]fault{
	"Redis hangs": {
		inject: func(t *testing.T, w *ward) {
			w.server.Freeze(t)
			t.Cleanup(func() { w.server.Thaw(t) })
		},
		check: "redis", cause: []string{"does not answer"}, cure: []string{"start it", "what keeps it busy"},
	},
	"Redis is full": {
		inject: func(t *testing.T, w *ward) { w.mustDo(t, "CONFIG", "SET", "maxmemory", "1mb") },
		check:  "redis", cause: []string{"full"}, cure: []string{"raise its maxmemory"},
	},
	"Redis is read-only": {
		inject: func(t *testing.T, w *ward) { w.mustDo(t, "REPLICAOF", "127.0.0.1", "1") },
		check:  "redis", cause: []string{"replica"}, cure: []string{"master"},
	},
	"Redis evicts": {
		inject: func(t *testing.T, w *ward) { w.mustDo(t, "CONFIG", "SET", "maxmemory-policy", "allkeys-lru") },
		check:  "eviction", cause: []string{"evicts", "allkeys-lru"}, cure: []string{"maxmemory-policy noeviction"},
	},
	"Redis keeps nothing": {
		inject: func(t *testing.T, w *ward) { w.mustDo(t, "CONFIG", "SET", "appendonly", "no") },
		check:  "persistence", level: doctor.Warning, cause: []string{"append-only"}, cure: []string{"appendonly yes"},
	},
	"Redis's clock": {
		options: []redistest.Option{redistest.WithClock(time.Minute)},
		check:   "clock", cause: []string{"ahead", "s"}, cure: []string{"NTP"},
	},
	"Redis has no scripts": {
		options: []redistest.Option{redistest.WithConfig(`rename-command EVALSHA ""`)},
		check:   "rights", cause: []string{"does not have EVALSHA"}, cure: []string{"use a Redis"},
	},
	"the user's rights": {
		options: []redistest.Option{redistest.WithConfig("user default on nopass ~* &* +@all", "user app on nopass ~* &* +@all -xreadgroup")},
		inject:  func(t *testing.T, w *ward) { w.mustDo(t, "ACL", "SETUSER", "default", "-xreadgroup") },
		check:   "rights", cause: []string{"publisher, reader and operator, not of a worker", "XREADGROUP foreday:events"},
		cure: []string{"scripts/redis acl worker"},
	},
	"another key": {
		env: env{"FOREDAY_KEY=" + key},
		inject: func(t *testing.T, w *ward) {
			seal, err := cache.NewSeal(cache.NewKey())
			if err != nil {
				t.Fatal(err)
			}
			if err := cache.AgreeOnKey(t.Context(), w.client, seal); err != nil {
				t.Fatal(err)
			}
		},
		check: "key", cause: []string{"another key"}, cure: []string{"NEW,OLD"},
	},
	"Google revoked": {
		inject: func(_ *testing.T, w *ward) {
			w.stand.Google.Inject(googletest.Fault{Method: "settings.list", Status: 401})
			w.stand.Google.Inject(googletest.Fault{Method: "calendarList.list", Status: 401})
		},
		check: "google", cause: []string{"may not be read", "401"}, cure: []string{"grant access again"},
	},
	"the broker refuses": {
		flags: func(*ward) []string { return []string{"--user", "u7"} },
		check: "google", cause: []string{"may not be read", "404"}, cure: []string{"access"},
	},
	"Google out of quota": {
		inject: func(_ *testing.T, w *ward) {
			w.stand.Google.Inject(googletest.Fault{Method: "settings.list", Status: 403, Reason: "rateLimitExceeded", RetryAfter: time.Minute})
		},
		check: "google", level: doctor.Warning, cause: []string{"out of quota"}, cure: []string{"FOREDAY_GOOGLE_RPM"},
	},
	"Google unreached": {
		flags: func(*ward) []string { return []string{"--google-endpoint", "http://" + nowhere, "--user", ""} },
		check: "google", cause: []string{nowhere, "does not answer"}, cure: []string{"firewall"},
	},
	"model out of credit": {
		inject: func(_ *testing.T, w *ward) {
			w.stand.Model.Inject(openaitest.Fault{Kind: openaitest.InsufficientQuota})
		},
		check: "model", cause: []string{"no credit left"}, cure: []string{"add some"},
	},
	"model always 429": {
		inject: func(_ *testing.T, w *ward) { w.stand.Model.Inject(openaitest.Fault{Kind: openaitest.TooManyRequests}) },
		check:  "model", level: doctor.Warning, cause: []string{"over a limit"}, cure: []string{"FOREDAY_OPENAI_RPM"},
	},
	"the model's key": {
		model: openaitest.Config{Key: "another"},
		check: "model", cause: []string{"unauthorized"}, cure: []string{"OPENAI_API_KEY"},
	},
	"no such model": {
		model: openaitest.Config{Models: []string{"large"}},
		check: "model", cause: []string{"404"}, cure: []string{"OPENAI_MODEL"},
	},
	"a model that chats": {
		inject: func(_ *testing.T, w *ward) { w.stand.Model.Inject(openaitest.Fault{Kind: openaitest.Prose}) },
		check:  "model", cause: []string{"cannot be used"}, cure: []string{"OPENAI_MODEL"},
	},
	"model unreached": {
		flags: func(*ward) []string { return []string{"--openai-base-url", "http://" + nowhere + "/v1"} },
		check: "model", cause: []string{"does not answer"}, cure: []string{"OPENAI_BASE_URL"},
	},
	"a queue is paused": {
		inject: func(t *testing.T, w *ward) {
			inspector := asynq.NewInspectorFromRedisClient(w.client)
			w.mustDo(t, "SADD", "asynq:queues", "foreday:refresh")
			if err := inspector.PauseQueue("foreday:refresh"); err != nil {
				t.Fatal(err)
			}
		},
		check: "queues", cause: []string{"foreday:refresh is paused"}, cure: []string{"DEL 'asynq:{foreday:refresh}:paused'"},
		page: "foreday:refresh is paused",
	},
	"a forgotten group": {
		inject: func(t *testing.T, w *ward) {
			w.mustDo(t, "XGROUP", "CREATE", events.DefaultStream, "trial", "0")
			w.publish(t)
		},
		check: "group", cause: []string{`"trial"`, "holds up trimming"}, cure: []string{"XGROUP DESTROY foreday:events trial"},
	},
	"a poison message": {
		inject: func(t *testing.T, w *ward) {
			w.mustDo(t, "XADD", events.DefaultDeadStream, "*", "type", "?", "dead_id", "1-1", "dead_reason", "type is none", "dead_at",
				"2026-11-23T10:00:00Z")
		},
		check: "dead letters", cause: []string{"1 message that made no sense"}, cure: []string{"dead list", "dead replay"},
		page: "could not be understood or applied: 1",
	},
	"a message that kills": {
		inject: func(t *testing.T, w *ward) { w.deliver(t, "c", 9, 0) },
		check:  "poison", cause: []string{"9 times"}, cure: []string{"XACK foreday:events foreday"},
	},
	"a message in hand": {
		inject: func(t *testing.T, w *ward) { w.deliver(t, "c", 1, 0) },
		check:  "stream", level: doctor.OK, cause: []string{"1 not acknowledged"},
	},
	"a dead consumer": {
		inject: func(t *testing.T, w *ward) { w.deliver(t, "c", 1, 2*time.Minute) },
		check:  "stream", cause: []string{"1 message left", "died"}, cure: []string{"see that a worker of this stream"},
	},
	"no worker": {
		inject: func(t *testing.T, w *ward) {
			w.publish(t)
			w.mustDo(t, "DEL", "foreday:processes")
		},
		check: "stream", cause: []string{"no worker is alive"}, cure: []string{"foreday worker"},
	},
	"another group than the workers'": {
		flags:  func(*ward) []string { return []string{"--group", "other"} },
		inject: func(t *testing.T, w *ward) { w.publish(t) },
		check:  "stream", cause: []string{"group other does not exist"}, cure: []string{"FOREDAY_GROUP"},
	},
}

// mayBeWrongToo are what a fault may make wrong besides itself.
var mayBeWrongToo = map[string]string{
	"Redis is full": "memory key queues", "another group than the workers'": "group", "Redis's clock": "processes",
}

// Must-show 6. With -v, it prints what is said of each.
func TestDoctorNamesTheCauseAndTheCureOfEachFault(t *testing.T) {
	t.Parallel()
	var said sync.Map // name to doctor.Finding
	t.Run("faults", func(t *testing.T) {
		for name, f := range faults {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				said.Store(name, f.isNamed(t, name))
			})
		}
	})
	rows := tableOfREADME(t, "what goes wrong")
	if len(rows) != len(twelve) {
		t.Errorf("the README's table has %d rows, want %d", len(rows), len(twelve))
	}
	for i, name := range twelve {
		found, ok := said.Load(name)
		if !ok {
			t.Fatalf("no fault is called %q", name)
		}
		got := found.(doctor.Finding)
		t.Logf("%s | %s: %s | %s", name, got.Check, got.Found, got.Cure)
		if i >= len(rows) {
			continue
		}
		if row := rows[i]; row[0] != name || !matches(row[1], got.Check+": "+got.Found) || !matches(row[2], strings.ReplaceAll(got.Cure, "`", "")) {
			t.Errorf("of %s the README says %q and %q, and doctor\n%s: %s\n%s", row[0], row[1], row[2], got.Check, got.Found, got.Cure)
		}
	}
}

// tableOfREADME returns the cells of the table whose head begins so.
func tableOfREADME(t *testing.T, head string) (rows [][]string) {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "\n| "+head)
	if !found {
		t.Fatalf("the README has no table of %s", head)
	}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		switch {
		case strings.TrimSpace(line) == "":
			return rows
		case strings.HasPrefix(line, "| ") && len(cells) == 3:
			for i, cell := range cells {
				cells[i] = strings.ReplaceAll(strings.TrimSpace(cell), "`", "")
			}
			rows = append(rows, cells)
		}
	}
	return rows
}

// isNamed injects the fault and checks what is said of it.
func (f fault) isNamed(t *testing.T, name string) doctor.Finding {
	t.Helper()
	w := newWard(t, f.model, f.options...)
	if f.inject != nil {
		f.inject(t, w)
	}
	var flags []string
	if f.flags != nil {
		flags = f.flags(w)
	}
	found, r := w.ask(t, f.env, flags...)
	got, want := found[f.check], f.level
	if want == "" {
		want = doctor.Wrong
	}
	if got.Level != want {
		t.Errorf("%s is %q: %s", f.check, got.Level, r.stdout)
	}
	for _, part := range f.cause {
		if !strings.Contains(got.Found, part) {
			t.Errorf("%q is not named as the cause: %s", part, got.Found)
		}
	}
	for _, part := range f.cure {
		if !strings.Contains(got.Cure, part) {
			t.Errorf("%q is not named as the cure: %s", part, got.Cure)
		}
	}
	for check, other := range found {
		if other.Level == doctor.Wrong && check != f.check && !strings.Contains(mayBeWrongToo[name], check) {
			t.Errorf("%s is wrong, too: %s", check, other.Found)
		}
	}
	if (want == doctor.Wrong) != (r.status == exitFail) {
		t.Errorf("status %d", r.status)
	}
	if r.status == exitFail && (strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, f.check)) {
		t.Errorf("stderr is %q", r.stderr)
	}
	if f.page != "" {
		now, err := overview.Look(t.Context(), w.client, events.DefaultStream, events.DefaultGroup)
		if err != nil || !slices.ContainsFunc(now.Problems, func(p overview.Problem) bool {
			return strings.Contains(p.What, f.page) && p.Do != ""
		}) {
			t.Errorf("the page does not say %q: %+v, %v", f.page, now.Problems, err)
		}
	}
	return got
}

// Its lines fit a terminal, and hide nothing that somebody else wrote.
func TestDoctorPrintsOneLineForEachCheck(t *testing.T) {
	t.Parallel()
	w := newWard(t, openaitest.Config{})
	w.mustDo(t, "XGROUP", "CREATE", events.DefaultStream, "evil\x1b[2J\u202e$(reboot)", "0")
	w.publish(t)
	r := foreday(t, nil, append([]string{"doctor"}, w.flags...)...)
	if strings.Count(r.stdout, "$(reboot)") != 1 {
		t.Errorf("whoever copies the cure does what a stranger has written:\n%s", r.stdout)
	}
	if r.status != exitFail || !strings.Contains(r.stdout, "wrong    group ") || !strings.Contains(r.stdout, "ok       redis ") {
		t.Errorf("status %d: %s", r.status, r.stdout)
	}
	for line := range strings.Lines(r.stdout) {
		line = strings.TrimSuffix(line, "\n")
		if terminal.Columns(line) > 80 || terminal.VisibleText(line) != line {
			t.Errorf("%q", line)
		}
	}
}

func TestDoctorWorksOnEveryKindOfRedis(t *testing.T) {
	t.Parallel()
	sentinels, _ := reach(t, "sentinel")
	if r := foreday(t, nil, "doctor", "--redis-url", sentinels); r.status != exitDone || !strings.Contains(r.stdout, "used at the master") {
		t.Errorf("through Sentinels: status %d: %s%s", r.status, r.stdout, r.stderr)
	}
	cluster := redistest.Cluster(t, 2)
	r := foreday(t, nil, "doctor", "--json", "--redis-url", "redis+cluster://"+cluster.Node(0).Addr())
	for i := range 2 { // one of which has the slot of what is tried first
		alone := foreday(t, nil, "doctor", "--json", "--redis-url", cluster.Node(i).URL())
		if alone.status != exitFail || !strings.Contains(alone.stdout, "write redis+cluster://") {
			t.Errorf("of one node alone: status %d: %s", alone.status, alone.stdout)
		}
	}
	for _, want := range []string{"a cluster of 2 masters", "has no replica", "publisher, reader, operator and worker"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("of a cluster, it does not say %q:\n%s", want, r.stdout)
		}
	}
	if r.status != exitDone {
		t.Errorf("status %d: %s%s", r.status, r.stdout, r.stderr)
	}
	cluster.Node(1).Kill(t)
	eventually(t, func() string {
		r := foreday(t, nil, "doctor", "--json", "--redis-url", "redis+cluster://"+cluster.Node(0).Addr())
		if r.status == exitFail && strings.Contains(r.stdout, "bring one back") {
			return ""
		}
		return "a master that is gone is not named: " + r.stdout
	})
	r = foreday(t, nil, "doctor", "--json", "--redis-url", "redis://"+redistest.Mini(t).Addr())
	if r.status != exitDone || !strings.Contains(r.stdout, "foreday up") {
		t.Errorf("of the one in a process: status %d: %s%s", r.status, r.stdout, r.stderr)
	}
}
