package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"foreday/cache"
	"foreday/cache/embedded"
)

// The commands that stay up: all parts in one process, or each in its own.

type upCmd struct {
	systemSettings    `embed:""`
	httpSettings      `embed:"" group:"HTTP"`
	dashboardSettings `embed:"" group:"HTTP"`
}

// Run runs all parts in this process.
func (c *upCmd) Run(ctx context.Context, out console) error {
	log := c.logger(out.stderr, zerolog.InfoLevel)
	client, stop, err := c.openRedis(ctx, log)
	if err != nil {
		return err
	}
	defer stop()
	sys, err := newSystem(c.systemSettings, client, log, time.Now)
	if err != nil {
		client.Close()
		return err
	}
	defer sys.close()
	if sys.summarizer == nil {
		return errNoGoogle
	}
	return together(ctx,
		sys.runWorker,
		func(ctx context.Context) error {
			return serve(ctx, sys.log, address(c.Port, c.APIToken != ""), sys.everything(c.APIToken, c.dashboardSettings), func(a net.Addr) {
				log.Info().Str("api", "http://"+a.String()+"/v1").Str("dashboard", "http://"+a.String()+dashboardRoot+"/").Msg("up")
			})
		})
}

// openRedis connects to the Redis of the settings, or starts one in the process.
func (c *upCmd) openRedis(ctx context.Context, log zerolog.Logger) (redis.UniversalClient, func(), error) {
	if c.RedisURL != "" {
		client, err := c.redisSettings.connect(ctx)
		return client, func() {}, err
	}
	server, err := embedded.Start(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("start the in-process Redis: %w", err)
	}
	log.Info().Str("redis", "in-process").Msg("REDIS_URL is not set: summaries are kept in this process, and gone when it ends")
	client, err := cache.Connect(server.URL())
	if err != nil {
		server.Close()
		return nil, nil, err
	}
	return client, server.Close, nil
}

type workerCmd struct {
	systemSettings `embed:""`
	MetricsPort    int `name:"metrics-port" env:"PORT" default:"0" help:"Port for /metrics on loopback; 0 for none."`
}

// Run consumes messages and refreshes summaries.
func (c *workerCmd) Run(ctx context.Context, out console) error {
	sys, err := c.connected(ctx, out)
	if err != nil {
		return err
	}
	defer sys.close()
	if sys.summarizer == nil {
		return errNoGoogle
	}
	parts := []func(context.Context) error{sys.runWorker}
	if c.MetricsPort != 0 {
		parts = append(parts, func(ctx context.Context) error {
			return serve(ctx, sys.log, address(c.MetricsPort, false), sys.metrics(), func(a net.Addr) {
				sys.log.Info().Str("metrics", "http://"+a.String()+"/metrics").Msg("serving metrics")
			})
		})
	}
	sys.log.Info().Str("stream", c.Stream).Str("group", c.Group).Msg("worker started")
	err = together(ctx, parts...)
	sys.log.Info().Msg("worker stopped")
	return err
}

type apiCmd struct {
	systemSettings `embed:""`
	httpSettings   `embed:"" group:"HTTP"`
}

// Run serves summaries over HTTP. Without access to Google it still serves what
// the workers make, but nothing while Redis is away.
func (c *apiCmd) Run(ctx context.Context, out console) error {
	sys, err := c.connected(ctx, out)
	if err != nil {
		return err
	}
	defer sys.close()
	if sys.summarizer == nil {
		sys.log.Warn().Msg("no way to the calendars is set: summaries cannot be made here while Redis is away")
	}
	return serve(ctx, sys.log, address(c.Port, c.APIToken != ""), sys.api(c.APIToken), func(a net.Addr) {
		sys.log.Info().Str("api", "http://"+a.String()+"/v1").Msg("serving")
	})
}

type dashboardCmd struct {
	redisSettings     `embed:"" group:"Redis"`
	logSettings       `embed:"" group:"Logs"`
	dashboardSettings `embed:"" group:"HTTP"`
	Port              int `env:"PORT" default:"8081" help:"Port to listen on; 0 picks a free one."`
}

// Run serves asynqmon.
func (c *dashboardCmd) Run(ctx context.Context, out console) error {
	if err := validPort(c.Port); err != nil {
		return &usageError{err}
	}
	client, err := c.redisSettings.connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	log := c.logger(out.stderr, zerolog.InfoLevel)
	return serve(ctx, log, address(c.Port, c.DashboardUser != ""), dashboard(client, c.dashboardSettings), func(a net.Addr) {
		log.Info().Str("dashboard", "http://"+a.String()+dashboardRoot+"/").Msg("serving")
	})
}

// connected wires the parts over the Redis of the settings, which must answer.
func (s systemSettings) connected(ctx context.Context, out console) (*system, error) {
	client, err := s.redisSettings.connect(ctx)
	if err != nil {
		return nil, err
	}
	sys, err := newSystem(s, client, s.logger(out.stderr, zerolog.InfoLevel), time.Now)
	if err != nil {
		client.Close()
	}
	return sys, err
}

// everything is API and dashboard on one port.
func (sys *system) everything(token string, d dashboardSettings) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", sys.api(token))
	mux.Handle(dashboardRoot+"/", dashboard(sys.client, d))
	mux.Handle("GET /{$}", http.RedirectHandler(dashboardRoot+"/", http.StatusSeeOther))
	return mux
}

// together runs parts until ctx is done or one of them fails, which stops the others.
func together(ctx context.Context, parts ...func(context.Context) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, part := range parts {
		g.Go(func() error { return part(ctx) })
	}
	return g.Wait()
}
