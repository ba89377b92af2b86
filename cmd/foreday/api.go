package main

import (
	"context"
	"net"
)

type apiCmd struct {
	SystemSettings `embed:""`
	HTTPSettings   `embed:"" group:"HTTP"`
}

// Run serves summaries over HTTP. Without access to Google it still serves what
// the workers make, but nothing while Redis is away.
func (c *apiCmd) Run(ctx context.Context, out console) error {
	sys, err := wired(c.SystemSettings, out)
	if err != nil {
		return err
	}
	defer sys.close()
	c.report(sys.log)
	go sys.sayWhenThere(ctx)
	if sys.summarizer == nil {
		sys.log.Warn().Msg("no way to the calendars is set: summaries cannot be made here while Redis is away")
	}
	return serve(ctx, sys.log, address(c.Port, c.APIToken != ""), sys.api(c.APIToken), func(a net.Addr) {
		sys.log.Info().Str("api", urlOf(a)+"/v1").Msg("serving")
	})
}
