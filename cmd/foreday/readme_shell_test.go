package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"foreday/cache/redistest"
)

// reading is a newcomer who types the README, in a folder of their own.
type reading struct {
	t     *testing.T
	dir   string
	port  string // in the place of 8080
	redis string // the address in the place of redis://localhost:6379
	shell *shell
	up    *process
}

func newReading(t *testing.T) *reading {
	r := &reading{t: t, dir: t.TempDir()}
	linkProgram(t, filepath.Join(r.dir, "bin", "foreday"))
	r.newShell()
	return r
}

// newShell begins as somebody does who opens a terminal.
func (r *reading) newShell() {
	r.port = freePort(r.t)
	r.shell = newShell(r.t, r.dir, asForeday.with(
		"PATH="+os.Getenv("PATH"), "HOME="+r.dir, "PORT="+r.port, "PYTHONPATH="+filepath.Join(r.dir, "stubs"),
	))
	r.shell.do(`go() { [ "$*" = "build -o bin/foreday ./cmd/foreday" ]; }`)
}

// typed is a command as the test types it.
func (r *reading) typed(command string) string {
	command = strings.ReplaceAll(command, "localhost:8080", "localhost:"+r.port)
	if r.redis != "" {
		command = strings.ReplaceAll(command, "redis://localhost:6379", r.redis)
	}
	// PORT is the API's; the others would take it for their own.
	command = strings.ReplaceAll(command, "bin/foreday worker", "env -u PORT bin/foreday worker")
	return strings.ReplaceAll(command, "bin/foreday dashboard", "PORT=0 bin/foreday dashboard")
}

// run types a block and compares what comes.
func (r *reading) run(b block) {
	r.t.Helper()
	if b.lang == "sh" {
		if out, ok := r.shell.do(r.typed(b.text)); !ok {
			r.t.Fatalf("line %d failed:\n%s\n%s%s", b.line, b.text, out, r.shell.stderr())
		}
		return
	}
	flags, _ := b.is("with")
	for i, part := range strings.Split("\n"+b.text, "\n$ ")[1:] {
		command, want, _ := strings.Cut(part, "\n")
		if until, ok := b.is("stays up"); ok {
			r.leaveUp(b, command, want, until)
			continue
		}
		if strings.HasPrefix(command, "bin/foreday") {
			command += " " + flags
		}
		got, ok := r.shell.do(r.typed(command))
		for until := time.Now().Add(readPatience); ok && onlyReads(command) && !matches(want, got) && time.Now().Before(until); {
			time.Sleep(100 * time.Millisecond)
			got, ok = r.shell.do(r.typed(command))
		}
		if !ok {
			r.t.Fatalf("line %d, command %d failed: %s\n%s%s", b.line, i+1, command, got, r.shell.stderr())
		}
		if !matches(want, got) {
			r.t.Errorf("line %d: %s prints\n%s\nbut the README says\n%s", b.line, command, got, want)
		}
	}
}

// readPatience is how long what only reads may print something else: a person takes
// seconds from one block to the next, and what the one before began goes on meanwhile.
const readPatience = 10 * time.Second

// onlyReads reports whether a command asks Redis for one value.
func onlyReads(command string) bool {
	return regexp.MustCompile(`^redis-cli -u \S+ GET `).MatchString(command)
}

// leaveUp starts a program that stays up.
func (r *reading) leaveUp(b block, command, want, until string) {
	r.t.Helper()
	words := strings.Fields(command)
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Path, cmd.Dir = filepath.Join(r.dir, words[0]), r.dir
	cmd.Env = asForeday.with("PATH="+os.Getenv("PATH"), "HOME="+r.dir, "PORT="+r.port)
	cmd.Err = nil
	r.up = startCommand(r.t, cmd)
	r.up.says(r.t, until)
	if !matches(want, r.up.output()) {
		r.t.Errorf("line %d: %s prints\n%s\nbut the README says\n%s", b.line, command, r.up.output(), want)
	}
}

// alone stops what was left running, and opens another terminal.
func (r *reading) alone() {
	r.t.Helper()
	r.wantApplied()
	r.up.stop(r.t)
	r.redis = redistest.Start(r.t, redistest.WithConfig("appendonly yes")).URL() // as scripts/redis server is
	r.newShell()
}

// readmeMessages is how many the README publishes before it goes on alone: with sandbox
// event, curl, redis-cli, publish, Python and Node, and of two changes of settings.
const readmeMessages = 9

// wantApplied checks that every way to publish has published.
func (r *reading) wantApplied() {
	r.t.Helper()
	var metrics string
	count := func(outcome string) string {
		m := regexp.MustCompile(`foreday_events_total\{outcome="` + outcome + `"\} (\d+)`).FindStringSubmatch(metrics)
		return append(m, "0", "0")[1]
	}
	eventually(r.t, func() string {
		metrics = get(r.t, "http://localhost:"+r.port+"/metrics").body
		if n := count("applied"); n != fmt.Sprint(readmeMessages) {
			return fmt.Sprintf("%s of the README's messages were applied, want %d; %s could not be understood", n, readmeMessages, count("dead"))
		}
		return ""
	})
}

