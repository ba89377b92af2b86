package main

import (
	"strings"
	"testing"

	"foreday/cache/redistest"
)

func TestACleanStopSaysNothingThatLooksLikeTrouble(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	sandbox := startSandbox(t)
	for name, c := range map[string]struct {
		env   env
		args  []string
		ready string
	}{
		"demo":   {env{"PORT=0"}, []string{"demo", "--serve"}, "/metrics"},
		"up":     {sandbox.env.with("PORT=0"), []string{"up"}, `"serving"`},
		"worker": {sandbox.env.with("REDIS_URL=" + server.URL()), []string{"worker"}, "worker started"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := start(t, c.env, c.args...)
			p.says(t, c.ready)
			p.stop(t)
			for line := range strings.Lines(p.output()) {
				for _, trouble := range []string{`"level":"warn"`, `"level":"error"`, "foreday: "} {
					if strings.Contains(line, trouble) {
						t.Errorf("it said: %s", line)
					}
				}
			}
		})
	}
}
