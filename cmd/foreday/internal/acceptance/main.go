// Acceptance shows each criterion of the owner's story by running something: foreday's own
// tests and benches, and a deployment of several processes on a real redis-server, whose
// keys and metrics are read back. It prints one page. The criteria are data, in
// criteria.go; what shows them is a [source].
//
// scripts/acceptance runs it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"foreday/cmd/foreday/internal/bench"
	"foreday/cmd/foreday/internal/terminal"
)

func main() {
	flags := flag.NewFlagSet("scripts/acceptance", flag.ExitOnError) // with status 2
	asJSON := flags.Bool("json", false, "print one JSON object")
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "scripts/acceptance [--json]   shows each criterion of the story by running something")
	}
	flags.Parse(os.Args[1:])
	if flags.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "scripts/acceptance: %q: it takes no arguments\n", flags.Arg(0))
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	page, err := accept(ctx, os.Stderr)
	stop()
	if err == nil {
		if err = page.print(os.Stdout, *asJSON); err == nil && page.Passed < len(page.Criteria) {
			err = fmt.Errorf("%d of %d criteria are not met: see FAIL on the page", len(page.Criteria)-page.Passed, len(page.Criteria))
		}
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "scripts/acceptance: %v\n", err)
		os.Exit(1)
	}
}

// acceptance is one run of all criteria.
type acceptance struct {
	criteria   []criterion
	stderr     io.Writer
	readme     string
	program    string // foreday, which scripts/acceptance builds beside this one
	deployment *deployment

	// What several criteria ask for is run once.
	tests   func() (map[string]bool, error)
	benches map[string]func() (bench.Result, error)
}

// accept runs everything from the repository's root.
func accept(ctx context.Context, stderr io.Writer) (*page, error) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		return nil, fmt.Errorf("%w: run it in the repository", err)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	began, progress := time.Now(), terminal.NewProgress(stderr, "acceptance")
	defer progress.Done()
	a := &acceptance{criteria: criteria, stderr: stderr, readme: string(readme), program: filepath.Join(filepath.Dir(self), "foreday")}
	a.tests = sync.OnceValues(func() (map[string]bool, error) {
		progress.At("foreday's tests", 0)
		return a.runTests(ctx)
	})
	a.runBenchesOnce(ctx)
	a.tests() // they compile at length: nothing is measured beside them
	inBackground := make(chan struct{})
	go func() { // it mostly waits for windows of a minute
		defer close(inBackground)
		a.benches[a.longest()]()
	}()
	defer func() { <-inBackground }()
	if a.deployment, err = deploy(ctx, a); err != nil {
		return nil, err
	}
	defer a.deployment.close()
	results := a.results(ctx, func(n int) { progress.At(fmt.Sprintf("criterion %d", n+1), float64(n)/float64(len(a.criteria))) })
	if err := ctx.Err(); err != nil {
		return nil, errors.New("it was interrupted")
	}
	return newPage(results, version(ctx), time.Since(began)), nil
}

func (a *acceptance) runBenchesOnce(ctx context.Context) {
	a.benches = map[string]func() (bench.Result, error){}
	for _, m := range a.measured() {
		a.benches[m.bench] = sync.OnceValues(func() (bench.Result, error) { return a.runBench(ctx, m.bench) })
	}
}

// measured are all benches of the table.
func (a *acceptance) measured() (all []measured) {
	for _, c := range a.criteria {
		for _, e := range c.shown {
			if m, ok := e.source.(measured); ok {
				all = append(all, m)
			}
		}
	}
	return all
}

// longest is the bench that is run beside all others.
func (a *acceptance) longest() string {
	for _, m := range a.measured() {
		if strings.HasPrefix(m.bench, "quota ") {
			return m.bench
		}
	}
	panic("no criterion is shown by bench quota")
}

// results shows one criterion after the other.
func (a *acceptance) results(ctx context.Context, at func(n int)) (all []result) {
	for n, c := range a.criteria {
		at(n)
		r := result{Criterion: c.title, Passed: true}
		for _, e := range c.shown {
			figure, err := e.source.show(ctx, a)
			s := seen{How: e.how, Figure: figure}
			if err != nil {
				s.Wrong, r.Passed = strings.ReplaceAll(err.Error(), "\n", "; "), false
			}
			r.Shown = append(r.Shown, s)
		}
		all = append(all, r)
	}
	return all
}

// version says of what the page is.
func version(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty", "--exclude", "*").Output()
	commit := strings.TrimSpace(string(out))
	if err != nil {
		commit = "unknown"
	}
	out, _ = exec.CommandContext(ctx, "redis-server", "--version").Output()
	server := "unknown"
	for _, field := range strings.Fields(string(out)) {
		if v, ok := strings.CutPrefix(field, "v="); ok {
			server = v
		}
	}
	return fmt.Sprintf("Commit %s, Redis %s, %s, %d CPUs, %s", commit, server, runtime.Version(), runtime.NumCPU(),
		time.Now().UTC().Format("2006-01-02 15:04 MST"))
}

// plainEnvironment is what every program needs, and no setting of foreday's.
func plainEnvironment() (env []string) {
	for _, name := range []string{"PATH", "HOME", "TMPDIR"} {
		env = append(env, name+"="+os.Getenv(name))
	}
	return env
}
