package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"foreday/worker/processtest"
)

// The tests run the program as people do: with arguments, an environment of its
// own, and nothing else. The process is the test's own binary, which this
// variable turns into the program. Where no environment is needed, the program
// runs inside the test, which saves the start of a process.
const asProgram = "FOREDAY_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); !slices.Contains(keptVariables, name) {
			os.Unsetenv(name)
		}
	}
	os.Exit(m.Run())
}

// keptVariables are what tests keep of the environment: those of Go say where what they
// compile is compiled already.
var keptVariables = []string{"PATH", "HOME", "TMPDIR", "GOCACHE", "GOMODCACHE", "GOPATH", "GOPROXY", "CGO_ENABLED"}

// goFlags has Go compile as it did this test, so that it finds most of it done.
func goFlags(more string) string {
	race := ""
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		race = "-race "
	}
	return "GOFLAGS=" + race + more
}

// patience is how long anything may take before a test gives up on it: nothing
// may hang, but the machine may be slow.
const patience = 60 * time.Second

// env is what a process has of the environment, as "NAME=value".
type env []string

// asForeday makes the test's binary the program. Race detectors let a process rest for
// a second at its end, by far the most of the time that a command takes.
var asForeday = env{asProgram + "=1", "GORACE=atexit_sleep_ms=0"}

// with returns a copy with more in it.
func (e env) with(more ...string) env { return append(append(env(nil), e...), more...) }

// result is what a process left behind.
type result struct {
	status         int
	stdout, stderr string
	took           time.Duration
}

func program(ctx context.Context, e env, args ...string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Env = e.with("PATH=" + os.Getenv("PATH")).with(asForeday...)
	return cmd
}

// foreday runs the program to its end.
func foreday(t *testing.T, e env, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var stdout, stderr bytes.Buffer
	start := time.Now()
	if len(e) == 0 {
		status := run(ctx, args, console{&stdout, &stderr, strings.NewReader("")})
		if ctx.Err() != nil {
			t.Fatalf("foreday %q took too long:\n%s", args, stderr.String())
		}
		return result{status, stdout.String(), stderr.String(), time.Since(start)}
	}
	cmd := program(ctx, e, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("foreday %q: %v\n%s", args, err, stderr.String())
	}
	return result{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), time.Since(start)}
}

// mustDo runs the program and returns what it printed.
func mustDo(t *testing.T, e env, args ...string) result {
	t.Helper()
	r := foreday(t, e, args...)
	if r.status != exitDone {
		t.Fatalf("foreday %q ended with status %d:\n%s%s", args, r.status, r.stdout, r.stderr)
	}
	return r
}

// wantOneLine checks how the program failed: with the status, nothing on stdout,
// and exactly one line on stderr that holds all of parts.
func (r result) wantOneLine(t *testing.T, status int, parts ...string) {
	t.Helper()
	if r.status != status {
		t.Errorf("status %d, want %d", r.status, status)
	}
	if r.stdout != "" {
		t.Errorf("stdout is not empty:\n%s", r.stdout)
	}
	if !strings.HasPrefix(r.stderr, "foreday: ") || strings.Count(r.stderr, "\n") != 1 || !strings.HasSuffix(r.stderr, "\n") {
		t.Errorf("stderr is not one line:\n%s", r.stderr)
	}
	for _, part := range parts {
		if !strings.Contains(r.stderr, part) {
			t.Errorf("stderr lacks %q:\n%s", part, r.stderr)
		}
	}
}

// process is a program that stays up.
type process struct {
	*processtest.Process
	command string
	mu      sync.Mutex
	said    []string // what came on stdout and stderr, line by line
	spoken  chan struct{}
}

// start starts a program, which is killed when the test ends.
func start(t *testing.T, e env, args ...string) *process {
	t.Helper()
	return startCommand(t, program(context.Background(), e, args...))
}

// startCommand starts a command, which is killed when the test ends.
func startCommand(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{command: strings.Join(cmd.Args[1:], " "), spoken: make(chan struct{})}
	var err error
	if p.Process, err = processtest.Start(cmd, p.hear); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			t.Logf("%s said:\n%s", p.command, p.output())
		}
	})
	return p
}

func (p *process) hear(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said = append(p.said, line)
	close(p.spoken)
	p.spoken = make(chan struct{})
}

func (p *process) output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.said, "\n")
}

// says waits for a line that holds part, and returns it.
func (p *process) says(t *testing.T, part string) string {
	t.Helper()
	deadline := time.After(patience)
	for from := 0; ; {
		p.mu.Lock()
		spoken := p.spoken
		for ; from < len(p.said); from++ {
			if strings.Contains(p.said[from], part) {
				defer p.mu.Unlock()
				return p.said[from]
			}
		}
		p.mu.Unlock()
		select {
		case <-spoken:
		case <-p.Ended():
			t.Fatalf("the program ended with %v and never said %q:\n%s", p.State(), part, p.output())
		case <-deadline:
			t.Fatalf("the program never said %q:\n%s", part, p.output())
		}
	}
}

// stop sends SIGTERM and checks that the program ends well, and in time.
func (p *process) stop(t *testing.T) {
	t.Helper()
	const inTime = 25 * time.Second // ten are promised, and a busy machine takes longer
	began := time.Now()
	if err := p.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.Ended():
	case <-time.After(patience):
		t.Fatal("SIGTERM did not stop it")
	}
	if took := time.Since(began); took > inTime {
		t.Errorf("SIGTERM took %v to stop it, want less than %v", took, inTime)
	}
	if status := p.State().ExitCode(); status != exitDone {
		t.Errorf("after SIGTERM its status was %d", status)
	}
}

// eventually waits until check returns "", which says what is missing.
func eventually(t *testing.T, check func() (missing string)) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		missing := check()
		if missing == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(missing)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
