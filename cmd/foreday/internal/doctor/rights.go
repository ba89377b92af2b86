package doctor

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"strings"

	"foreday/cache"
)

// roleFiles are the rules of each role, as `scripts/redis acl` prints them.
//
//go:embed roles/*.acl
var roleFiles embed.FS

// roleNames are from the one that needs the least to the one that needs the most.
var roleNames = []string{"publisher", "reader", "operator", "worker"}

// role is what a kind of process may do, and commands that show whether a user may.
type role struct {
	name     string
	commands [][]any
}

var roles = func() (all []role) {
	for _, name := range roleNames {
		text, err := roleFiles.ReadFile("roles/" + name + ".acl")
		if err != nil {
			panic(err) // it is compiled in
		}
		all = append(all, role{name, commandsOf(string(text))})
	}
	return all
}()

// ofConnections are commands without keys, which the probing itself needs or goes without.
var ofConnections = strings.Fields("hello auth client|setname command cluster|slots cluster|info asking multi discard subscribe info")

// withArguments has the arguments of commands, K being the key; the others take a key alone.
// None is carried out.
var withArguments = map[string]string{
	"ping": "", "time": "", "wait": "0 0", "evalsha": strings.Repeat("0", 40) + " 1 K", "publish": "C m",
	"set": "K v", "setex": "K 1 v", "expire": "K 1", "pexpire": "K 1", "expireat": "K 1", "memory|usage": "K",
	"hset": "K f v", "hsetnx": "K f v", "hget": "K f", "hmget": "K f", "hdel": "K f", "hincrby": "K f 1",
	"sadd": "K m", "srem": "K m", "sismember": "K m", "lpush": "K v", "rpush": "K v", "lrem": "K 1 v", "lrange": "K 0 1", "rpoplpush": "K K",
	"lpos": "K v",
	"zadd": "K 1 m", "zrem": "K m", "zcount": "K 0 1", "zrange": "K 0 1", "zrangebyscore": "K 0 1", "zscore": "K m", "zrank": "K m",
	"zincrby": "K 1 m", "zscan": "K 0", "zremrangebyscore": "K 0 1", "zremrangebyrank": "K 0 1",
	"xadd": "K * f v", "xdel": "K 0-1", "xack": "K g 0-1", "xtrim": "K MAXLEN 1", "xrange": "K - +", "xrevrange": "K + -", "xpending": "K g",
	"xgroup|create": "K g 0", "xgroup|delconsumer": "K g c", "xinfo|consumers": "K g", "xclaim": "K g c 1 0-1", "xautoclaim": "K g c 1 0",
	"xreadgroup": "GROUP g c STREAMS K >",
}

// commandsOf returns commands that a user with the rules may send: each of a set of rules
// on one of its keys, and one on each key.
func commandsOf(rules string) (all [][]any) {
	var keys, channels, names []string
	end := func() {
		for i, name := range names {
			for k, key := range append(keys, channels...) {
				if isChannel := k >= len(keys); isChannel == (name == "publish") && (i == 0 || k == 0 || isChannel) {
					all = append(all, command(name, key))
				}
			}
			if len(keys) == 0 {
				all = append(all, command(name, ""))
			}
		}
		keys, channels, names = nil, nil, nil
	}
	for line := range strings.Lines(rules) {
		line, _, _ = strings.Cut(line, "#")
		for rule := range strings.FieldsSeq(line) {
			if strings.HasPrefix(rule, "(") {
				end()
			}
			name := strings.Trim(strings.ReplaceAll(rule, "*", "doctor"), "()")
			switch {
			case strings.HasPrefix(name, "&"):
				channels = append(channels, name[1:])
			case !strings.HasPrefix(name, "+"):
				_, key, _ := strings.Cut(name, "~")
				keys = append(keys, key)
			case !slices.Contains(ofConnections, name[1:]):
				names = append(names, name[1:])
			}
		}
	}
	end()
	return all
}

// command is one of that name, on a key or a channel that nobody has.
func command(name, key string) []any {
	args, ok := withArguments[name]
	if !ok {
		args = "K"
	}
	var words []any
	for word := range strings.SplitSeq(name, "|") {
		words = append(words, strings.ToUpper(word))
	}
	if name == "eval" {
		return append(words, "return 1", 1, key)
	}
	for arg := range strings.FieldsSeq(args) {
		if arg == "K" || arg == "C" {
			arg = key
		}
		words = append(words, arg)
	}
	return words
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

// rights says which roles the user of REDIS_URL has the rights of.
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
	var has, unknown, nearest []string
	var near string // the role that the user lacks the least of
	n := 0
	for _, r := range roles {
		var refused []string
		for _, l := range lacks {
			switch name := strings.TrimSpace(fmt.Sprintf("%v %v", commands[l.Command][0], firstKey(commands[l.Command]))); {
			case l.Command < n || l.Command >= n+len(r.commands):
			case l.Unknown:
				unknown = append(unknown, fmt.Sprint(commands[l.Command][0]))
			default:
				refused = append(refused, name)
			}
		}
		if n += len(r.commands); len(refused) == 0 {
			has = append(has, r.name)
		} else if wanted := e.System.Summarizer != nil && r.name == workerRole; near == "" || wanted || len(refused) < len(nearest) {
			near, nearest = r.name, refused
		}
	}
	switch works := e.System.Summarizer == nil || slices.Contains(has, workerRole); {
	case len(unknown) > 0:
		e.add(Wrong, "rights", "it does not have "+some(unknown)+", without which neither foreday nor asynq works",
			"use a Redis or Valkey that has it: some services leave scripts out, some rename commands")
	case len(has) > 0 && works:
		e.ok("rights", "the user of REDIS_URL has the rights of %s", listed(has))
	default:
		found := fmt.Sprintf("the user of REDIS_URL lacks rights of a %s: it may not do %s", near, some(nearest))
		if len(has) > 0 {
			found = fmt.Sprintf("the user of REDIS_URL has the rights of %s, not of a %s: it may not do %s", listed(has), near, some(nearest))
		}
		if slices.Contains(has, operatorRole) && len(nearest) > fewRights {
			e.add(Warning, "rights", found, fmt.Sprintf("as an operator's, that is all it needs; if a worker is to run with it: `scripts/redis acl %s`", near))
			return
		}
		cure := fmt.Sprintf("give it what foreday needs (ACL SETUSER): `scripts/redis acl %s` prints that", near)
		e.add(Wrong, "rights", found, cure)
	}
}

// fewRights are what a worker's user may lack, whose rules are old or mistaken. A user who lacks
// more was never meant to be one.
const fewRights = 10

// workerRole is the role that is needed with a way to the calendars; operatorRole is that of
// people, in whose shells there may be one.
const workerRole, operatorRole = "worker", "operator"

// listed is a list as people say it.
func listed(names []string) string {
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return strings.Join(names, "")
}

// firstKey is the prefix that a command's key or channel has.
func firstKey(command []any) string {
	for _, arg := range command[1:] {
		if text, ok := arg.(string); ok {
			if prefix, _, found := strings.Cut(text, ":"); found && (prefix == "foreday" || prefix == "asynq") {
				return strings.ReplaceAll(text, "doctor", "*")
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
