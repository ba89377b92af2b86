package bench

import (
	"cmp"
	"context"
	"errors"
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
	"ahead":     benchAhead,
	"coalesce":  benchCoalesce,
	"fairness":  benchFairness,
	"freshness": benchFreshness,
	"hostile":   benchHostile,
	"idle":      benchIdle,
	"ingest":    benchIngest,
	"novelty":   benchNovelty,
	"outage":    benchOutage,
	"quota":     benchQuota,
	"reads":     benchReads,
	"report":    benchReport,
	"scale":     benchScale,
	"stampede":  benchStampede,
	"writing":   benchWriting,
}

// wantOwnRedis are the benches that kill Redis, need several, count its commands or fill it,
// and so never measure on that of the settings.
var wantOwnRedis = map[string]bool{
	"fairness": true, "hostile": true, "idle": true, "outage": true, "quota": true, "report": true, "scale": true,
	"stampede": true,
}

// Options say what to measure, and on what.
type Options struct {
	wiring.RedisSettings // none: a redis-server of the bench's own

	Name  string
	For   time.Duration // of the benches that run for a time; 0: their own
	ICS   []string      // files of calendars to measure novelty on, too
	Parts []string      // none: all
	Seed  uint64
}

// Validate returns an error if the bench has no such parts, or is to be too short.
func (o Options) Validate() error {
	for _, part := range o.Parts {
		if !slices.Contains(Parts(o.Name), part) {
			return fmt.Errorf("--part %q: bench %s has these parts: %s", part, o.Name, cmp.Or(strings.Join(Parts(o.Name), ", "), "none"))
		}
	}
	if o.Name == "report" && slices.Contains(o.Parts, "day") && !slices.Contains(o.Parts, "latency") {
		return errors.New("--part \"day\": it needs --part latency, too, which counts what a summary costs")
	}
	if o.Name == "quota" && o.For != 0 && o.For < quotaShortest {
		return fmt.Errorf("--for %q: quota wants %v or more, for its windows of a minute", o.For, quotaShortest)
	}
	return nil
}

// bench is one measurement under way.
type bench struct {
	Options
	ctx      context.Context
	client   redis.UniversalClient
	metrics  map[string]float64
	progress *terminal.Progress
	timeline *timeline // of bench report

	metricsLock sync.Mutex // of metrics, in benches that measure two things at once
}

// Result is what was measured, and on what.
type Result struct {
	Bench   string             `json:"bench"`
	Redis   string             `json:"redis"`
	CPUs    int                `json:"cpus"`
	Metrics map[string]float64 `json:"metrics"`

	timeline *timeline // to be drawn; nil if none was measured
}

// Run measures. How far it has come is shown on stderr, if that is a terminal.
func Run(ctx context.Context, o Options, stderr io.Writer) (Result, error) {
	if o.RedisURL == "" || wantOwnRedis[o.Name] {
		own, err := startOwnRedis()
		if err != nil {
			return Result{}, err
		}
		defer own.close()
		o.RedisURL = own.URL()
	}
	client, err := o.Connect(ctx)
	if err != nil {
		return Result{}, err
	}
	defer client.Close()
	b := &bench{Options: o, ctx: ctx, client: client, metrics: map[string]float64{}, progress: terminal.NewProgress(stderr, o.Name)}
	err = benches[o.Name](b)
	b.progress.Done()
	if err != nil {
		return Result{}, fmt.Errorf("bench %s: %w", o.Name, err)
	}
	return Result{
		Bench: o.Name, Redis: cmp.Or(wiring.RedisVersion(ctx, client), "unknown"), CPUs: runtime.NumCPU(), Metrics: b.metrics,
		timeline: b.timeline,
	}, nil
}

// Parts are the parts of a bench that can be measured alone.
func Parts(bench string) (names []string) {
	switch bench {
	case "quota":
		for _, p := range quotaParts {
			names = append(names, p.name)
		}
	case "reads":
		for _, p := range readsParts {
			names = append(names, p.name)
		}
	case "report":
		for _, p := range gainParts {
			names = append(names, p.name)
		}
	case "hostile":
		for _, a := range attacks[1:] {
			names = append(names, a.name)
		}
	}
	return names
}

// wants reports whether a part is to be measured.
func (b *bench) wants(part string) bool { return len(b.Parts) == 0 || slices.Contains(b.Parts, part) }

// Names are the names of all benches, in order.
func Names() []string { return slices.Sorted(maps.Keys(benches)) }
