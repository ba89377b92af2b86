package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
)

// roles are those that scripts/redis has rules for.
var roles = []string{"publisher", "reader", "worker", "operator"}

// rulesOf runs the script on a machine without redis-server, and returns the rules that it
// prints for users, after their names and passwords.
func rulesOf(t *testing.T, users ...string) map[string][]string {
	t.Helper()
	cmd := exec.Command("bash", append([]string{"../../scripts/redis", "acl"}, users...)...)
	cmd.Env = []string{"PATH=" + toolsOnly(t)}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("scripts/redis acl: %v\n%s", err, out)
	}
	rules := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		rest, ok := strings.CutPrefix(line, "ACL SETUSER ")
		words := strings.Fields(rest)
		if !ok || len(words) < 4 || words[1] != "on" || words[2] != ">PASSWORD" {
			t.Fatalf("a line is %q", line)
		}
		rules[words[0]] = words[3:]
	}
	return rules
}

// deployment is one in which each process has the user of its role, and is known by it.
type deployment struct {
	server  *redistest.Server
	admin   *redis.Client
	log     *commandLog
	sandbox sandboxed
}

func newDeployment(t *testing.T) *deployment {
	t.Helper()
	d := &deployment{server: redistest.Start(t)}
	d.admin = d.server.Client(t)
	for name, rules := range rulesOf(t, roles...) {
		d.addUser(t, name, rules...)
	}
	// Another group keeps messages on the stream.
	if err := d.admin.XGroupCreateMkStream(t.Context(), "foreday:events", "other", "0").Err(); err != nil {
		t.Fatal(err)
	}
	d.log, d.sandbox = logCommands(t, d.server), startSandbox(t, "--users", "3")
	return d
}

func (d *deployment) addUser(t *testing.T, name string, rules ...string) {
	t.Helper()
	command := []any{"ACL", "SETUSER", name, "on", ">s3cret"}
	for _, rule := range rules {
		command = append(command, rule)
	}
	if err := d.admin.Do(t.Context(), command...).Err(); err != nil {
		t.Fatal(err)
	}
}

// as is the environment of a process of that user.
func (d *deployment) as(user string) env {
	return env{"REDIS_URL=redis://" + user + ":s3cret@" + d.server.Addr() + "?client_name=" + user, "FOREDAY_KEY=" + key, "PORT=0"}
}

// run does with all roles what they are for.
func (d *deployment) run(t *testing.T) {
	t.Helper()
	working := d.sandbox.env.with(d.as("worker")...).with(noBroker, "PORT="+freePort(t), "FOREDAY_COOLDOWN=0s")
	connectUser(t, working, "u1")
	connectUser(t, working, "u2")
	worker := start(t, working, "worker", "--witness", "--witness-one-in", "1")
	get(t, addressIn(t, worker.says(t, `"metrics":`), "metrics"))
	d.publish(t)
	d.read(t)
	eventually(t, func() string {
		if d.admin.XLen(t.Context(), "foreday:dead").Val() < 3 {
			return "dead letters are missing"
		}
		return ""
	})
	d.operate(t)
	mustDo(t, working.with("PORT=0"), "witness", "--for", "1s")
	mustDo(t, working, "disconnect", "u2")
	worker.stop(t)
}

// publish does it by command, and as an app in another language does, with nonsense too.
func (d *deployment) publish(t *testing.T) {
	t.Helper()
	e, ctx, today := d.as("publisher"), t.Context(), time.Now().UTC().Format(time.DateOnly)
	mustDo(t, e, "publish", "--type", "event.created", "--user", "u1", "--event", "e1",
		"--start", today+"T15:00:00Z", "--end", today+"T16:00:00Z")
	mustDo(t, e, "users", "set", "u1", "--threshold", "0.4")
	mustDo(t, e, "users", "set", "u1", "--reset")
	app := redis.NewClient(&redis.Options{Addr: d.server.Addr(), Username: "publisher", Password: "s3cret", ClientName: "publisher"})
	defer app.Close()
	_, err := app.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.HIncrBy(ctx, "foreday:{u1}:day:"+today, "gen", 1)
		p.ExpireNX(ctx, "foreday:{u1}:day:"+today, 49*time.Hour)
		p.Del(ctx, "foreday:{u1}:summary:"+today)
		for range 3 {
			p.XAdd(ctx, &redis.XAddArgs{Stream: "foreday:events", Values: []string{"type", "nonsense"}})
		}
		p.Publish(ctx, "foreday:dropped", "foreday:{u1}:summary:"+today)
		return nil
	})
	if err != nil {
		t.Errorf("as an app: %v", err)
	}
}

