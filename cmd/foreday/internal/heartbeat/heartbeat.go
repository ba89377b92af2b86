// Package heartbeat lets an operator see all processes of a deployment from any one place:
// each writes its metrics to Redis every few seconds. They hold no more than /metrics does.
package heartbeat

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/redis/go-redis/v9"
)

const (
	every  = 5 * time.Second
	kept   = 3*every + time.Second // a process that is silent for longer is gone
	window = time.Minute           // over which rates are taken
	prefix = "foreday_"            // of the metrics that are told
)

// processesKey is a set of the processes that may be alive; each has a key of its own.
const processesKey = "foreday:processes"

// workersKey is a sorted set of those of them that work, by when they were last heard of.
const workersKey = "foreday:workers"

//go:embed workers.lua
var workersSource string

var workersScript = redis.NewScript(workersSource)

// Workers returns how many processes that work are alive.
func Workers(ctx context.Context, client redis.UniversalClient) (int, error) {
	return heard(ctx, client, "")
}

func heard(ctx context.Context, client redis.UniversalClient, worker string) (alive int, err error) {
	alive, err = workersScript.Run(ctx, client, []string{workersKey}, int(kept.Seconds()), worker).Int()
	if err != nil {
		return 0, fmt.Errorf("count the workers: %w", err)
	}
	return alive, nil
}

func processKey(process string) string { return "foreday:process:{" + process + "}" }

// Beat is what a process tells of itself.
type Beat struct {
	Process string `json:"process"` // host and process ID
	Part    string `json:"part"`    // the command that it runs
	// Now are the metrics by name and labels, as Prometheus writes them; Before is the same some
	// Seconds ago, a minute at most.
	Now     map[string]float64 `json:"now"`
	Before  map[string]float64 `json:"before"`
	Seconds float64            `json:"seconds"`
}

// Process names this process: its host and its ID there.
func Process() string {
	host, _ := os.Hostname()
	return fmt.Sprintf("%s:%d", host, os.Getpid())
}

// Run writes the metrics of this process every few seconds, until ctx is done, and whether
// it works. An error is no reason to stop: somebody else says that Redis is away.
func Run(ctx context.Context, client redis.UniversalClient, part string, works bool, metrics prometheus.Gatherer) {
	process := Process()
	type sample struct {
		at      time.Time
		metrics map[string]float64
	}
	var last []sample
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		now := sample{time.Now(), flat(metrics)}
		last = append(last, now)
		for now.at.Sub(last[0].at) > window+every/2 {
			last = last[1:]
		}
		beat := Beat{Process: process, Part: part, Now: now.metrics, Before: last[0].metrics, Seconds: now.at.Sub(last[0].at).Seconds()}
		if text, err := json.Marshal(beat); err == nil {
			_, _ = client.Pipelined(ctx, func(p redis.Pipeliner) error {
				p.SAdd(ctx, processesKey, process)
				p.Set(ctx, processKey(process), text, kept)
				return nil
			})
		}
		if works {
			_, _ = heard(ctx, client, process)
		}
		select {
		case <-ctx.Done():
			leave(context.WithoutCancel(ctx), client, process)
			return
		case <-tick.C:
		}
	}
}

// leave takes the process off the list. Whoever reads does that for one that was killed.
func leave(ctx context.Context, client redis.UniversalClient, process string) {
	ctx, cancel := context.WithTimeout(ctx, 250*time.Millisecond)
	defer cancel()
	_ = client.Del(ctx, processKey(process)).Err()
	_ = client.SRem(ctx, processesKey, process).Err()
	_ = client.ZRem(ctx, workersKey, process).Err()
}

// flat gathers our metrics, each value under its name and labels.
func flat(metrics prometheus.Gatherer) map[string]float64 {
	families, err := metrics.Gather()
	if err != nil {
		return nil
	}
	all := make(map[string]float64)
	for _, family := range families {
		name := family.GetName()
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		for _, m := range family.GetMetric() {
			labels := labelsOf(m.GetLabel())
			switch {
			case m.Histogram != nil:
				all[name+"_count"+braced(labels)] = float64(m.Histogram.GetSampleCount())
				for _, b := range m.Histogram.GetBucket() {
					le := fmt.Sprintf(`le="%g"`, b.GetUpperBound())
					all[name+"_bucket"+braced(append(slices.Clone(labels), le))] = float64(b.GetCumulativeCount())
				}
			case m.Counter != nil:
				all[name+braced(labels)] = m.Counter.GetValue()
			case m.Gauge != nil:
				all[name+braced(labels)] = m.Gauge.GetValue()
			}
		}
	}
	for name, value := range all {
		if math.IsNaN(value) || math.IsInf(value, 0) { // JSON has no word for it
			delete(all, name)
		}
	}
	return all
}

