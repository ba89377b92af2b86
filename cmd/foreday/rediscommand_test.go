package main

import (
	"testing"

	"foreday/cache/redistest"
)

// The cures that doctor and why print must work wherever REDIS_URL leads.
func TestRedisSendsACommandToEveryKindOfRedis(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"server", "cluster", "sentinel"} {
		url, _ := reach(t, kind)
		e := env{"REDIS_URL=" + url}
		for _, step := range []struct {
			want    string
			command []string
		}{
			{"OK\n", []string{"SET", "asynq:{foreday:refresh}:paused", "1"}},
			{"1\n", []string{"DEL", "asynq:{foreday:refresh}:paused"}},
			{"(nil)\n", []string{"GET", "asynq:{foreday:refresh}:paused"}},
			{"1-0\n", []string{"XADD", "foreday:events", "1-0", "user", "u\x1b1"}},
			{
				"[\n  [\n    \"1-0\",\n    [\n      \"user\",\n      \"u\\u001b1\"\n    ]\n  ]\n]\n",
				[]string{"--json", "XRANGE", "foreday:events", "-", "+"},
			},
			{"  1-0\n    user\n    u\\u001b1\n", []string{"XRANGE", "foreday:events", "-", "+"}},
			{"OK\n", []string{"XGROUP", "CREATE", "foreday:events", "trial", "$"}},
			{"1\n", []string{"XGROUP", "DESTROY", "foreday:events", "trial"}},
		} {
			if r := mustDo(t, e, append([]string{"redis"}, step.command...)...); r.stdout != step.want {
				t.Errorf("on a %s, %q prints %q, want %q", kind, step.command, r.stdout, step.want)
			}
		}
	}
	e := env{"REDIS_URL=" + redistest.Start(t).URL()}
	foreday(t, e, "redis", "NOSUCH", "--json").wantOneLine(t, exitFail, "unknown command 'NOSUCH'")
	foreday(t, e, "redis").wantOneLine(t, exitUsage, "<command>")
}