// read does it by command and over HTTP.
func (d *deployment) read(t *testing.T) {
	t.Helper()
	e := d.as("reader")
	api := start(t, e.with("FOREDAY_LOCAL_HITS=true"), "api")
	at := addressIn(t, api.says(t, `"api":"http`), "api")
	mustDo(t, e, "get", "u1", "--fresh")
	mustDo(t, e, "get", "u1", "--days", "3")
	for _, path := range []string{"/users/u1/summaries/today", "/users/u1/summaries?from=today&days=2", "/users/u1/settings"} {
		for _, wish := range []string{"max-stale=60", "no-cache"} {
			if got := get(t, at+path, "Cache-Control", wish); got.StatusCode != http.StatusOK {
				t.Errorf("%s, %s: %s: %s", path, wish, got.Status, got.body)
			}
		}
	}
	for _, probe := range []string{"/readyz", "/metrics"} {
		got := get(t, strings.TrimSuffix(at, "/v1")+probe)
		if got.StatusCode != http.StatusOK || probe == "/metrics" && !strings.Contains(got.body, "\nforeday_stream_lag ") {
			t.Errorf("%s: %s: %s", probe, got.Status, got.body)
		}
	}
	api.stop(t)
}

// operate looks at everything, and acts by command and on the page.
func (d *deployment) operate(t *testing.T) {
	t.Helper()
	e := d.as("operator")
	board := start(t, e.with("FOREDAY_DASHBOARD_USER=ann", "FOREDAY_DASHBOARD_PASSWORD=s3cret", "FOREDAY_DASHBOARD_ACTIONS=true"), "dashboard")
	at := addressIn(t, strings.ReplaceAll(board.says(t, `"overview":`), "localhost", "127.0.0.1"), "overview")
	at = strings.Replace(strings.TrimSuffix(at, "/"), "//", "//ann:s3cret@", 1)
	mustDo(t, e, "why", "u1")
	mustDo(t, e, "stats", "--json")
	mustDo(t, e, "dead", "list")
	if out := foreday(t, e, "doctor").stdout; !strings.Contains(strings.Join(strings.Fields(out), " "), "rights of operator") {
		t.Errorf("doctor says\n%s", out)
	}
	queue := "/dashboard/api/queues/foreday:refresh"
	paths := []string{"/", "/metrics", "/readyz", "/dashboard/api/queues", queue, "/dashboard/api/servers", "/dashboard/api/redis_info",
		"/dashboard/api/scheduler_entries", "/dashboard/api/queue_stats"}
	for kind := range strings.FieldsSeq("active pending scheduled retry archived completed") {
		paths = append(paths, queue+"/"+kind+"_tasks")
	}
	var page got
	for _, path := range paths {
		if got := get(t, at+path); got.StatusCode != http.StatusOK {
			t.Errorf("%s: %s: %s", path, got.Status, got.body)
		} else if path == "/" {
			page = got
		}
	}
	_, token, _ := strings.Cut(page.body, `name="token" value="`)
	token, _, _ = strings.Cut(token, `"`)
	for _, form := range []url.Values{
		{"action": {"pause"}, "queue": {"foreday:refresh"}}, {"action": {"unpause"}, "queue": {"foreday:refresh"}},
		{"action": {"refresh"}, "user": {"u1"}}, {"action": {"replay"}},
	} {
		form.Set("token", token)
		res, err := http.PostForm(at+"/overview/actions", form)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK || strings.Contains(res.Request.URL.RawQuery, "failed") {
			t.Errorf("%v: %s, %s", form, res.Status, res.Request.URL)
		}
	}
	eventually(t, func() string {
		if d.admin.XLen(t.Context(), "foreday:dead").Val() < 3 {
			return "dead letters are missing"
		}
		return ""
	})
	mustDo(t, e, "dead", "drop", "--all")
	board.stop(t)
}

