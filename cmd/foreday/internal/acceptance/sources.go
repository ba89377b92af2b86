package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"

	"foreday/cmd/foreday/internal/bench"
)

// source is what shows a criterion. It returns the figure, and an error if that is not
// as the criterion wants it.
type source interface {
	show(ctx context.Context, a *acceptance) (figure string, err error)
}

// looked is what was seen of the deployment.
type looked func(*deployment, context.Context) (string, error)

func (l looked) show(ctx context.Context, a *acceptance) (string, error) { return l(a.deployment, ctx) }

// tests are foreday's own: the folder of a package, and names.
type tests []string

func (t tests) show(_ context.Context, a *acceptance) (string, error) {
	passed, err := a.tests()
	var failed []string
	for _, name := range t[1:] {
		if !passed[testID(t[0], name)] {
			failed = append(failed, name)
		}
	}
	if len(failed) > 0 {
		return "", errors.Join(fmt.Errorf("not passed, in %s: %s", t[0], strings.Join(failed, ", ")), err)
	}
	if len(t) == 2 {
		return "1 test passed", nil
	}
	return fmt.Sprintf("%d tests passed", len(t)-1), nil
}

func testID(folder, name string) string { return folder + "." + name }

// runTests runs all tests of the table at once, and returns which passed.
func (a *acceptance) runTests(ctx context.Context) (map[string]bool, error) {
	folders, names := a.named()
	args := []string{"test", "-json", "-vet=off", "-count=1", "-timeout", "10m", "-run", "^(" + strings.Join(names, "|") + ")$"}
	for _, folder := range folders {
		args = append(args, "./"+folder)
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	passed, failed := map[string]bool{}, map[string]bool{}
	said := map[string]*strings.Builder{}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var e struct{ Action, Package, Test, Output string }
		if decoder.Decode(&e) != nil {
			break
		}
		_, folder, _ := strings.Cut(e.Package, "/")
		id := testID(folder, e.Test)
		switch e.Action {
		case "pass":
			passed[id] = true
		case "fail":
			failed[id] = true
		case "output", "build-output":
			if said[id] == nil {
				said[id] = &strings.Builder{}
			}
			said[id].WriteString(e.Output)
		}
	}
	for id := range failed {
		if said[id] != nil {
			fmt.Fprint(a.stderr, said[id])
		}
	}
	if err != nil && len(failed) == 0 {
		return passed, fmt.Errorf("go test: %w: %s", err, firstLine(stderr.String()))
	}
	return passed, nil
}

// named are the folders and names of all tests of the table.
func (a *acceptance) named() (folders, names []string) {
	for _, c := range a.criteria {
		for _, e := range c.shown {
			if t, ok := e.source.(tests); ok {
				folders, names = append(folders, t[0]), append(names, t[1:]...)
			}
		}
	}
	slices.Sort(folders)
	slices.Sort(names)
	return slices.Compact(folders), slices.Compact(names)
}

// measured is a bench: what it is called with, what is told of its metrics, which stand in
// braces, and what is wanted of them.
type measured struct {
	bench  string
	figure string
	wants  []want
}

type want struct {
	metric string
	is     func(seen, wanted float64) bool
	value  float64
}

func exactly(seen, wanted float64) bool { return seen == wanted }
func atLeast(seen, wanted float64) bool { return seen >= wanted }
func atMost(seen, wanted float64) bool  { return seen <= wanted }

func (m measured) show(_ context.Context, a *acceptance) (string, error) {
	result, err := a.benches[m.bench]()
	if err != nil {
		return "", err
	}
	var missing []string
	for _, name := range inBraces.FindAllStringSubmatch(m.figure, -1) {
		if _, ok := result.Metrics[name[1]]; !ok {
			missing = append(missing, name[1])
		}
	}
	if len(missing) > 0 {
		return "", fmt.Errorf("bench %s did not measure %s", m.bench, strings.Join(missing, ", "))
	}
	figure := result.Fill(m.figure)
	for _, w := range m.wants {
		seen, ok := result.Metrics[w.metric]
		if !ok || !w.is(seen, w.value) {
			err = errors.Join(err, fmt.Errorf("%s is %v, beyond %v", w.metric, seen, w.value))
		}
	}
	return figure, err
}

var inBraces = regexp.MustCompile(`\{(\w+)\}`)

// runBench runs one as its users do.
func (a *acceptance) runBench(ctx context.Context, name string) (bench.Result, error) {
	var result bench.Result
	out, err := a.foreday(ctx, nil, append([]string{"bench", "--json"}, strings.Fields(name)...)...)
	if err == nil {
		err = json.Unmarshal(out, &result)
	}
	if err != nil {
		return result, fmt.Errorf("bench %s: %w", name, err)
	}
	return result, nil
}

// foreday runs the program, with nothing of the environment but what is said, and returns
// what it printed.
func (a *acceptance) foreday(ctx context.Context, env []string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, a.program, args...)
	cmd.Env = env
	if env == nil {
		cmd.Env = plainEnvironment()
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil && stderr.Len() > 0 {
		err = fmt.Errorf("%w: %s", err, firstLine(stderr.String()))
	}
	return out, err
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

// read is what README.md says.
type read func(readme string, a *acceptance) (string, error)

func (r read) show(_ context.Context, a *acceptance) (string, error) { return r(a.readme, a) }
