package main

import (
	"context"
	"net"

	"github.com/rs/zerolog"
)

type dashboardCmd struct {
	RedisSettings     `embed:"" group:"Redis"`
	LogSettings       `embed:"" group:"Logs"`
	DashboardSettings `embed:"" group:"HTTP"`
	Port              int `env:"PORT" default:"8081" group:"HTTP" help:"Port to listen on; 0 picks a free one."`
}

// Validate is called by the parser.
func (c *dashboardCmd) Validate() error { return validPort("PORT", c.Port) }

// Run serves asynqmon.
func (c *dashboardCmd) Run(ctx context.Context, out console) error {
	client, err := c.RedisSettings.open()
	if err != nil {
		return err
	}
	log := c.logger(out.stderr, zerolog.InfoLevel)
	defer closeInTime(log, client.Close)
	go sayWhenThere(ctx, log, c.RedisURL, func(ctx context.Context) error { return client.Ping(ctx).Err() })
	return serve(ctx, log, address(c.Port, c.DashboardUser != ""), dashboardOf(client, c.DashboardSettings, log), func(a net.Addr) {
		log.Info().Str("dashboard", urlOf(a)+dashboardRoot+"/").Msg("serving")
	})
}