// unseen are commands that a run on a single server of this version does not show, and why
// each is needed all the same.
var unseen = map[string]string{
	"auth": "instead of HELLO, from clients of other languages", "command": "on a cluster", "cluster|slots": "on a cluster",
	"asking": "on a cluster, while slots move", "cluster|info": "doctor, on a cluster",
	"multi": "doctor, which looks at rights", "discard": "the same", "srem": "of processes that were killed",
	"foreday:secret": "without FOREDAY_KEY",
	"lpos":           "why, of a job that waits in the queue",
	"wait":           "of FOREDAY_WAIT_REPLICAS",
	"rpush":          "jobs that a worker hands back at its end",
	"pubsub|numsub":  "of runs that take long",
}

func TestEachRoleMayDoWhatItsProcessesDoAndNoMore(t *testing.T) {
	t.Parallel()
	d := newDeployment(t)
	d.run(t)
	refused := d.admin.Do(t.Context(), "ACL", "LOG", 128).Val().([]any)
	rules := rulesOf(t, roles...)
	commands := commandsOf(t, d.admin)
	for _, role := range roles {
		t.Run(role, func(t *testing.T) {
			for _, entry := range refused {
				text := fmt.Sprint(entry)
				if strings.Contains(text, "context multi") {
					continue // doctor probes
				}
				if strings.Contains(text, "username:"+role+" ") || strings.Contains(text, "username "+role+" ") {
					t.Errorf("refused: %s", text)
				}
			}
			sent := d.log.of(role)
			wantNoMore(t, rules[role], sent)
			for name, arity := range commands {
				family, _, _ := strings.Cut(name, "|")
				if name == "quit" || name == "reset" || slices.ContainsFunc(rules[role], func(rule string) bool {
					rule = strings.Trim(rule, "()")
					return rule == "+"+name || rule == "+"+family
				}) {
					continue // the first two are refused to nobody
				}
				if why := d.dryRun(t, role, name, arity); !strings.Contains(why, "no permissions to run") {
					t.Errorf("%s is not refused: %s", name, why)
				}
			}
		})
	}
}

// wantNoMore checks that the rules hold nothing that was not sent.
func wantNoMore(t *testing.T, rules []string, sent map[string][]string) {
	t.Helper()
	var args []string
	for _, of := range sent {
		args = append(args, of...)
	}
	for _, rule := range rules {
		rule = strings.Trim(rule, "()")
		switch kind, name := rule[:1], strings.TrimLeft(rule, "%RW+~&"); {
		case kind == "+":
			if _, ok := sent[name]; !ok && unseen[name] == "" {
				t.Errorf("%s is never sent", rule)
			}
		case unseen[name] == "" && !slices.ContainsFunc(args,
			func(arg string) bool { ok, err := path.Match(name, arg); return ok && err == nil }):
			t.Errorf("%s is of no use", rule)
		}
	}
}

// commandsOf returns all commands of a server as rules name them, with the least number of
// their arguments.
func commandsOf(t *testing.T, admin *redis.Client) map[string]int {
	t.Helper()
	all := map[string]int{}
	var add func([]any)
	add = func(infos []any) {
		for _, info := range infos {
			fields := info.([]any)
			subcommands := fields[9].([]any)
			if add(subcommands); len(subcommands) == 0 {
				arity := int(fields[1].(int64))
				all[fields[0].(string)] = max(arity, -arity)
			}
		}
	}
	infos, err := admin.Do(t.Context(), "COMMAND").Slice()
	if err != nil {
		t.Fatal(err)
	}
	add(infos)
	if len(all) < 200 || all["get"] != 2 || all["xgroup|create"] == 0 {
		t.Fatalf("commands are %v", all)
	}
	return all
}

// dryRun asks whether a role may run a command, with arguments of no meaning or these.
func (d *deployment) dryRun(t *testing.T, role, command string, arity int, args ...string) string {
	t.Helper()
	ask := []any{"ACL", "DRYRUN", role}
	for word := range strings.SplitSeq(command, "|") {
		ask = append(ask, word)
	}
	for _, arg := range args {
		ask = append(ask, arg)
	}
	for len(ask) < 3+arity {
		ask = append(ask, "1")
	}
	answer, err := d.admin.Do(t.Context(), ask...).Text()
	if err != nil {
		return err.Error()
	}
	return answer
}

