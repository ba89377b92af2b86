package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/events"
	"foreday/summarizer/google"
)

type connectCmd struct {
	User    string        `arg:"" help:"Whose summaries are to be made from the account's calendars."`
	Account string        `placeholder:"ADDRESS" help:"Google account to suggest; the user's ID if not given."`
	Browser string        `enum:"auto,always,never" default:"auto" help:"Whether to open a browser: auto (on a terminal), always or never."`
	Port    int           `default:"0" help:"Port of loopback that the browser is sent back to; 0 picks a free one."`
	Wait    time.Duration `default:"5m" help:"How long to wait for the user."`
	JSON    bool          `name:"json" help:"Print what came of it as one JSON object, and the address on stderr."`

	wiring.RedisSettings  `embed:"" group:"Redis"`
	wiring.StreamSettings `embed:"" group:"Redis"`
	wiring.KeySettings    `embed:"" group:"Summaries"`
	wiring.GoogleSettings `embed:"" group:"Google Calendar"`
	wiring.LogSettings    `embed:"" group:"Logs"`
}

// Validate is called by the parser.
func (c *connectCmd) Validate() error {
	if c.Wait <= 0 {
		return fmt.Errorf("--wait %q: want more than 0s", c.Wait)
	}
	return wiring.ValidPort("--port", c.Port)
}

// Run asks the user for access and keeps what they grant. All that could fail
// before they are bothered is tried first.
func (c *connectCmd) Run(ctx context.Context, out console) error {
	if err := validUser(c.User); err != nil {
		return err
	}
	app := c.OAuth()
	if err := app.Validate(); err != nil {
		return wiring.WrongUsage(fmt.Errorf("GOOGLE_OAUTH_CLIENT_ID: %w: make one for a desktop app at %s; %s",
			err, "https://console.cloud.google.com/apis/credentials", "`foreday sandbox` has one, too"))
	}
	seal, err := c.SealFor(c.RedisSettings)
	if err != nil {
		return err
	}
	var client redis.UniversalClient
	if c.RedisURL != "" {
		if client, err = c.RedisSettings.Connect(ctx); err != nil {
			return err
		}
		defer client.Close()
		if err := wiring.CheckKey(ctx, client, seal); err != nil {
			return err
		}
	}
	kept, place, err := wiring.VaultOf(c.RedisSettings, c.KeySettings, c.GoogleSettings, client)
	if err != nil {
		return err
	}
	zone, err := c.ask(ctx, out, app, kept)
	if err != nil {
		return err
	}
	if c.JSON {
		if err := terminal.PrintJSON(out.stdout, map[string]string{"user": c.User, "where": zone, "kept_in": place}); err != nil {
			return err
		}
		return c.tell(ctx, client)
	}
	user := terminal.VisibleText(c.User)
	fmt.Fprintf(out.stdout, "Connected: foreday reads the calendars of %s (%s). The token is kept in %s.\n", user, zone, place)
	if ways := c.Ways(); len(ways) > 0 {
		fmt.Fprintf(out.stdout, "It will be used once %s is not set any more.\n", ways[0])
	}
	return c.tell(ctx, client)
}

// ask prints the address of the page of consent, and waits for what comes of it.
// It returns where the user lives.
func (c *connectCmd) ask(ctx context.Context, out console, app google.OAuth, kept google.Vault) (zone string, err error) {
	back, err := listenForAnswer(c.Port)
	if err != nil {
		return "", err
	}
	defer back.close()
	consent := app.Ask(back.url, cmp.Or(c.Account, c.User))
	back.open(consent.Answers)
	invitation := out.stdout
	if c.JSON {
		invitation = out.stderr
	}
	fmt.Fprintf(invitation, "To let foreday read the calendars of %s, open this address in a browser on this machine:\n%s\n",
		c.User, consent.Address())
	if c.Browser == "always" || c.Browser == "auto" && terminal.Is(out.stdout) {
		openBrowser(consent.Address())
	}
	answer, err := back.wait(ctx, c.Wait)
	if err != nil {
		return "", err
	}
	zone, err = c.settle(ctx, out, consent, kept, answer)
	answer.show(c.User, err)
	return zone, err
}

// settle turns the answer into a grant, sees that calendars can be read with it,
// and keeps it.
func (c *connectCmd) settle(
	ctx context.Context, out console, consent *google.Consent, kept google.Vault, answer *answer,
) (zone string, err error) {
	grant, err := consent.Grant(ctx, answer.query)
	if err != nil {
		return "", err
	}
	source, err := wiring.NewSource(c.GoogleSettings, google.FixedToken(grant.Access), nil, c.Logger(out.stderr, zerolog.WarnLevel))
	if err != nil {
		return "", err
	}
	set, err := source.Settings(ctx, c.User)
	if err != nil {
		return "", fmt.Errorf("access was granted, but the calendar cannot be read, so nothing was kept: %w", err)
	}
	zone = "in no time zone that is known here"
	if set.Zone != nil {
		zone = "in " + set.Zone.String()
	}
	return zone, grant.Store(ctx, kept, c.User)
}

// tell lets the workers know that there is something to read now.
func (c *connectCmd) tell(ctx context.Context, client redis.UniversalClient) error {
	if client == nil {
		return nil
	}
	publisher := events.NewPublisher(client, events.PublisherConfig{Stream: c.Stream})
	if _, err := publisher.Publish(ctx, events.Message{Type: events.CalendarChanged, User: c.User}); err != nil {
		return fmt.Errorf("connected, but the workers could not be told: %w: publish a calendar.changed for the user", err)
	}
	return nil
}

var errNobodyAnswered = errors.New("nobody answered on the page of consent: run it again, or with a longer --wait")
