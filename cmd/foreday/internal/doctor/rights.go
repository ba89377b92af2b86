package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"foreday/cache"
)

// role is a kind of process, and the commands that it needs besides those of the roles
// before it.
type role struct {
	name     string
	commands [][]any
}

// probe is a key that nobody has; neither has any command here an effect.
const probe, jobs = "foreday:probe:{doctor}", "asynq:{foreday:probe}"

func on(key, names string, args ...any) (all [][]any) {
	for name := range strings.FieldsSeq(names) {
		all = append(all, append([]any{name, key}, args...))
	}
	return all
}

// roles are from the one that needs the least to the one that needs the most.
var roles = []role{
	{"publisher", slices.Concat(
		[][]any{
			{"PING"}, {"TIME"}, {"EVAL", "return 1", 1, probe}, {"EVALSHA", strings.Repeat("0", 40), 1, probe}, {"PUBLISH", "foreday:probe", ""},
			{"XADD", probe, "*", "f", "v"}, {"HSET", probe, "f", "v"}, {"HINCRBY", probe, "f", 1}, {"HDEL", probe, "f"}, {"HMGET", probe, "f"},
			{"ZADD", probe, 1, "m"}, {"ZREM", probe, "m"}, {"ZRANGEBYSCORE", probe, 1, 2}, {"ZSCAN", probe, 0}, {"PEXPIRE", probe, 1},
		},
		on(probe, "GET DEL EXISTS HGETALL"))},
	{"API", slices.Concat(
		[][]any{
			{"SET", probe, "v"}, {"MGET", probe}, {"HGET", probe, "f"}, {"HSETNX", probe, "f", "v"}, {"EXPIRE", probe, 1},
			{"SADD", jobs, "m"}, {"SREM", jobs, "m"}, {"LPUSH", jobs, "v"}, {"ZADD", jobs, 1, "m"}, {"HSET", jobs, "f", "v"},
			{"EVALSHA", strings.Repeat("0", 40), 1, jobs}, {"PUBLISH", "asynq:probe", ""},
			{"ZSCORE", probe, "m"}, {"ZCOUNT", probe, 1, 2}, {"ZREMRANGEBYSCORE", probe, 1, 2}, {"ZRANGE", probe, 0, 1},
		},
		on(probe, "HKEYS ZCARD PTTL TYPE"), on(jobs, "LLEN SMEMBERS EXISTS"))},
	{"worker", slices.Concat(
		[][]any{
			{"XGROUP", "CREATE", probe, "g", "0", "MKSTREAM"}, {"XREADGROUP", "GROUP", "g", "c", "COUNT", 1, "STREAMS", probe, ">"},
			{"XACK", probe, "g", "0-1"}, {"XCLAIM", probe, "g", "c", 1, "0-1"}, {"XAUTOCLAIM", probe, "g", "c", 1, "0"},
			{"XPENDING", probe, "g"}, {"XINFO", "GROUPS", probe}, {"XINFO", "CONSUMERS", probe, "g"}, {"XTRIM", probe, "MAXLEN", 1},
			{"XRANGE", probe, "-", "+", "COUNT", 1}, {"XREVRANGE", probe, "+", "-", "COUNT", 1}, {"XDEL", probe, "0-1"}, {"XLEN", probe},
			{"ZINCRBY", probe, 1, "m"}, {"RPOPLPUSH", jobs, jobs}, {"RPUSH", jobs, "v"}, {"LREM", jobs, 1, "v"}, {"LRANGE", jobs, 0, 1},
			{"SET", jobs, "v"}, {"SETEX", jobs, 1, "v"}, {"EXPIREAT", jobs, 1}, {"HMGET", jobs, "f"}, {"HGET", jobs, "f"}, {"HDEL", jobs, "f"},
			{"ZREMRANGEBYRANK", jobs, 0, 1}, {"ZREMRANGEBYSCORE", jobs, 0, 1}, {"ZRANGEBYSCORE", jobs, 0, 1}, {"ZREVRANGE", jobs, 0, 1},
			{"ZSCORE", jobs, "m"}, {"ZRANGE", jobs, 0, 1}, {"ZREM", jobs, "m"}, {"ZRANK", probe, "m"}, {"SISMEMBER", jobs, "m"},
		},
		on(jobs, "DEL GET INCR ZCARD"))},
}

// Commands are the names of those that foreday needs the right to.
func Commands() (names []string) {
	for _, r := range roles {
		for _, command := range r.commands {
			names = append(names, command[0].(string))
		}
	}
	return names
}

// rights says for which processes the user of REDIS_URL has the rights.
func (e *examination) rights(ctx context.Context) {
	var commands [][]any
	for _, r := range roles {
		commands = append(commands, r.commands...)
	}
	lacks, err := cache.Lacks(ctx, e.client, commands)
	if err != nil {
		what, cure := told(err)
		e.add(Wrong, "rights", what, cure)
		return
	}
	var refused, unknown []string
	may, least := []string{}, len(commands)
	for _, l := range lacks {
		least = min(least, l.Command)
		name := strings.TrimSpace(fmt.Sprintf("%v %v", commands[l.Command][0], firstKey(commands[l.Command])))
		if l.Unknown {
			unknown = append(unknown, fmt.Sprint(commands[l.Command][0]))
		} else {
			refused = append(refused, name)
		}
	}
	needs := 0
	for _, r := range roles {
		if needs += len(r.commands); needs <= least {
			may = append(may, r.name)
		}
	}
	switch {
	case len(unknown) > 0:
		e.add(Wrong, "rights", "it does not have "+some(unknown)+", without which neither foreday nor asynq works",
			"use a Redis or Valkey that has it: some services leave scripts out, some rename commands")
	case len(refused) == 0:
		e.ok("rights", "the user of REDIS_URL may do what publisher, API and worker need")
	default:
		level, enough := Warning, "nobody"
		if e.System.Summarizer != nil || len(may) == 0 {
			level = Wrong // a worker runs with these settings
		}
		if len(may) > 0 {
			enough = strings.Join(may, " and ")
		}
		e.add(level, "rights", fmt.Sprintf("enough for %s: the user of REDIS_URL may not do %s", enough, some(refused)),
			"give it what foreday needs (ACL SETUSER): `scripts/redis acl` prints that")
	}
}

// firstKey is the prefix that a command's key or channel has.
func firstKey(command []any) string {
	for _, arg := range command[1:] {
		if text, ok := arg.(string); ok {
			if prefix, _, found := strings.Cut(text, ":"); found && (prefix == "foreday" || prefix == "asynq") {
				return prefix + ":*"
			}
		}
	}
	return ""
}

// some names a few of many.
func some(names []string) string {
	const most = 5
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
