package main

import (
	"context"
	"net"
	"time"

	"github.com/rs/zerolog"
)

type workerCmd struct {
	SystemSettings `embed:""`
	MetricsPort    int `name:"metrics-port" env:"PORT" default:"0" help:"Port for /metrics on loopback; 0 for none."`
	TokenSettings  `embed:""`
}

// Validate is called by the parser.
func (c *workerCmd) Validate() error { return validPort("PORT", c.MetricsPort) }

// Run consumes messages and refreshes summaries.
func (c *workerCmd) Run(ctx context.Context, out console) error {
	if err := c.needGoogle(); err != nil {
		return err
	}
	sys, err := wired(c.SystemSettings, out)
	if err != nil {
		return err
	}
	defer sys.close()
	parts := []func(context.Context) error{sys.runWorker}
	if c.MetricsPort != 0 {
		parts = append(parts, func(ctx context.Context) error {
			return serve(ctx, sys.log, address(c.MetricsPort, false), sys.metrics(c.APIToken), func(a net.Addr) {
				sys.log.Info().Str("metrics", urlOf(a)+"/metrics").Msg("serving")
			})
		})
	}
	c.report(sys.log)
	go sys.sayWhenThere(ctx)
	sys.log.Info().Msg("worker started")
	err = together(ctx, parts...)
	sys.log.Info().Msg("worker stopped")
	return err
}

// wired wires the parts over the Redis of the settings, which need not answer yet.
func wired(s SystemSettings, out console) (*system, error) {
	client, err := s.RedisSettings.open()
	if err != nil {
		return nil, err
	}
	sys, err := newSystem(s, client, s.logger(out.stderr, zerolog.InfoLevel), time.Now)
	if err != nil {
		client.Close()
	}
	return sys, err
}
