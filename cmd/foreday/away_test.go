package main

import (
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"foreday/cache/redistest"
)

// stayUp are the commands that stay up.
var stayUp = []string{"worker", "api", "up", "dashboard"}

func TestEveryProcessStartsWithoutRedisAndGoesOnOnceItIsThere(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	server.Stop(t)
	sandbox := startSandbox(t, "--users", "2")
	e := sandbox.env.with("REDIS_URL="+server.URL(), "PORT=0")
	processes := map[string]*process{}
	for _, command := range stayUp {
		processes[command] = start(t, e, command)
	}
	for command, p := range processes {
		line := p.says(t, "redis cannot be used")
		for _, want := range []string{"connection refused", "start it", server.Addr()} {
			if !strings.Contains(line, want) {
				t.Errorf("%s does not say %q: %s", command, want, line)
			}
		}
	}
	bases := map[string]string{}
	for _, command := range []string{"api", "up"} {
		bases[command] = addressIn(t, processes[command].says(t, `"serving"`), "api")
		if status := readOnce(bases[command], "u1"); status != "fwd=bypass; detail=redis-unavailable" {
			t.Errorf("%s answers with %s", command, status)
		}
	}
	server.Restart(t)
	for command, p := range processes {
		p.says(t, "redis can be used")
		if n := strings.Count(p.output(), "redis cannot be used:"); n != 1 {
			t.Errorf("%s says %d times that redis is away", command, n)
		}
	}
	for _, base := range bases {
		eventually(t, func() string { return wantHit(base, "u1") })
	}
	publish := mustDo(t, e, "publish", "--type", "calendar.changed", "--user", "u2")
	if publish.stdout == "" {
		t.Error("nothing was published")
	}
	eventually(t, func() string {
		if strings.Contains(processes["worker"].output()+processes["up"].output(), `"outcome":"written"`) {
			return ""
		}
		return "nobody works"
	})
	for _, p := range processes {
		p.stop(t)
	}
}

func TestAWrongPasswordIsSaidAndWaitedFor(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.WithConfig("user app on >other ~* &* +@all"))
	sandbox := startSandbox(t, "--users", "1")
	e := sandbox.env.with("REDIS_URL=redis://app:s3cret@"+server.Addr(), "PORT=0")
	foreday(t, e, "dead", "list").wantOneLine(t, exitFail, "REDIS_URL", "does not accept the user and password", "WRONGPASS", "correct them")
	worker, api := start(t, e, "worker"), start(t, e, "api")
	for _, p := range []*process{worker, api} {
		if line := p.says(t, "redis cannot be used"); !strings.Contains(line, "does not accept the user and password") {
			t.Errorf("it does not say why: %s", line)
		}
	}
	base := addressIn(t, api.says(t, `"serving"`), "api")
	if status := readOnce(base, "u1"); status != "fwd=bypass; detail=redis-wrong-password" {
		t.Errorf("read as %s", status)
	}
	if ready := get(t, strings.TrimSuffix(base, "/v1")+"/readyz"); ready.StatusCode != http.StatusOK ||
		!strings.Contains(ready.body, `"redis":"wrong-password"`) {
		t.Errorf("/readyz says %s %s", ready.Status, ready.body)
	}
	server.Client(t).Do(t.Context(), "ACL", "SETUSER", "app", "resetpass", ">s3cret")
	eventually(t, func() string { return wantHit(base, "u1") })
	for _, p := range []*process{worker, api} {
		p.stop(t)
		if strings.Contains(p.output(), "s3cret") {
			t.Errorf("the password is in the log:\n%s", p.output())
		}
	}
}

