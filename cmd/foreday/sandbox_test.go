package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"foreday/summarizer"
)

// sandboxed is a sandbox and the settings that point at it.
type sandboxed struct {
	*process
	env env
	url string
}

func startSandbox(t *testing.T, args ...string) sandboxed {
	t.Helper()
	s := sandboxed{process: start(t, nil, append([]string{"sandbox"}, args...)...)}
	s.says(t, "export OPENAI_MODEL=") // the last of its lines
	for line := range strings.Lines(s.output()) {
		if setting, ok := strings.CutPrefix(strings.TrimSpace(line), "export "); ok {
			s.env = append(s.env, setting)
		}
	}
	s.url = strings.Trim(strings.TrimPrefix(s.env[0], sandboxVariable+"="), "'")
	return s
}

// addressIn returns the address that a log line gives under the name.
func addressIn(t *testing.T, line, name string) string {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal([]byte(line), &fields); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	address, _ := fields[name].(string)
	if !strings.HasPrefix(address, "http://127.0.0.1:") {
		t.Fatalf("%s is %q in %s", name, address, line)
	}
	return address
}

// publishToday tells the stream of a change today, in UTC, where made-up users live.
func publishToday(t *testing.T, server interface{ URL() string }, user string) (date summarizer.Date) {
	t.Helper()
	date = summarizer.DateOf(time.Now().UTC())
	mustDo(t, env{"REDIS_URL=" + server.URL()}, "publish", "--type", "calendar.changed", "--user", user,
		"--start", date.String(), "--end", date.AddDays(1).String())
	return date
}

func TestASandboxKeepsItsEnvFileToItself(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "sandbox.env")
	first := start(t, nil, "sandbox", "--users", "1", "--env-file", file)
	first.says(t, "the settings in")
	for _, command := range [][]string{{"sandbox", "--users", "1"}, {"up", "--sandbox", "--port", "0"}} {
		r := foreday(t, nil, append(command, "--env-file", file)...)
		if r.status != exitUsage || !strings.Contains(r.stderr, file) || !strings.Contains(r.stderr, "still runs") {
			t.Errorf("%q: status %d, %s", command, r.status, r.stderr)
		}
	}
	if _, err := os.Stat(file); err != nil {
		t.Errorf("the first sandbox's file is gone: %v", err)
	}
	first.stop(t)
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is left behind: %v", err)
	}
}
