package main

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
	"foreday/cmd/foreday/internal/bench"
	"foreday/cmd/foreday/internal/terminal"
)

const root = "../../../.."

func held(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWhatTheTableNamesExists(t *testing.T) {
	t.Parallel()
	functions := map[string]string{} // by folder, all its tests' source
	figures := held(t, "cmd/foreday/internal/bench/figures.go")
	for _, c := range criteria {
		if len(c.shown) == 0 {
			t.Errorf("nothing shows %q", c.title)
		}
		for _, e := range c.shown {
			switch s := e.source.(type) {
			case tests:
				if _, ok := functions[s[0]]; !ok {
					functions[s[0]] = testsIn(t, s[0])
				}
				for _, name := range s[1:] {
					if !strings.Contains(functions[s[0]], "\nfunc "+name+"(t *testing.T) {") {
						t.Errorf("%s: there is no %s in %s", c.title, name, s[0])
					}
				}
			case measured:
				wantBench(t, s, figures)
			}
		}
	}
}

func testsIn(t *testing.T, folder string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

// wantBench checks that there are such a bench, such parts of it, and such metrics.
func wantBench(t *testing.T, m measured, figures string) {
	t.Helper()
	words := strings.Fields(m.bench)
	o := bench.Options{Name: words[0]}
	if !slices.Contains(bench.Names(), o.Name) {
		t.Errorf("there is no bench %s", o.Name)
	}
	for i := 1; i < len(words); i += 2 {
		switch words[i] {
		case "--part":
			o.Parts = append(o.Parts, words[i+1])
		case "--for":
			var err error
			if o.For, err = time.ParseDuration(words[i+1]); err != nil {
				t.Error(err)
			}
		default:
			t.Errorf("bench %s: %s is not known here", m.bench, words[i])
		}
	}
	if err := o.Validate(); err != nil {
		t.Errorf("bench %s: %v", m.bench, err)
	}
	names := inBraces.FindAllString(m.figure, -1)
	for _, w := range m.wants {
		names = append(names, "{"+w.metric+"}")
	}
	for _, name := range names {
		if !strings.Contains(figures, name) && !slices.Contains(metricsInNoRow, name) {
			t.Errorf("no figure of a bench has %s", name)
		}
	}
}

// metricsInNoRow are measured, and in none of the README's rows.
var metricsInNoRow = []string{"{reads}"}

// answered is a source that says what it is told to.
type answered struct {
	figure string
	err    error
}

func (s answered) show(context.Context, *acceptance) (string, error) { return s.figure, s.err }

func TestThePageSaysWhatFailsAndFits80Columns(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("measured again and again ", 8)
	a := &acceptance{criteria: []criterion{
		{"It is fast", []evidence{{"a clock", answered{"5 ms", nil}}, {"another " + long, answered{long, nil}}}},
		{"It is sound", []evidence{{"a look", answered{"", errors.New("cracked \x1b[2J" + long + "\nand bent")}}}},
	}}
	p := newPage(a.results(t.Context(), func(int) {}), "Commit 1", 61*time.Second)
	var b strings.Builder
	if err := p.print(&b, false); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		"pass  1. It is fast", "= 5 ms", "FAIL  2. It is sound", "wrong: cracked", "1 of 2 criteria are met. It took 1m1s.",
	} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("the page lacks %q:\n%s", part, b.String())
		}
	}
	if strings.Contains(b.String(), "\x1b") {
		t.Errorf("what strangers wrote reaches the terminal: %q", b.String())
	}
	for line := range strings.Lines(b.String()) {
		if n := terminal.Columns(strings.TrimSuffix(line, "\n")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestAFigureThatIsNotAsWantedFails(t *testing.T) {
	t.Parallel()
	result := bench.Result{Metrics: map[string]float64{"lost": 1, "ratio": 0.9}}
	a := &acceptance{benches: map[string]func() (bench.Result, error){"b": func() (bench.Result, error) { return result, nil }}}
	for _, c := range []struct {
		m    measured
		pass bool
	}{
		{measured{"b", "{ratio} used", []want{{"ratio", atLeast, 0.8}}}, true},
		{measured{"b", "{lost} lost", []want{{"lost", exactly, 0}}}, false},
		{measured{"b", "{ratio} used", []want{{"ratio", atMost, 0.8}}}, false},
		{measured{"b", "used", []want{{"nowhere", atMost, 1}}}, false},
		{measured{"b", "{nowhere} used", nil}, false},
	} {
		if figure, err := c.m.show(t.Context(), a); (err == nil) != c.pass {
			t.Errorf("%v: figure %q, error %v", c.m, figure, err)
		}
	}
	a.tests = func() (map[string]bool, error) { return map[string]bool{"x.TestA": true}, nil }
	if _, err := (tests{"x", "TestA"}).show(t.Context(), a); err != nil {
		t.Error(err)
	}
	if _, err := (tests{"x", "TestA", "TestB"}).show(t.Context(), a); err == nil || !strings.Contains(err.Error(), "TestB") {
		t.Errorf("a test that has not passed: %v", err)
	}
}

func TestWhateverIsKeptBesideSummariesIsFound(t *testing.T) {
	t.Parallel()
	documented := documentedKeys(held(t, "README.md"))
	sound := func(client *redis.Client) {
		client.Set(t.Context(), "foreday:{u1}:summary:2026-11-23", plantedTitle, 0)
		client.HSet(t.Context(), "foreday:{u1}:day:2026-11-23", "gen", 1)
		client.XAdd(t.Context(), &redis.XAddArgs{Stream: "foreday:events", Values: []string{"user", "u1"}})
	}
	for name, c := range map[string]struct {
		keep func(*redis.Client)
		says string
	}{
		"nothing else":      {func(*redis.Client) {}, ""},
		"a key of another":  {func(c *redis.Client) { c.Set(t.Context(), "foreday:raw:u1", "x", 0) }, "foreday:raw:u1 is not in"},
		"a title in a hash": {func(c *redis.Client) { c.HSet(t.Context(), "foreday:{u1}:day:2026-11-24", "t", plantedTitle) }, "is no summary"},
		"a place in a list": {func(c *redis.Client) { c.RPush(t.Context(), "asynq:{foreday:read}:pending", planted) }, "a description"},
		"a guest in a stream": {func(c *redis.Client) {
			c.XAdd(t.Context(), &redis.XAddArgs{Stream: "foreday:dead", Values: []string{"to", planted + "@x"}})
		}, "a description"},
		"a member": {func(c *redis.Client) { c.ZAdd(t.Context(), "foreday:promised", redis.Z{Member: planted}) }, "a description"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := redistest.Mini(t).Client(t)
			sound(client)
			c.keep(client)
			figure, err := searchAll(t.Context(), client, documented)
			if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("figure %q, error %v, want %q", figure, err, c.says)
			}
		})
	}
	if figure, err := searchAll(t.Context(), redistest.Mini(t).Client(t), documented); err == nil {
		t.Errorf("an empty Redis passes: %s", figure)
	}
}

