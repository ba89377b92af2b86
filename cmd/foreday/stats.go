package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"foreday/cmd/foreday/internal/heartbeat"
	"foreday/cmd/foreday/internal/overview"
	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/wiring"
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
		now, err := overview.Look(ctx, client, c.Stream, c.Group)
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
		printOverview(out.stdout, now)
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

func printOverview(w io.Writer, s overview.Deployment) {
	paint := terminal.NewPainter(w)
	line := func(name, format string, args ...any) {
		text := fmt.Sprintf(format, args...)
		if terminal.Is(w) {
			text = terminal.Clip(text, terminal.Width(w)-14)
		}
		fmt.Fprintf(w, "%-12s %s\n", name, text)
	}
	fmt.Fprintln(w, paint.Bold("foreday, over the last minute"))
	line("processes", "%s", listed(s.Processes, func(n int) string { return fmt.Sprint(n) }))
	reads := 0.0
	for _, rate := range s.ReadsPerSecond {
		reads += rate
	}
	if reads == 0 {
		line("reads", "none")
	} else {
		line("reads", "%.2g a second, hits %.1f %%; %s", reads, 100*s.HitRatio,
			listed(s.ReadsPerSecond, func(r float64) string { return fmt.Sprintf("%.2g", r) }))
	}
	if s.FreshnessP99 == 0 {
		line("freshness", "no message was followed by a summary")
	} else {
		line("freshness", "within %g s for half, within %g s for 99 of 100", s.FreshnessP50, s.FreshnessP99)
	}
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
		all = append(all, terminal.OneLine(name)+" "+text(values[name]))
	}
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}