// script runs Python or Node.
func (r *reading) script(lang, text string) {
	r.t.Helper()
	program, file, test := "python3", "readme.py", []string{"-c", "import redis"}
	if lang == "js" {
		program, file, test = "node", "readme.mjs", []string{"--input-type=module", "-e", `import "redis"`}
	}
	if _, err := exec.LookPath(program); err != nil {
		r.t.Errorf("%s is needed for the README's snippets: install it", program)
		return
	}
	probe := exec.Command(program, test...)
	probe.Dir = r.dir
	if probe.Run() != nil {
		r.t.Logf("%s has no Redis package here: one made of redis-cli stands in", program)
		for name, content := range redisPackages[lang] {
			writeUnder(r.t, r.dir, name, content)
		}
	}
	writeUnder(r.t, r.dir, file, text)
	if out, ok := r.shell.do("timeout 60 " + program + " " + file); !ok {
		r.t.Errorf("the README's %s failed:\n%s%s", lang, out, r.shell.stderr())
	}
}

func writeUnder(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// redisPackages are as much of the clients as the README uses.
var redisPackages = map[string]map[string]string{
	"python": {"stubs/redis.py": `import subprocess
class Redis:
    @classmethod
    def from_url(cls, url):
        self = cls()
        self.url = url
        return self
    def _do(self, *words):
        return subprocess.run(["redis-cli", "-e", "-u", self.url, *words], check=True, capture_output=True).stdout.strip() or None
    def pipeline(self, transaction):
        return self
    def __enter__(self):
        return self
    def __exit__(self, *_):
        pass
    def execute(self):
        pass
    def hincrby(self, key, field, n):
        return self._do("HINCRBY", key, field, str(n))
    def expire(self, key, seconds, nx):
        return self._do("EXPIRE", key, str(seconds), *["NX"] * nx)
    def delete(self, key):
        return self._do("DEL", key)
    def xadd(self, stream, fields):
        return self._do("XADD", stream, "*", *[word for pair in fields.items() for word in pair])
    def get(self, key):
        return self._do("GET", key)
`},
	"js": {
		"node_modules/redis/package.json": `{"name":"redis","type":"module","exports":"./index.js"}`,
		"node_modules/redis/index.js": `import { execFileSync } from "node:child_process";
export function createClient({ url }) {
  const run = (...words) => execFileSync("redis-cli", ["-e", "-u", url, ...words], { encoding: "utf8" }).trim() || null;
  const client = {
    connect: async () => client,
    hIncrBy: async (key, field, n) => run("HINCRBY", key, field, String(n)),
    expire: async (key, seconds, mode) => run("EXPIRE", key, String(seconds), mode),
    del: async (key) => run("DEL", key),
    xAdd: async (stream, id, fields) => run("XADD", stream, id, ...Object.entries(fields).flat()),
    get: async (key) => run("GET", key),
  };
  return client;
}
`},
}

// shell is a bash that commands are typed into, one after the other.
type shell struct {
	t     *testing.T
	in    io.Writer
	lines chan string
	errs  string // the file that stderr goes to
}

// over ends the output of a command, with its status.
const over = "--over-- "

func newShell(t *testing.T, dir string, e env) *shell {
	t.Helper()
	errs, err := os.CreateTemp(t.TempDir(), "stderr")
	if err != nil {
		t.Fatal(err)
	}
	defer errs.Close()
	cmd := exec.Command("bash", "--norc")
	cmd.Dir, cmd.Env, cmd.Stderr = dir, e, errs
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // with all it starts
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &shell{t: t, in: in, lines: make(chan string, 10_000), errs: errs.Name()}
	read := make(chan struct{})
	go func() {
		defer close(read)
		defer close(s.lines)
		scanner := bufio.NewScanner(out)
		scanner.Buffer(nil, 1<<20)
		for scanner.Scan() {
			s.lines <- scanner.Text()
		}
	}()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // it may have ended
		<-read
		_ = cmd.Wait() // it was killed
	})
	return s
}

// do types commands and returns what they print on stdout, and whether the last of
// them did well.
func (s *shell) do(commands string) (out string, ok bool) {
	s.t.Helper()
	if _, err := fmt.Fprintf(s.in, "%s\ns=$?; echo; echo '%s'$s\n", strings.TrimRight(commands, "\n"), over); err != nil {
		s.t.Fatal(err)
	}
	deadline := time.After(2 * patience)
	var said []string
	for {
		select {
		case line, more := <-s.lines:
			if !more {
				s.t.Fatalf("the shell has ended at\n%s\n%s", commands, s.stderr())
			}
			if status, found := strings.CutPrefix(line, over); found {
				return strings.Join(said, "\n"), status == "0"
			}
			said = append(said, line)
		case <-deadline:
			s.t.Fatalf("this did not end:\n%s\n%s\n%s", commands, strings.Join(said, "\n"), s.stderr())
		}
	}
}

// stderr is the last that was said there.
func (s *shell) stderr() string {
	held, _ := os.ReadFile(s.errs)
	lines := strings.Split(string(held), "\n")
	return strings.Join(slices.Clip(lines[max(0, len(lines)-20):]), "\n")
}
