package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"foreday/cache"
)

func TestTheScriptStartsEveryKindOfRedis(t *testing.T) {
	t.Parallel()
	for args, port := range map[string]string{
		"server": "17000", "--tls cluster": "17100", "--tls sentinel": "17200", "--tls acl reader worker+publisher": "17300",
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(context.Background(), "../../scripts/redis", strings.Fields(args)...)
			dir, err := os.MkdirTemp("", "redis") // t's has the + of its name, which is none in an address
			if err != nil {
				t.Fatal(err)
			}
			defer os.RemoveAll(dir)
			cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "PORT=" + port, "TMPDIR=" + dir}
			script := startCommand(t, cmd)
			script.says(t, "Ctrl-C stops it")
			n := 0
			for line := range strings.Lines(script.output()) {
				address, ok := strings.CutPrefix(strings.TrimSpace(line), "REDIS_URL=")
				if !ok {
					continue
				}
				n++
				client, err := cache.Connect(strings.Trim(address, "'"))
				if err != nil {
					t.Fatal(err)
				}
				defer client.Close()
				eventually(t, func() string { // replicas and Sentinels are still finding each other
					if err := client.HSet(t.Context(), "foreday:{u1}:day:2026-11-23", "f", "v").Err(); err != nil {
						return err.Error()
					}
					return ""
				})
			}
			if want := 1 + strings.Count(args, "worker"); n != want {
				t.Errorf("%d addresses, want %d", n, want)
			}
			if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
			if r := script.ends(t); r.status != exitDone {
				t.Errorf("it ends with status %d:\n%s", r.status, r.stdout)
			}
			if left, _ := filepath.Glob(dir + "/*"); len(left) > 0 {
				t.Errorf("left are %v", left)
			}
		})
	}
}

func TestTheScriptNamesARoleThatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "../../scripts/redis", "acl", "reader+writer").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "no role is called writer") {
		t.Errorf("%v: %s", err, out)
	}
}
