package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"foreday/cache/redistest"
	"foreday/cmd/foreday/internal/doctor"
)

func TestTheRulesThatScriptsRedisPrintsAreEnoughForForeday(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	rule := strings.Fields(strings.Replace(aclRule(t), ">PASSWORD", ">s3cret", 1))
	words := make([]any, len(rule))
	for i := range rule {
		words[i] = rule[i]
	}
	if err := server.Client(t).Do(t.Context(), words...).Err(); err != nil {
		t.Fatal(err)
	}
	sandbox := startSandbox(t, "--users", "2")
	e := sandbox.env.with(fmt.Sprintf("REDIS_URL=redis://foreday:s3cret@%s", server.Addr()))
	worker := start(t, e.with("PORT="+freePort(t)), "worker", "--witness-one-in", "1")
	metrics := addressIn(t, worker.says(t, `"metrics":`), "metrics")
	mustDo(t, e, "sandbox", "event", "u2", "Visit of the minister", "--start", "today", "--publish")
	if out := mustDo(t, e, "get", "u2", "--fresh").stdout; !strings.Contains(out, "Visit of the minister") {
		t.Errorf("what was published is not told of:\n%s", out)
	}
	mustDo(t, e, "users", "set", "u2", "--threshold", "0.4")
	mustDo(t, e, "dead", "list")
	mustDo(t, e, "why", "u2")
	if out := mustDo(t, e, "witness", "--for", "1s"); strings.Contains(out.stderr, "held up") {
		t.Errorf("a witness cannot look:\n%s", out.stderr)
	}
	if n := server.Client(t).ZCard(t.Context(), "foreday:witness").Val(); n == 0 {
		t.Error("no copy was drawn for a witness")
	}
	for _, name := range strings.Fields("foreday_stream_lag foreday_promised_oldest_seconds foreday_workers_alive foreday_consistent_ratio") {
		if body := get(t, metrics).body; !strings.Contains(body, "\n"+name) {
			t.Errorf("/metrics lacks %s", name)
		}
	}
	out := mustDo(t, e, "doctor", "--user", "u2").stdout
	if !strings.Contains(strings.Join(strings.Fields(out), " "), "publisher, reader, operator and worker") {
		t.Errorf("doctor finds rights missing:\n%s", out)
	}
	worker.stop(t)
	wantLookedAt(t, server)
	if strings.Contains(worker.output(), "may not do this") {
		t.Error("the user may not do all that foreday does")
	}
}

// wantLookedAt checks that doctor looks at the rights to all commands that were sent.
func wantLookedAt(t *testing.T, server *redistest.Server) {
	t.Helper()
	// These are the connection's own, or doctor goes without them.
	known := append(doctor.Commands(), strings.Fields("acl auth hello client multi discard exec info subscribe script ping")...)
	stats := server.Client(t).Info(t.Context(), "commandstats").Val()
	for line := range strings.Lines(stats) {
		name, _, ok := strings.Cut(strings.TrimPrefix(line, "cmdstat_"), ":")
		name, _, _ = strings.Cut(name, "|")
		if ok && !slices.Contains(known, name) && !slices.Contains(known, strings.ToUpper(name)) {
			t.Errorf("doctor does not look at the right to %s, which foreday uses", name)
		}
	}
}

// aclRule is what the script prints for a user who may do everything.
func aclRule(t *testing.T) string {
	t.Helper()
	return "ACL SETUSER foreday on >PASSWORD " + strings.Join(rulesOf(t)["foreday"], " ")
}

// toolsOnly is a folder of the tools that the script needs to print rules.
func toolsOnly(t *testing.T) string {
	t.Helper()
	bin := t.TempDir()
	for tool := range strings.FieldsSeq("bash tr sed cat dirname") {
		path, err := exec.LookPath(tool)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(path, filepath.Join(bin, tool)); err != nil {
			t.Fatal(err)
		}
	}
	return bin
}