func TestTheREADMETellsTheStrategyAndTheGain(t *testing.T) {
	t.Parallel()
	readme := held(t, "README.md")
	if _, err := documentedStrategy(readme, nil); err != nil {
		t.Error(err)
	}
	for _, broken := range []string{
		strings.Replace(readme, "\n| Cluster |", "\n| Clusters |", 1),
		strings.Replace(readme, "\n## Keys\n", "\n## All keys\n", 1),
		strings.Replace(readme, "\n## Caching strategy\n", "\n## Caching\n", 1),
	} {
		if _, err := documentedStrategy(broken, nil); err == nil {
			t.Error("what is missing is not noticed")
		}
	}
	gain := 40_000.0
	a := &acceptance{benches: map[string]func() (bench.Result, error){latencyAndDay: func() (bench.Result, error) {
		return bench.Result{Metrics: map[string]float64{"no_cache_vs_hit": gain}}, nil
	}}}
	if figure, err := documentedGain(readme, a); err != nil || !strings.Contains(figure, "40,000 in this run") {
		t.Errorf("figure %q, error %v", figure, err)
	}
	gain = 300
	if figure, err := documentedGain(readme, a); err == nil {
		t.Errorf("a gain far from what is told passes: %s", figure)
	}
}

// What is printed in README.md is what the table asks for.
func TestThePageInTheREADMEHasEveryCriterion(t *testing.T) {
	t.Parallel()
	_, section, _ := strings.Cut(held(t, "README.md"), "\n$ scripts/acceptance\n")
	section, _, _ = strings.Cut(section, "\n```")
	told := map[string]bool{}
	for _, line := range regexp.MustCompile(`(?m)^pass +\d+\. (.*)$`).FindAllStringSubmatch(section, -1) {
		told[line[1]] = true
	}
	want := map[string]bool{}
	for _, c := range criteria {
		want[c.title] = true
	}
	if !maps.Equal(told, want) {
		t.Errorf("README.md shows the criteria %v, want %v", told, want)
	}
}
