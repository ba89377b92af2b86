package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/freshness"
	"foreday/cmd/foreday/internal/heartbeat"
	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/events"
	"foreday/worker"
)

type statsCmd struct {
	wiring.RedisSettings  `embed:"" group:"Redis"`
	wiring.StreamSettings `embed:"" group:"Redis"`
	Every                 time.Duration `default:"2s" help:"How often the table is drawn anew, on a terminal."`
	JSON                  bool          `name:"json" help:"Print one JSON object, once."`
}

// Validate is called by the parser.
func (c *statsCmd) Validate() error {
	if c.Every < 100*time.Millisecond {
		return fmt.Errorf("--every %q: want 100ms or more", c.Every)
	}
	return nil
}

// Run prints how the deployment does: once, or on a terminal until Ctrl-C.
func (c *statsCmd) Run(ctx context.Context, out console) error {
	client, err := c.Connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	for {
		now, err := c.look(ctx, client)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		case c.JSON:
			return json.NewEncoder(out.stdout).Encode(now)
		}
		live := terminal.Is(out.stdout)
		if live {
			fmt.Fprint(out.stdout, terminal.ClearScreen)
		}
		now.print(out.stdout)
		if !live {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(c.Every):
		}
	}
}

// stats is how a deployment does. Rates are of the last minute.
type stats struct {
	Processes map[string]int `json:"processes"` // by the command that they run

	ReadsPerSecond  map[string]float64 `json:"reads_per_second"` // by result
	HitRatio        float64            `json:"hit_ratio"`        // of those reads; 0 without any
	FreshnessP50    float64            `json:"freshness_p50_s"`  // of summaries that answered messages
	FreshnessP99    float64            `json:"freshness_p99_s"`
	RefreshesPerMin map[string]float64 `json:"refreshes_per_minute"`         // by outcome, those that came to any
	UpstreamPerMin  map[string]float64 `json:"upstream_requests_per_minute"` // by API
	LimitsUsed      map[string]float64 `json:"limits_used"`                  // share of each limit a minute
	Breakers        map[string]string  `json:"breakers"`                     // the worst of all processes
	JobsWaiting     int64              `json:"jobs_waiting"`
	Tracked         int64              `json:"tracked_refreshes"`
	OldestTracked   float64            `json:"oldest_tracked_s"` // 0 without any
	StreamLag       int64              `json:"stream_lag"`
	StreamPending   int64              `json:"stream_pending"`
	DeadLetters     int64              `json:"dead_letters"`
}

func (c *statsCmd) look(ctx context.Context, client redis.UniversalClient) (s stats, err error) {
	beats, err := heartbeat.Read(ctx, client)
	if err != nil {
		return s, err
	}
	s.Processes = map[string]int{}
	for _, b := range beats {
		s.Processes[b.Part]++
	}
	s.ReadsPerSecond = map[string]float64{}
	reads := 0.0
	for _, result := range []string{"hit", "stale", "miss", "bypass"} {
		s.ReadsPerSecond[result] = beats.PerSecond("foreday_cache_reads_total", labelled("result", result))
		reads += s.ReadsPerSecond[result]
	}
	if reads > 0 {
		s.HitRatio = s.ReadsPerSecond["hit"] / reads
	}
	s.FreshnessP50 = finite(beats.Quantile("foreday_freshness_seconds", .5, worker.FreshnessBuckets))
	s.FreshnessP99 = finite(beats.Quantile("foreday_freshness_seconds", .99, worker.FreshnessBuckets))
	s.RefreshesPerMin, s.UpstreamPerMin = map[string]float64{}, map[string]float64{}
	for _, outcome := range worker.Outcomes() {
		if rate := beats.PerSecond("foreday_refreshes_total", labelled("outcome", outcome)); rate > 0 {
			s.RefreshesPerMin[outcome] = 60 * rate
		}
	}
	s.LimitsUsed, s.Breakers = map[string]float64{}, map[string]string{}
	for _, api := range []string{"google", "openai"} {
		s.UpstreamPerMin[api] = 60 * beats.PerSecond("foreday_upstream_requests_total", labelled("api", api))
		s.Breakers[api] = beats.Breaker(api)
		for _, limit := range []string{"requests", "tokens"} {
			if used := beats.Highest("foreday_quota_used_ratio", labelled("api", api), labelled("limit", limit)); used > 0 {
				s.LimitsUsed[api+" "+limit] = used
			}
		}
	}
	return s, c.lookAtRedis(ctx, client, &s)
}

