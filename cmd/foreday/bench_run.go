package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
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

type benchCmd struct {
	Name   string        `arg:"" help:"What to measure: ${benches}. fairness, hostile and quota start worker processes and a redis-server of their own, even if REDIS_URL is set: they do harm."`
	JSON   bool          `name:"json" help:"Print one JSON object."`
	Report string        `placeholder:"FILE" help:"Draw the figures on a page of HTML, too."`
	For    time.Duration `placeholder:"D" help:"Length of the benches that run for a time; their own default if not given."`
	ICS    []string      `name:"ics" sep:"none" placeholder:"FILE" help:"Measure novelty on this exported calendar, too; may be repeated."`
	Part   []string      `placeholder:"PART" help:"Measure only this part of quota (requests, outage, kills) or this attack of hostile (${attacks}); may be repeated."`
	Seed   uint64        `default:"1" help:"Another seed makes another workload of quota and fairness, of the same kind."`

	RedisSettings `embed:"" group:"Redis"`
}

// Validate is called by the parser.
func (c *benchCmd) Validate() error {
	for _, part := range c.Part {
		if !slices.Contains(benchParts(c.Name), part) {
			return fmt.Errorf("--part %q: bench %s has these parts: %s", part, c.Name, cmp.Or(strings.Join(benchParts(c.Name), ", "), "none"))
		}
	}
	if c.Name == "quota" && c.For != 0 && c.For < quotaShortest {
		return fmt.Errorf("--for %q: quota wants %v or more, for its windows of a minute", c.For, quotaShortest)
	}
	return nil
}

// bench is one measurement under way.
type bench struct {
	ctx      context.Context
	length   time.Duration // 0: the bench's own
	ics      []string      // calendars of the caller's
	parts    []string      // none: all
	seed     uint64
	client   redis.UniversalClient
	url      string
	metrics  map[string]float64
	progress *progress

	metricsLock sync.Mutex // of metrics, in benches that measure two things at once
}

// benchResult is what --json prints.
type benchResult struct {
	Bench   string             `json:"bench"`
	Redis   string             `json:"redis"`
	CPUs    int                `json:"cpus"`
	Metrics map[string]float64 `json:"metrics"`
}

// Run measures and prints.
func (c *benchCmd) Run(ctx context.Context, out console) error {
	measure := benches[c.Name]
	if measure == nil {
		return badSetting("bench", c.Name, "want one of "+benchNames())
	}
	url, stop, err := c.server(ctx)
	if err != nil {
		return err
	}
	defer stop()
	c.RedisURL = url
	client, err := c.RedisSettings.connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	b := &bench{ctx: ctx, length: c.For, ics: c.ICS, parts: c.Part, seed: c.Seed, client: client, url: url, metrics: map[string]float64{}, progress: newProgress(out.stderr, c.Name)}
	err = measure(b)
	b.progress.done()
	if err != nil {
		return fmt.Errorf("bench %s: %w", c.Name, err)
	}
	r := benchResult{Bench: c.Name, Redis: cmp.Or(redisVersion(ctx, client), "unknown"), CPUs: runtime.NumCPU(), Metrics: b.metrics}
	if c.Report != "" {
		if err := r.draw(c.Report); err != nil {
			return err
		}
	}
	if c.JSON {
		return json.NewEncoder(out.stdout).Encode(r)
	}
	return r.table(out.stdout)
}

// server returns the Redis to measure on: that of the settings, or a
// redis-server of the bench's own.
func (c *benchCmd) server(ctx context.Context) (url string, stop func(), err error) {
	if c.RedisURL != "" && !wantOwnRedis[c.Name] {
		return c.RedisURL, func() {}, nil
	}
	r, err := startOwnRedis(ctx)
	if err != nil {
		return "", nil, err
	}
	return r.url, r.close, nil
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

func benchNames() string { return strings.Join(sortedKeys(benches), ", ") }

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// percentile returns the p-th percentile, p from 0 to 1, of what it sorts.
func percentile(d []time.Duration, p float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[min(len(d)-1, int(float64(len(d))*p))]
}