// Redis is gone, in each of the ways it is reached, when the processes are told to end.
func TestEveryProcessEndsInTimeWhateverRedisDoes(t *testing.T) {
	t.Parallel()
	freeze := func(t *testing.T, servers ...*redistest.Server) {
		for _, s := range servers {
			s.Freeze(t)
		}
	}
	kill := func(t *testing.T, servers ...*redistest.Server) {
		for _, s := range servers {
			s.Kill(t)
		}
	}
	for name, c := range map[string]struct {
		end  func(*testing.T, ...*redistest.Server)
		kind string
	}{
		"server hangs": {freeze, "server"}, "cluster hangs": {freeze, "cluster"},
		"sentinels hang": {freeze, "sentinel"}, "sentinels are dead": {kill, "sentinel"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, servers := reach(t, c.kind)
			sandbox := startSandbox(t, "--users", "5")
			e := sandbox.env.with("REDIS_URL="+url+"?read_timeout=1m&dial_timeout=1m", "PORT=0")
			var processes []*process
			for _, command := range stayUp {
				processes = append(processes, start(t, e, command))
			}
			base := addressIn(t, processes[1].says(t, `"serving"`), "api")
			for _, user := range []string{"u1", "u2", "u3"} {
				eventually(t, func() string { return wantHit(base, user) })
			}
			c.end(t, servers...)
			for _, user := range []string{"u1", "u2", "u3", "u4"} {
				readOnce(base, user) // what comes of it must not hold up the end
			}
			endInTime(t, processes)
		})
	}
}

// reach returns an address of Redis of the kind, and the servers behind it.
func reach(t *testing.T, kind string) (string, []*redistest.Server) {
	if kind == "cluster" {
		cluster := redistest.Cluster(t, 3)
		return "redis+cluster://" + strings.Join(cluster.Addrs(), ",") + "/",
			[]*redistest.Server{cluster.Node(0), cluster.Node(1), cluster.Node(2)}
	}
	master := redistest.Start(t)
	if kind == "server" {
		return master.URL() + "/", []*redistest.Server{master}
	}
	sentinels := redistest.Sentinels(t, master, 2)
	return redistest.SentinelURL(sentinels), append(sentinels, master)
}

// endInTime sends SIGTERM to all and checks that they end well, and in time.
func endInTime(t *testing.T, processes []*process) {
	t.Helper()
	const inTime = 15 * time.Second // ten are promised, and a busy machine takes longer
	began := time.Now()
	var ends sync.WaitGroup
	for _, p := range processes {
		if err := p.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		ends.Go(func() {
			select {
			case <-p.Ended():
			case <-time.After(patience):
				t.Errorf("SIGTERM did not stop %s", p.command)
				return
			}
			took := time.Since(began)
			t.Logf("%s took %v to end", p.command, took.Round(10*time.Millisecond))
			if status := p.State().ExitCode(); took > inTime || status != exitDone {
				t.Errorf("%s took %v to end, with status %d", p.command, took, status)
			}
		})
	}
	ends.Wait()
}

func TestAPolicyThatEvictsIsSaidOnceAndByReadyz(t *testing.T) {
	t.Parallel()
	server := redistest.New(t, redistest.WithConfig("maxmemory-policy allkeys-lru"))
	sandbox := startSandbox(t, "--users", "1")
	e := sandbox.env.with("REDIS_URL="+server.URL(), "PORT=0")
	for _, command := range []string{"worker", "api", "up"} {
		p := start(t, e, command)
		const evicts = "set its maxmemory-policy to noeviction"
		if line := p.says(t, evicts); !strings.Contains(line, `"maxmemory_policy":"allkeys-lru"`) {
			t.Errorf("%s does not name the policy: %s", command, line)
		}
		if command == "api" {
			api := strings.TrimSuffix(addressIn(t, p.says(t, `"serving"`), "api"), "/v1")
			if got := get(t, api+"/readyz"); got.StatusCode != http.StatusOK || !strings.Contains(got.body, "allkeys-lru") {
				t.Errorf("/readyz answers %s: %s", got.Status, got.body)
			}
		}
		p.stop(t)
		if n := strings.Count(p.output(), evicts); n != 1 {
			t.Errorf("%s says it %d times", command, n)
		}
	}
}
