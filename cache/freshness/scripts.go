package freshness

import (
	"context"
	"embed"
	"strings"

	"github.com/redis/go-redis/v9"
)

//go:embed lua
var lua embed.FS

// scripts are the protocol's steps, each a file of its name. Tests replace single ones by
// departures from the protocol, to show that they are noticed.
type scripts struct {
	invalidate, request, requestAhead, markRead, begin, extend, commit, release, audit, discardCopy, dropCopies, fence, readership,
	inspectState, track, trackSpread, claim, inspectEntries *redis.Script
}

func loadScripts(edit func(name, source string) string) scripts {
	load := func(shared []string, name string) *redis.Script {
		var source strings.Builder
		for _, file := range append(shared, name) {
			b, err := lua.ReadFile("lua/" + file + ".lua")
			if err != nil {
				panic(err) // embedded: a missing file is a mistake of the build
			}
			source.Write(b)
		}
		return redis.NewScript(edit(name, source.String()))
	}
	plain := func(name string) *redis.Script { return load(nil, name) }
	step := func(name string) *redis.Script { return load([]string{"shared/redisclock"}, name) }
	ofLedger := func(name string) *redis.Script {
		return load([]string{"shared/redisclock", "shared/ledgerclock"}, name)
	}
	return scripts{
		invalidate: step("invalidate"), request: step("request"), requestAhead: step("requestahead"), markRead: step("markread"),
		begin: step("begin"), extend: step("extend"), commit: step("commit"), release: step("release"), audit: step("audit"),
		discardCopy: plain("discardcopy"), dropCopies: step("dropcopies"), fence: plain("fence"), readership: step("readership"),
		inspectState: step("inspectstate"), track: ofLedger("track"), trackSpread: ofLedger("trackspread"), claim: ofLedger("claim"),
		inspectEntries: ofLedger("inspectentries"),
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
