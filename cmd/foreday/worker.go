package main

import (
	"context"
	"net"
	"time"

	"github.com/rs/zerolog"

	"foreday/cmd/foreday/internal/wiring"
)

type workerCmd struct {
	wiring.SystemSettings  `embed:""`
	wiring.WitnessSettings `embed:""`
	wiring.ProbeSettings   `embed:""`
}

// Run consumes messages and refreshes summaries.
func (c *workerCmd) Run(ctx context.Context, out console) error {
	if err := c.NeedGoogle(); err != nil {
		return err
	}
	sys, err := wired(ctx, c.SystemSettings, out)
	if err != nil {
		return err
	}
	defer sys.Close()
	parts := append(probes(c.ProbeSettings, sys), sys.RunWorker, sys.SayWhenThere)
	if c.Witness {
		parts = append(parts, sys.RunWitness)
	}
	c.Report(sys.Log)
	go sys.Beat(ctx, "worker", true)
	sys.Log.Info().Msg("worker started")
	err = together(ctx, parts...)
	sys.Log.Info().Msg("worker stopped")
	return err
}

// probes are the part that tells how a process is which serves nothing else, if it is wanted.
func probes(s wiring.ProbeSettings, sys *wiring.System) (parts []func(context.Context) error) {
	if s.MetricsPort == 0 {
		return nil
	}
	return append(parts, func(ctx context.Context) error {
		return serve(ctx, sys.Log, address(s.MetricsPort, s.APIToken != "" || s.OpenMetrics), sys.Probes(s.MetricsSettings), func(a net.Addr) {
			sys.Log.Info().Str("metrics", urlOf(a)+"/metrics").Msg("serving")
		})
	})
}

// wired wires the parts over the Redis of the settings, which need not answer yet. If it
// does, the other processes there must have the same key.
func wired(ctx context.Context, s wiring.SystemSettings, out console) (*wiring.System, error) {
	client, err := s.RedisSettings.Open()
	if err != nil {
		return nil, err
	}
	sys, err := wiring.New(s, client, s.Logger(out.stderr, zerolog.InfoLevel), time.Now)
	if err != nil {
		return nil, err
	}
	if err := sys.CheckKey(ctx); err != nil {
		sys.Close()
		return nil, err
	}
	return sys, nil
}