func labelsOf(pairs []*dto.LabelPair) (labels []string) {
	for _, p := range pairs {
		labels = append(labels, fmt.Sprintf("%s=%q", p.GetName(), p.GetValue()))
	}
	return labels
}

func braced(labels []string) string {
	if len(labels) == 0 {
		return ""
	}
	return "{" + strings.Join(labels, ",") + "}"
}

// Beats are of the processes that are alive.
type Beats []Beat

// Read returns the beats of all processes that are alive.
func Read(ctx context.Context, client redis.UniversalClient) (Beats, error) {
	processes, err := client.SMembers(ctx, processesKey).Result()
	if err != nil {
		return nil, fmt.Errorf("read which processes there are: %w", err)
	}
	slices.Sort(processes)
	gets := make([]*redis.StringCmd, len(processes))
	_, err = client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, process := range processes {
			gets[i] = p.Get(ctx, processKey(process))
		}
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("read how %d processes are: %w", len(processes), err)
	}
	var beats Beats
	for i, get := range gets {
		var beat Beat
		switch {
		case errors.Is(get.Err(), redis.Nil):
			_ = client.SRem(ctx, processesKey, processes[i]).Err() // it may come again
		case get.Err() == nil && json.Unmarshal([]byte(get.Val()), &beat) == nil:
			beats = append(beats, beat)
		}
	}
	return beats, nil
}

// Highest is the largest value, of those metrics, in any process.
func (b Beats) Highest(name string, labels ...string) (most float64) {
	for _, beat := range b {
		for metric, value := range beat.Now {
			if matches(metric, name, labels) {
				most = max(most, value)
			}
		}
	}
	return most
}

// The states of a circuit breaker, as foreday_breaker_state numbers them.
const (
	Closed   = "closed"
	HalfOpen = "half open"
	Open     = "open"
)

// Breaker is the worst state of the circuit breaker of an API, in any process.
func (b Beats) Breaker(api string) string {
	states := []string{Closed, HalfOpen, Open}
	return states[min(max(int(b.Highest("foreday_breaker_state", fmt.Sprintf("api=%q", api))), 0), len(states)-1)]
}

// PerSecond is by how much the metrics of that name that have all of the labels, each
// written as label="value", have grown in each second of the last minute, all together.
func (b Beats) PerSecond(name string, labels ...string) (rate float64) {
	for _, beat := range b {
		if beat.Seconds > 0 {
			rate += (total(beat.Now, name, labels) - total(beat.Before, name, labels)) / beat.Seconds
		}
	}
	return rate
}

// Quantile is below which value the share q of a histogram's last minute lies, by the upper
// bound of its bucket; 0 if there was nothing, and infinite if it is above all bounds.
func (b Beats) Quantile(name string, q float64, bounds []float64) float64 {
	grown := func(metric string) (n float64) {
		for _, beat := range b {
			n += beat.Now[metric] - beat.Before[metric]
		}
		return n
	}
	all := grown(name + "_count")
	if all <= 0 {
		return 0
	}
	for _, bound := range bounds {
		if grown(fmt.Sprintf(`%s_bucket{le="%g"}`, name, bound)) >= q*all {
			return bound
		}
	}
	return math.Inf(1)
}

func total(metrics map[string]float64, name string, labels []string) (sum float64) {
	for metric, value := range metrics {
		if matches(metric, name, labels) {
			sum += value
		}
	}
	return sum
}

func matches(metric, name string, labels []string) bool {
	base, rest, _ := strings.Cut(metric, "{")
	return base == name && !slices.ContainsFunc(labels, func(label string) bool { return !strings.Contains(rest, label) })
}
