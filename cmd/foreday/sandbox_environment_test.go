package main

import (
	"path/filepath"
	"strings"
	"testing"

	"foreday/cache/redistest"
)

// leftAside is how it is said that settings of another sandbox do not count.
const leftAside = "left aside"

func TestWhatAnEndedSandboxExportedPointsNoNewOneThere(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "sandbox.env")
	p, _ := upSandbox(t, nil, "--env-file", file)
	sourced := environmentIn(t, file)
	p.stop(t)

	p, url := upSandbox(t, sourced, "--env-file", file)
	if said := p.says(t, leftAside); !strings.Contains(said, "REDIS_URL") || !strings.Contains(said, "OPENAI_BASE_URL") {
		t.Errorf("it does not name what it leaves aside: %s", said)
	}
	if s := summaryAt(t, url, "u1"); s.NovelEvents == 0 || s.Degraded {
		t.Errorf("a sandbox started again serves %+v", s)
	}
	r := mustDo(t, sourced, "demo")
	if !strings.Contains(r.stdout, "an in-process Redis") || !strings.Contains(r.stdout, "a local stand-in that speaks") {
		t.Errorf("the demo goes by the dead sandbox:\n%s", r.stdout)
	}
	if !strings.Contains(r.stderr, leftAside) || strings.Count(r.stderr, "\n") != 1 {
		t.Errorf("the demo says on stderr:\n%s", r.stderr)
	}
	p.stop(t)
}

func TestWhatIsSetBesidesASandboxCounts(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "sandbox.env")
	own := env{"REDIS_URL=" + redistest.New(t).URL()}
	p, _ := upSandbox(t, own, "--env-file", file)
	sourced := environmentIn(t, file)
	p.stop(t)
	if out := mustDo(t, sourced, "demo").stdout; !strings.Contains(out, strings.TrimPrefix(own[0], "REDIS_URL=")) {
		t.Errorf("the Redis of one's own is not used:\n%s", out)
	}
}

func TestTheDemoNamesNoVersionThatRedisDoesNotTell(t *testing.T) {
	t.Parallel()
	p, _ := upSandbox(t, nil)
	redis := strings.Fields(p.says(t, "Redis, for clients"))[0]
	if out := mustDo(t, env{"REDIS_URL=" + redis}, "demo").stdout; !strings.Contains(out, "cache     Redis at "+redis) {
		t.Errorf("the demo says:\n%s", out)
	}
	p.stop(t)
}
