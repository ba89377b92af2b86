package main

import (
	"context"
	"net"

	"github.com/rs/zerolog"

	"foreday/cmd/foreday/internal/wiring"
)

type dashboardCmd struct {
	wiring.RedisSettings     `embed:"" group:"Redis"`
	wiring.StreamSettings    `embed:"" group:"Redis"`
	wiring.LogSettings       `embed:"" group:"Logs"`
	wiring.DashboardSettings `embed:"" group:"HTTP"`
	wiring.MetricsSettings   `embed:"" group:"HTTP"`
	Port                     int `env:"PORT" default:"8081" group:"HTTP" help:"Port to listen on; 0 picks a free one."`
}

// Validate is called by the parser.
func (c *dashboardCmd) Validate() error { return wiring.ValidPort("PORT", c.Port) }

// Run serves the operators' page and asynqmon.
func (c *dashboardCmd) Run(ctx context.Context, out console) error {
	client, err := c.RedisSettings.Open()
	if err != nil {
		return err
	}
	log := c.Logger(out.stderr, zerolog.InfoLevel)
	defer wiring.CloseInTime(log, client.Close)
	go func() {
		wiring.SayWhenThere(ctx, log, c.RedisURL, func(ctx context.Context) error { return client.Ping(ctx).Err() })
		wiring.SayWhatVoidsPromises(ctx, log, client)
	}()
	handler := wiring.DashboardAlone(ctx, client, c.DashboardSettings, c.StreamSettings, c.MetricsSettings, log)
	return serve(ctx, log, address(c.Port, c.DashboardUser != ""), handler, func(a net.Addr) {
		log.Info().Str("overview", urlOf(a)+"/").Str("dashboard", urlOf(a)+wiring.DashboardRoot+"/").Msg("serving")
	})
}
