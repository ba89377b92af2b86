package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"foreday/cache"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/openai/openaitest"
)

// The commands that stay up: all parts in one process, or each in its own.

type upCmd struct {
	Sandbox         bool `help:"Bring local stand-ins for Google Calendar and a model, with made-up users: everything, without accounts."`
	standInSettings `embed:""`
	newStandIns     `embed:""`

	SystemSettings    `embed:""`
	HTTPSettings      `embed:"" group:"HTTP"`
	DashboardSettings `embed:"" group:"HTTP"`
}

// Validate is called by the parser.
func (c *upCmd) Validate() error {
	switch {
	case c.Sandbox:
	case len(c.ICS) > 0:
		return errors.New("--ics: goes with --sandbox only: without it, calendars are Google's")
	case c.EnvFile != "":
		return errors.New("--env-file: goes with --sandbox only")
	}
	return c.standInSettings.validate()
}

// Run runs all parts in this process.
func (c *upCmd) Run(ctx context.Context, out console) error {
	var stand *standIns
	if c.Sandbox {
		c.sayLeftAside(out)
		var err error
		if stand, err = c.standIns(ctx, out); err != nil {
			return err
		}
		defer stand.close()
		defer c.removeEnvFile(stand.url)
	}
	if err := c.needGoogle(); err != nil {
		return err
	}
	log := c.logger(out.stderr, zerolog.InfoLevel)
	client, redisURL, stop, err := c.openRedis(ctx, log)
	if err != nil {
		return err
	}
	defer stop()
	sys, err := newSystem(c.SystemSettings, client, log, time.Now)
	if err != nil {
		client.Close()
		return err
	}
	defer sys.close()
	c.report(log)
	go sys.sayWhenThere(ctx)
	handler := sys.everything(c.APIToken, c.DashboardSettings)
	if stand != nil {
		handler.Handle(sandboxRoot+"/", forThisMachine(http.StripPrefix(sandboxRoot, stand.server.Handler)))
	}
	return together(ctx,
		sys.runWorker,
		func(ctx context.Context) error {
			return serve(ctx, sys.log, address(c.Port, c.APIToken != ""), handler, func(a net.Addr) {
				log.Info().Str("api", urlOf(a)+"/v1").Str("dashboard", urlOf(a)+dashboardRoot+"/").Msg("serving")
				if stand != nil {
					c.invite(out.stderr, stand, a, redisURL)
				}
			})
		})
}

// standIns starts the sandbox and points the settings at it. A model that is set up
// stays in use.
func (c *upCmd) standIns(ctx context.Context, out console) (*standIns, error) {
	if err := c.clearEnvFile(); err != nil {
		return nil, err
	}
	spareMemory()
	stand, err := startStandIns(0, googletest.Config{People: c.people(c.Zone.orUTC())}, openaitest.Config{})
	if err != nil {
		return nil, err
	}
	if err := c.load(ctx, stand, c.Zone.Location, out); err != nil {
		stand.close()
		return nil, err
	}
	stand.useGoogle(&c.GoogleSettings)
	if !c.ModelSettings.wanted() {
		stand.useModel(&c.ModelSettings)
	}
	return stand, nil
}

// usualPort is where other commands look for a sandbox by themselves.
const usualPort = 8080

// invite says what can be done with a sandbox that is up, and lets other commands in.
func (c *upCmd) invite(w io.Writer, stand *standIns, a net.Addr, redisURL string) {
	at, source := "", ""
	here := sandboxAddresses{url: stand.url}
	if c.RedisURL == "" {
		here.redis = redisURL
	}
	switch err := c.writeEnvFile(environment(here, redisURL)); {
	case err != nil:
		fmt.Fprintf(w, "foreday: %s\n", oneLine(err))
	case c.EnvFile != "":
		source = "  source " + c.EnvFile + "\n"
	case c.Port != usualPort:
		at = " --at " + urlOf(a) + sandboxRoot
	}
	fmt.Fprintf(w, `
The sandbox is up, with %s. Ctrl-C stops it. In another terminal:
%s  %s sandbox event u1 "Dentist" --start "today 15:00" --publish%s
  curl -i %s/v1/users/u1/summaries/today
  %[5]s%s/   the queues
  %s   Redis, for clients of your own

`, c.whose(), source, programName(), at, urlOf(a), dashboardRoot, withoutPassword(redisURL))
}

// openRedis connects to the Redis of the settings, or starts one in the process.
func (c *upCmd) openRedis(ctx context.Context, log zerolog.Logger) (client redis.UniversalClient, url string, stop func(), err error) {
	if c.RedisURL != "" {
		client, err = c.RedisSettings.open()
		return client, c.RedisURL, func() {}, err
	}
	log.Info().Msg("REDIS_URL is not set: summaries are kept in this process, and gone when it ends")
	return inProcessRedis(ctx)
}

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
	sys, err := c.wired(out)
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

type apiCmd struct {
	SystemSettings `embed:""`
	HTTPSettings   `embed:"" group:"HTTP"`
}

// Run serves summaries over HTTP. Without access to Google it still serves what
// the workers make, but nothing while Redis is away.
func (c *apiCmd) Run(ctx context.Context, out console) error {
	sys, err := c.wired(out)
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

// wired wires the parts over the Redis of the settings, which need not answer yet.
func (s SystemSettings) wired(out console) (*system, error) {
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

// sayWhenThere says whether Redis can be used, and once it can, what is wrong with it.
func (sys *system) sayWhenThere(ctx context.Context) {
	sayWhenThere(ctx, sys.log, sys.settings.RedisURL, sys.store.Ready)
	if policy, err := cache.Eviction(ctx, sys.client); err == nil && policy != "" {
		sys.log.Warn().Str("maxmemory_policy", policy).
			Msg("redis may evict keys when its memory is full, and with them promised refreshes: set its maxmemory-policy to noeviction")
	}
}

// everything is API and dashboard on one port.
func (sys *system) everything(token string, d DashboardSettings) *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("/", sys.api(token))
	mux.Handle(dashboardRoot+"/", dashboardOf(sys.client, d, sys.log))
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
