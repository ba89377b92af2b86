package main

import (
	"context"
	"net"

	"foreday/cmd/foreday/internal/wiring"
)

type apiCmd struct {
	wiring.SystemSettings `embed:""`
	wiring.HTTPSettings   `embed:"" group:"HTTP"`
}

// Run serves summaries over HTTP. Without access to Google it still serves what
// the workers make, but nothing while Redis is away.
func (c *apiCmd) Run(ctx context.Context, out console) error {
	sys, err := wired(ctx, c.SystemSettings, out)
	if err != nil {
		return err
	}
	defer sys.Close()
	c.Report(sys.Log)
	go sys.Beat(ctx, "api", false)
	go sys.Reader.KeepLocal(ctx)
	if sys.Summarizer == nil {
		sys.Log.Warn().Msg("no way to the calendars is set: summaries cannot be made here while Redis is away")
	}
	return together(ctx, sys.SayWhenThere, func(ctx context.Context) error {
		return serve(ctx, sys.Log, address(c.Port, c.APIToken != ""), sys.API(c.MetricsSettings), func(a net.Addr) {
			sys.Log.Info().Str("api", urlOf(a)+"/v1").Msg("serving")
		})
	})
}
