package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache"
)

// benches are all that can be measured, by name. Each describes its workload in
// its own file; all are seeded, so that two runs do the same work.
var benches = map[string]func(*bench) error{
	"coalesce":  benchCoalesce,
	"freshness": benchFreshness,
	"ingest":    benchIngest,
	"novelty":   benchNovelty,
}

type benchCmd struct {
	Name   string        `arg:"" help:"What to measure: ${benches}."`
	JSON   bool          `name:"json" help:"Print one JSON object."`
	Report string        `placeholder:"FILE" help:"Draw the figures on a page of HTML, too."`
	For    time.Duration `placeholder:"D" help:"Length of the benches that run for a time; their own default if not given."`
	ICS    []string      `name:"ics" placeholder:"FILE" help:"Measure novelty on this exported calendar, too; may be repeated."`

	RedisSettings `embed:"" group:"Redis"`
}

// bench is one measurement under way.
type bench struct {
	ctx      context.Context
	length   time.Duration // 0: the bench's own
	ics      []string      // calendars of the caller's
	client   redis.UniversalClient
	url      string
	metrics  map[string]float64
	progress *progress
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
	b := &bench{ctx: ctx, length: c.For, ics: c.ICS, client: client, url: url, metrics: map[string]float64{}, progress: newProgress(out.stderr, c.Name)}
	err = measure(b)
	b.progress.done()
	if err != nil {
		return fmt.Errorf("bench %s: %w", c.Name, err)
	}
	r := benchResult{Bench: c.Name, Redis: redisVersion(ctx, client), CPUs: runtime.NumCPU(), Metrics: b.metrics}
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

func (r benchResult) table(w io.Writer) error {
	fmt.Fprintf(w, "%s, on Redis %s and %d CPUs\n", r.Bench, r.Redis, r.CPUs)
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, name := range sortedKeys(r.Metrics) {
		fmt.Fprintf(t, "  %s\t%.4g\n", name, r.Metrics[name])
	}
	return t.Flush()
}

// server returns the Redis to measure on: that of the settings, or a
// redis-server of the bench's own.
func (c *benchCmd) server(ctx context.Context) (url string, stop func(), err error) {
	if c.RedisURL != "" {
		return c.RedisURL, func() {}, nil
	}
	if _, err := exec.LookPath("redis-server"); err != nil {
		return "", nil, errors.New("REDIS_URL is not set and there is no redis-server on the PATH: a bench measures a real Redis; install redis-server")
	}
	dir, err := os.MkdirTemp("", "foreday-bench")
	if err != nil {
		return "", nil, err
	}
	socket := filepath.Join(dir, "redis.sock")
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.CommandContext(ctx, "redis-server", "--port", fmt.Sprint(port), "--bind", "127.0.0.1",
		"--unixsocket", socket, "--save", "", "--dir", dir, "--loglevel", "warning")
	if err := cmd.Start(); err != nil {
		os.RemoveAll(dir)
		return "", nil, fmt.Errorf("start redis-server: %w", err)
	}
	stop = func() {
		cmd.Process.Kill()
		cmd.Wait()
		os.RemoveAll(dir)
	}
	url = fmt.Sprintf("redis://127.0.0.1:%d", port)
	for range 100 {
		client, err := cache.Connect(url)
		if err != nil {
			break
		}
		err = client.Ping(ctx).Err()
		client.Close()
		if err == nil {
			return url, stop, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	stop()
	return "", nil, errors.New("redis-server was started and does not answer")
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
