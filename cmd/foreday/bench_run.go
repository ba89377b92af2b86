package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/wiring"
)

// benches are all that can be measured, by name. Each describes its workload in
// its own file; all are seeded, so that two runs do the same work.
var benches = map[string]func(*bench) error{
	"coalesce":  benchCoalesce,
	"fairness":  benchFairness,
	"freshness": benchFreshness,
	"hostile":   benchHostile,
	"ingest":    benchIngest,
	"novelty":   benchNovelty,
	"quota":     benchQuota,
	"writing":   benchWriting,
}

// wantOwnRedis are the benches that kill Redis, or need several, and so never
// measure on that of the settings.
var wantOwnRedis = map[string]bool{"fairness": true, "hostile": true, "quota": true}

// benchOptions say what to measure, and on what.
type benchOptions struct {
	wiring.RedisSettings // none: a redis-server of the bench's own

	Name  string
	For   time.Duration // of the benches that run for a time; 0: their own
	ICS   []string      // files of calendars to measure novelty on, too
	Parts []string      // none: all
	Seed  uint64
}

// validate returns an error if the bench has no such parts, or is to be too short.
func (o benchOptions) validate() error {
	for _, part := range o.Parts {
		if !slices.Contains(benchParts(o.Name), part) {
			return fmt.Errorf("--part %q: bench %s has these parts: %s", part, o.Name, cmp.Or(strings.Join(benchParts(o.Name), ", "), "none"))
		}
	}
	if o.Name == "quota" && o.For != 0 && o.For < quotaShortest {
		return fmt.Errorf("--for %q: quota wants %v or more, for its windows of a minute", o.For, quotaShortest)
	}
	return nil
}

// bench is one measurement under way.
type bench struct {
	benchOptions
	ctx      context.Context
	client   redis.UniversalClient
	metrics  map[string]float64
	progress *terminal.Progress

	metricsLock sync.Mutex // of metrics, in benches that measure two things at once
}

// benchResult is what was measured, and on what.
type benchResult struct {
	Bench   string             `json:"bench"`
	Redis   string             `json:"redis"`
	CPUs    int                `json:"cpus"`
	Metrics map[string]float64 `json:"metrics"`
}

// runBench measures. How far it has come is shown on stderr, if that is a terminal.
func runBench(ctx context.Context, o benchOptions, stderr io.Writer) (benchResult, error) {
	if o.RedisURL == "" || wantOwnRedis[o.Name] {
		own, err := startOwnRedis()
		if err != nil {
			return benchResult{}, err
		}
		defer own.close()
		o.RedisURL = own.URL()
	}
	client, err := o.Connect(ctx)
	if err != nil {
		return benchResult{}, err
	}
	defer client.Close()
	b := &bench{benchOptions: o, ctx: ctx, client: client, metrics: map[string]float64{}, progress: terminal.NewProgress(stderr, o.Name)}
	err = benches[o.Name](b)
	b.progress.Done()
	if err != nil {
		return benchResult{}, fmt.Errorf("bench %s: %w", o.Name, err)
	}
	return benchResult{
		Bench: o.Name, Redis: cmp.Or(wiring.RedisVersion(ctx, client), "unknown"), CPUs: runtime.NumCPU(), Metrics: b.metrics,
	}, nil
}

// benchParts are the parts of a bench that can be measured alone.
func benchParts(bench string) (names []string) {
	switch bench {
	case "quota":
		for _, p := range quotaParts {
			names = append(names, p.name)
		}
	case "hostile":
		for _, a := range attacks[1:] {
			names = append(names, a.name)
		}
	}
	return names
}

// benchNames are the names of all benches, in order.
func benchNames() []string { return slices.Sorted(maps.Keys(benches)) }
