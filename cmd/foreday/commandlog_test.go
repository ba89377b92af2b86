package main

import (
	"bufio"
	"crypto/sha1"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"foreday/cache/redistest"
)

// commandLog is what the clients of a server send, by the names that they give
// themselves (client_name in REDIS_URL), what their scripts do included.
type commandLog struct {
	mu     sync.Mutex
	names  map[string]string // of clients, by address
	script string            // the client whose script is running
	bodies map[string]string // of scripts, by their SHA1
	sent   map[string]map[string][]string
}

// logCommands begins to listen, and ends with the test.
func logCommands(t *testing.T, server *redistest.Server) *commandLog {
	t.Helper()
	conn, err := net.Dial("tcp", server.Addr())
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(conn)
	if _, err := conn.Write([]byte("MONITOR\r\n")); err != nil {
		t.Fatal(err)
	}
	if answer, err := lines.ReadString('\n'); err != nil || answer != "+OK\r\n" {
		t.Fatalf("MONITOR: %q, %v", answer, err)
	}
	log := &commandLog{names: map[string]string{}, bodies: map[string]string{}, sent: map[string]map[string][]string{}}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return
			}
			log.hear(line)
		}
	}()
	t.Cleanup(func() { conn.Close(); <-ended })
	return log
}

var (
	monitored = regexp.MustCompile(`^\+\S+ \[\d+ (\S+)\] (.*)\r\n$`)
	quoted    = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	called    = regexp.MustCompile(`redis\.p?call\(\s*['"]([A-Za-z]+)['"](?:\s*,\s*['"]([A-Z]+)['"])?`)
)

// containers are commands whose subcommands have rights of their own.
var containers = strings.Fields("client script xgroup xinfo config acl cluster memory object pubsub function latency slowlog")

func (l *commandLog) hear(line string) {
	m := monitored.FindStringSubmatch(line)
	if m == nil {
		return
	}
	var args []string
	for _, arg := range quoted.FindAllString(m[2], -1) {
		text, err := strconv.Unquote(arg)
		if err != nil {
			text = arg
		}
		args = append(args, text)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	name := strings.ToLower(args[0])
	for i, arg := range args[:len(args)-1] {
		if (name == "hello" || name == "client") && strings.EqualFold(arg, "setname") {
			l.names[m[1]] = args[i+1]
		}
	}
	who := l.names[m[1]]
	if m[1] == "lua" {
		who = l.script
	} else {
		l.script = who
	}
	l.add(who, ruleOf(args...), args[1:])
	body := ""
	switch {
	case name == "eval":
		body = args[1]
		l.bodies[fmt.Sprintf("%x", sha1.Sum([]byte(body)))] = body
	case name == "script" && len(args) == 3:
		l.bodies[fmt.Sprintf("%x", sha1.Sum([]byte(args[2])))] = args[2]
	case name == "evalsha":
		body = l.bodies[args[1]]
	}
	for _, call := range called.FindAllStringSubmatch(body, -1) {
		l.add(who, ruleOf(call[1:]...), nil) // on a path that this run may not take
	}
}

// ruleOf is a command as rules have it: get, xgroup|create.
func ruleOf(args ...string) string {
	name := strings.ToLower(args[0])
	if slices.Contains(containers, name) && len(args) > 1 {
		name += "|" + strings.ToLower(args[1])
	}
	return name
}

func (l *commandLog) add(who, command string, args []string) {
	if l.sent[who] == nil {
		l.sent[who] = map[string][]string{}
	}
	l.sent[who][command] = append(l.sent[who][command], args...)
}

// of returns the commands that the client of that name has sent, each with all arguments.
func (l *commandLog) of(who string) map[string][]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sent[who]
}
