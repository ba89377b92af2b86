package cache

import (
	"context"
	"embed"

	"github.com/redis/go-redis/v9"
)

//go:embed lua/*.lua
var lua embed.FS

// scripts are the protocol's steps. Tests replace single ones by departures from
// the protocol, to show that they are noticed.
type scripts struct {
	invalidate, ask, begin, extend, commit, abandon, audit, claim, discard, known, drop *redis.Script
}

func loadScripts() scripts {
	load := func(name string) *redis.Script {
		b, err := lua.ReadFile("lua/" + name + ".lua")
		if err != nil {
			panic(err) // embedded: a missing file is a mistake of the build
		}
		return redis.NewScript(string(b))
	}
	return scripts{
		invalidate: load("invalidate"), ask: load("ask"), begin: load("begin"), extend: load("extend"),
		commit: load("commit"), abandon: load("abandon"), audit: load("audit"), claim: load("claim"),
		discard: load("discard"), known: load("known"), drop: load("drop"),
	}
}

// call is one execution of a script, for a pipeline.
type call struct {
	keys []string
	args []any
}

// runAll executes the script once for each call, in one round trip (one for each
// node of a cluster). Where a node does not know the script yet, those calls are
// made again with its text. What came of each call is for the caller to see.
func runAll(ctx context.Context, client redis.UniversalClient, script *redis.Script, calls []call) []*redis.Cmd {
	cmds := make([]*redis.Cmd, len(calls))
	run := func(indexes []int, eval func(redis.Scripter, call) *redis.Cmd) {
		_, _ = client.Pipelined(ctx, func(p redis.Pipeliner) error {
			for _, i := range indexes {
				cmds[i] = eval(p, calls[i])
			}
			return nil
		})
	}
	all := make([]int, len(calls))
	for i := range calls {
		all[i] = i
	}
	run(all, func(p redis.Scripter, c call) *redis.Cmd { return script.EvalSha(ctx, p, c.keys, c.args...) })
	var unknown []int
	for i, cmd := range cmds {
		if redis.HasErrorPrefix(cmd.Err(), "NOSCRIPT") {
			unknown = append(unknown, i)
		}
	}
	if len(unknown) > 0 {
		run(unknown, func(p redis.Scripter, c call) *redis.Cmd { return script.Eval(ctx, p, c.keys, c.args...) })
	}
	return cmds
}
