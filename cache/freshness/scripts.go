package freshness

import (
	"context"
	"embed"
	"strings"

	"github.com/redis/go-redis/v9"
)

//go:embed lua/*.lua
var lua embed.FS

// scripts are the protocol's steps. Tests replace single ones by departures from
// the protocol, to show that they are noticed.
type scripts struct {
	invalidate, request, read, begin, extend, commit, release, audit, track, claim, discard, fence, ahead, outlook, spread,
	state, due, forget *redis.Script
}

func loadScripts(edit func(name, source string) string) scripts {
	load := func(parts ...string) *redis.Script {
		var source strings.Builder
		for _, part := range parts {
			b, err := lua.ReadFile("lua/" + part + ".lua")
			if err != nil {
				panic(err) // embedded: a missing file is a mistake of the build
			}
			source.Write(b)
		}
		return redis.NewScript(edit(parts[len(parts)-1], source.String()))
	}
	return scripts{
		invalidate: load("clock", "invalidate"), request: load("clock", "request"), read: load("clock", "read"),
		begin: load("clock", "begin"), extend: load("clock", "extend"), commit: load("clock", "commit"),
		release: load("clock", "release"), audit: load("clock", "audit"),
		track: load("clock", "ledger", "track"), claim: load("clock", "ledger", "claim"), discard: load("discard"),
		fence: load("fence"), ahead: load("clock", "ahead"), outlook: load("clock", "outlook"), spread: load("clock", "ledger", "spread"),
		state: load("clock", "state"), due: load("clock", "ledger", "due"), forget: load("clock", "forget"),
	}
}

// asWritten leaves a script as it is.
func asWritten(_, source string) string { return source }

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