// lookAtRedis fills in what is not told by processes, but kept for all.
func (c *statsCmd) lookAtRedis(ctx context.Context, client redis.UniversalClient, s *stats) (err error) {
	if s.JobsWaiting, err = worker.NewQueue(client, worker.DefaultQueue).Waiting(ctx); err != nil {
		return err
	}
	ledger := freshness.NewStore(client, freshness.Config{}).Ledger()
	if s.Tracked, err = ledger.Len(ctx); err != nil {
		return err
	}
	oldest, err := ledger.OldestAge(ctx)
	if err != nil {
		return err
	}
	s.OldestTracked = oldest.Seconds()
	dead, err := client.XLen(ctx, events.DefaultDeadStream).Result()
	if err != nil {
		return err
	}
	s.DeadLetters = dead
	groups, err := client.XInfoGroups(ctx, c.Stream).Result()
	if err != nil && !strings.Contains(err.Error(), "no such key") { // nothing was ever published
		return err
	}
	for _, g := range groups {
		if g.Name == c.Group {
			s.StreamLag, s.StreamPending = g.Lag, g.Pending
		}
	}
	return nil
}

func labelled(label, value string) string { return fmt.Sprintf("%s=%q", label, value) }

// finite is for JSON, which has no word for the infinite: the longest that is told apart.
func finite(seconds float64) float64 {
	if math.IsInf(seconds, 1) {
		return slices.Max(worker.FreshnessBuckets)
	}
	return seconds
}

func (s stats) print(w io.Writer) {
	paint := terminal.NewPainter(w)
	line := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%-12s %s\n", name, terminal.Clip(fmt.Sprintf(format, args...), terminal.Width(w)-14))
	}
	fmt.Fprintln(w, paint.Bold("foreday, over the last minute"))
	line("processes", "%s", listed(s.Processes, func(n int) string { return fmt.Sprint(n) }))
	reads := 0.0
	for _, rate := range s.ReadsPerSecond {
		reads += rate
	}
	line("reads", "%.1f a second, hits %.1f %%; %s", reads, 100*s.HitRatio,
		listed(s.ReadsPerSecond, func(r float64) string { return fmt.Sprintf("%.1f", r) }))
	line("freshness", "within %g s for half, within %g s for 99 of 100", s.FreshnessP50, s.FreshnessP99)
	line("refreshes", "%s a minute", listed(s.RefreshesPerMin, func(r float64) string { return fmt.Sprintf("%.0f", r) }))
	line("waiting", "%d jobs; %d refreshes tracked, the oldest for %.1f s", s.JobsWaiting, s.Tracked, s.OldestTracked)
	line("stream", "%d not read, %d not acknowledged; %d dead letters", s.StreamLag, s.StreamPending, s.DeadLetters)
	line("upstream", "%s requests a minute", listed(s.UpstreamPerMin, func(r float64) string { return fmt.Sprintf("%.0f", r) }))
	line("limits used", "%s", listed(s.LimitsUsed, func(r float64) string { return fmt.Sprintf("%.0f %%", 100*r) }))
	for _, api := range slices.Sorted(maps.Keys(s.Breakers)) {
		if state := s.Breakers[api]; state != heartbeat.Closed {
			line("breaker", "%s", paint.Red(api+" is "+state))
		}
	}
}

// listed is "api 2, worker 3"; "none" of nothing.
func listed[V any](values map[string]V, text func(V) string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		all = append(all, name+" "+text(values[name]))
	}
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}