// What matters most, by who may do it. Nobody may touch what is not foreday's.
func TestRolesAreKeptFromEachOther(t *testing.T) {
	t.Parallel()
	d := &deployment{server: redistest.Start(t)}
	d.admin = d.server.Client(t)
	for name, rules := range rulesOf(t, roles...) {
		d.addUser(t, name, rules...)
	}
	const user = "foreday:{u1}:"
	for command, may := range map[string]string{
		"get " + user + "token": "worker", "set " + user + "token v": "worker", "del " + user + "token": "worker",
		"get " + user + "token-lease": "worker", "eval s 1 " + user + "token": "worker",
		"exists " + user + "token":              "worker operator",
		"get " + user + "summary:2026-11-23":    "reader worker operator",
		"set " + user + "summary:2026-11-23 v":  "worker",
		"del " + user + "summary:2026-11-23":    "publisher worker operator",
		"get " + user + "settings":              "publisher reader worker",
		"set " + user + "settings v":            "publisher worker",
		"get " + user + "routine":               "worker",
		"get foreday:secret":                    "worker",
		"xadd foreday:events * f v":             "publisher worker operator",
		"xack foreday:events g 1-1":             "worker",
		"del foreday:events":                    "",
		"xdel foreday:dead 1-1":                 "operator",
		"set asynq:{foreday:refresh}:paused 1":  "worker operator",
		"lpush asynq:{foreday:refresh}:pending": "worker",
		"get other:key":                         "", "set other:key v": "", "get {u1}": "", "publish other v": "", "zrem asynq:{other}:x m": "",
		"info":     "reader worker operator",
		"flushall": "", "keys *": "", "scan 0": "", "config get x": "", "client kill x": "", "client list": "", "acl list": "",
		"script flush": "", "shutdown": "", "debug object": "", "monitor": "", "replicaof a 1": "", "migrate a 1 k 0 1": "", "swapdb 0 1": "",
	} {
		words := strings.Fields(command)
		for _, role := range roles {
			answer := d.dryRun(t, role, words[0], max(len(words), map[string]int{"lpush": 3}[words[0]]), words[1:]...)
			if ok := answer == "OK"; ok != slices.Contains(strings.Fields(may), role) {
				t.Errorf("%s: %s: %s; want %q to be those who may", role, command, answer, may)
			}
		}
	}
}

// An operator's shell may have a way to the calendars, and is no worker's.
func TestAnOperatorsRightsAreEnoughForTheirDoctor(t *testing.T) {
	t.Parallel()
	d := newDeployment(t)
	worker := start(t, d.sandbox.env.with(d.as("worker")...), "worker")
	worker.says(t, "worker started")
	r := mustDo(t, d.sandbox.env.with(d.as("operator")...), "doctor", "--user", "u1")
	said := strings.Join(strings.Fields(r.stdout), " ")
	if !strings.Contains(said, "warning rights") || !strings.Contains(said, "as an operator's, that is all it needs") {
		t.Errorf("doctor says\n%s", r.stdout)
	}
}

// A reader who may ask for nothing still reads what is there.
func TestWhoMayOnlyReadReadsWhatIsThere(t *testing.T) {
	t.Parallel()
	d := &deployment{server: redistest.Start(t)}
	d.admin = d.server.Client(t)
	d.addUser(t, "plain", strings.Fields("%R~foreday:{*}:summary:* %R~foreday:{*}:stale:* %R~foreday:{*}:zone %R~foreday:sealed-with "+
		"+get +mget +pttl +hello +client|setname +ping")...)
	sandbox, admin := startSandbox(t, "--users", "2"), env{"REDIS_URL=" + d.server.URL(), "FOREDAY_KEY=" + key, "PORT=0"}
	worker := start(t, sandbox.env.with(admin...), "worker")
	mustDo(t, admin, "get", "u1", "--fresh")
	worker.stop(t)
	api := start(t, d.as("plain"), "api")
	at := addressIn(t, api.says(t, `"api":"http`), "api")
	if got := get(t, at+"/users/u1/summaries/today"); !strings.Contains(got.Header.Get("Cache-Status"), "hit") {
		t.Errorf("what is there: %s, %v: %s", got.Status, got.Header, got.body)
	}
	if got := get(t, at+"/users/u2/summaries/today"); got.StatusCode != http.StatusServiceUnavailable ||
		!strings.Contains(got.body, "redis-no-permission") {
		t.Errorf("what is not: %s, %v: %s", got.Status, got.Header, got.body)
	}
	res, err := http.Post(at+"/events", "application/json", strings.NewReader(`{"type":"calendar.changed","user":"u1"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); res.StatusCode < 500 || !strings.Contains(string(body), "redis-no-permission") {
		t.Errorf("publishing: %s: %s", res.Status, body)
	}
	api.stop(t)
}
