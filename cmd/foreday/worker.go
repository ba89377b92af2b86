package main

import (
	"context"
	"net"
	"time"

	"github.com/rs/zerolog"

	"foreday/cmd/foreday/internal/wiring"
)

type workerCmd struct {
	wiring.SystemSettings `embed:""`
	MetricsPort           int `name:"metrics-port" env:"PORT" default:"0" help:"Port for /metrics on loopback; 0 for none."`
	wiring.TokenSettings  `embed:""`
}

// Validate is called by the parser.
func (c *workerCmd) Validate() error { return wiring.ValidPort("PORT", c.MetricsPort) }

// Run consumes messages and refreshes summaries.
func (c *workerCmd) Run(ctx context.Context, out console) error {
	if err := c.NeedGoogle(); err != nil {
		return err
	}
	sys, err := wired(c.SystemSettings, out)
	if err != nil {
		return err
	}
	defer sys.Close()
	if err := sys.CheckKey(ctx); err != nil {
		return err
	}
	parts := []func(context.Context) error{sys.RunWorker, sys.SayWhenThere}
	if c.MetricsPort != 0 {
		parts = append(parts, func(ctx context.Context) error {
			return serve(ctx, sys.Log, address(c.MetricsPort, false), sys.Metrics(c.APIToken), func(a net.Addr) {
				sys.Log.Info().Str("metrics", urlOf(a)+"/metrics").Msg("serving")
			})
		})
	}
	c.Report(sys.Log)
	go sys.Beat(ctx, "worker")
	sys.Log.Info().Msg("worker started")
	err = together(ctx, parts...)
	sys.Log.Info().Msg("worker stopped")
	return err
}

// wired wires the parts over the Redis of the settings, which need not answer yet.
func wired(s wiring.SystemSettings, out console) (*wiring.System, error) {
	client, err := s.RedisSettings.Open()
	if err != nil {
		return nil, err
	}
	return wiring.New(s, client, s.Logger(out.stderr, zerolog.InfoLevel), time.Now)
}
