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

	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/openai/openaitest"
	"foreday/summarizer/sandbox"
)

type upCmd struct {
	Sandbox         bool `help:"Bring local stand-ins for Google Calendar and a model, with made-up users: everything, without accounts."`
	standInSettings `embed:""`
	newStandIns     `embed:""`

	wiring.SystemSettings    `embed:""`
	wiring.WitnessSettings   `embed:""`
	wiring.HTTPSettings      `embed:"" group:"HTTP"`
	wiring.DashboardSettings `embed:"" group:"HTTP"`
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
	var stand *sandbox.Server
	if c.Sandbox {
		c.sayLeftAside(out)
		var err error
		if stand, err = c.standIns(ctx, out); err != nil {
			return err
		}
		defer stand.Close()
		defer c.removeEnvFile(stand.URL)
	}
	if err := c.NeedGoogle(); err != nil {
		return err
	}
	log := c.Logger(out.stderr, zerolog.InfoLevel)
	client, redisURL, stop, err := c.openRedis(ctx, log)
	if err != nil {
		return err
	}
	defer stop()
	sys, err := wiring.New(c.SystemSettings, client, log, time.Now)
	if err != nil {
		return err
	}
	defer sys.Close()
	if err := sys.CheckKey(ctx); err != nil {
		return err
	}
	c.Report(log)
	go sys.Beat(ctx, "up", true)
	go sys.Reader.KeepLocal(ctx)
	handler := sys.Everything(ctx, c.MetricsSettings, c.DashboardSettings)
	if stand != nil {
		handler.Handle(sandboxRoot+"/", forThisMachine(http.StripPrefix(sandboxRoot, stand)))
	}
	parts := []func(context.Context) error{sys.RunWorker, sys.SayWhenThere}
	if c.Witness {
		parts = append(parts, sys.RunWitness)
	}
	return together(ctx, append(parts,
		func(ctx context.Context) error {
			return serve(ctx, sys.Log, address(c.Port, c.APIToken != ""), handler, func(a net.Addr) {
				log.Info().Str("api", urlOf(a)+"/v1").Str("overview", urlOf(a)+"/").
					Str("dashboard", urlOf(a)+wiring.DashboardRoot+"/").Msg("serving")
				if stand != nil {
					c.invite(out.stderr, stand, a, redisURL)
				}
			})
		})...)
}

// standIns starts the sandbox and points the settings at it. A model that is named stays
// in use.
func (c *upCmd) standIns(ctx context.Context, out console) (*sandbox.Server, error) {
	if err := c.clearEnvFile(); err != nil {
		return nil, err
	}
	spareMemory()
	stand, err := sandbox.Start(0, googletest.Config{People: c.people(c.Zone.OrUTC())}, openaitest.Config{})
	if err != nil {
		return nil, err
	}
	if err := c.load(ctx, stand, c.Zone.Location, out); err != nil {
		stand.Close()
		return nil, err
	}
	c.GoogleSettings.UseSandbox(stand.URL)
	c.useModel(&c.ModelSettings, stand.URL, out)
	return stand, nil
}

// usualPort is where other commands look for a sandbox by themselves.
const usualPort = 8080

// invite says what can be done with a sandbox that is up, and lets other commands in.
func (c *upCmd) invite(w io.Writer, stand *sandbox.Server, a net.Addr, redisURL string) {
	at, source, bearer := "", "", ""
	if c.APIToken != "" {
		bearer = ` -H "Authorization: Bearer $FOREDAY_API_TOKEN"`
	}
	here := sandboxAddresses{url: stand.URL}
	if c.RedisURL == "" {
		here.redis = redisURL
	}
	switch err := c.writeEnvFile(environment(here, redisURL)); {
	case err != nil:
		fmt.Fprintf(w, "foreday: %s\n", terminal.OneLine(err.Error()))
	case c.EnvFile != "":
		source = "  source " + c.EnvFile + "\n"
	case c.Port != usualPort:
		at = " --at " + urlOf(a) + sandboxRoot
	}
	fmt.Fprintf(w, `
The sandbox is up, with %s. Ctrl-C stops it. In another terminal:
%s  %s sandbox event u1 "Dentist" --start "today 15:00" --publish%s
  curl -i%s %s/v1/users/u1/summaries/today
  %[6]s/   the operators' page
  %[7]s   Redis, for clients of your own

`, c.whose(), source, programName(), at, bearer, urlOf(a), wiring.WithoutPassword(redisURL))
}

// openRedis connects to the Redis of the settings, or starts one in the process.
func (c *upCmd) openRedis(ctx context.Context, log zerolog.Logger) (client redis.UniversalClient, url string, stop func(), err error) {
	if c.RedisURL != "" {
		client, err = c.RedisSettings.Open()
		return client, c.RedisURL, func() {}, err
	}
	if err := c.CheckReplicas(); err != nil {
		return nil, "", nil, err
	}
	log.Info().Msg("REDIS_URL is not set: summaries are kept in this process, and gone when it ends")
	return wiring.InProcessRedis(ctx)
}

// together runs parts until ctx is done or one of them fails, which stops the others.
func together(ctx context.Context, parts ...func(context.Context) error) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, part := range parts {
		g.Go(func() error { return part(ctx) })
	}
	return g.Wait()
}
