package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"foreday/cache/freshness"
	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/events"
	"foreday/summarizer"
	"foreday/summarizer/words"
)

// The commands for what single users want otherwise than everybody gets.
type usersCmd struct {
	Set usersSetCmd `cmd:"" help:"@help_users_set"`
	Get usersGetCmd `cmd:"" help:"Print what a user has set."`
}

type usersSettings struct {
	wiring.RedisSettings  `embed:"" group:"Redis"`
	wiring.StreamSettings `embed:"" group:"Redis"`
	wiring.KeySettings    `embed:"" group:"Summaries"`
	User                  string `arg:"" help:"Whose settings."`
}

// connect returns the store of the settings, and its client, which is the caller's.
func (s usersSettings) connect(ctx context.Context) (*freshness.Store, redis.UniversalClient, error) {
	if err := validUser(s.User); err != nil {
		return nil, nil, err
	}
	seal, err := s.Seal()
	if err != nil {
		return nil, nil, wiring.WrongUsage(err)
	}
	client, err := s.RedisSettings.Connect(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := wiring.CheckKey(ctx, client, seal); err != nil {
		client.Close()
		return nil, nil, err
	}
	return freshness.NewStore(client, freshness.Config{Seal: seal}), client, nil
}

type usersSetCmd struct {
	usersSettings `embed:""`
	Include       []string `placeholder:"CAL" sep:"none" help:"@help_users_set_include"`
	Exclude       []string `placeholder:"CAL" sep:"none" help:"@help_users_set_exclude"`
	Threshold     *float64 `placeholder:"0..1" help:"@help_users_set_threshold"`
	Language      string   `placeholder:"TAG" help:"Language in which they read: ${languages}."`
	Clock         string   `placeholder:"12|24" help:"Clock that they read."`
	Reset         bool     `help:"Set what is not given back to what is usual."`
	JSON          bool     `name:"json" help:"Print what is set then as one JSON object."`
}

// Run changes the user's settings and has their summaries made anew.
func (c *usersSetCmd) Run(ctx context.Context, out console) error {
	given := summarizer.Preferences{
		Selection: summarizer.Selection{Include: c.Include, Exclude: c.Exclude},
		Threshold: c.Threshold, Language: c.Language, Clock: c.Clock,
	}
	if err := badPreference(given.Validate()); err != nil {
		return err
	}
	if c.Language != "" && !words.Speaks(c.Language) {
		return wiring.BadSetting("--language", c.Language, "is not spoken here: want one of "+wiring.Languages())
	}
	store, client, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	var p summarizer.Preferences
	if !c.Reset {
		if p, err = store.Preferences(ctx, c.User); err != nil {
			return withResetCure(err)
		}
	}
	if c.Include != nil {
		p.Include = c.Include
	}
	if c.Exclude != nil {
		p.Exclude = c.Exclude
	}
	if c.Threshold != nil {
		p.Threshold = c.Threshold
	}
	p.Language, p.Clock = cmp.Or(c.Language, p.Language), cmp.Or(c.Clock, p.Clock)
	publisher := events.NewPublisher(client, events.PublisherConfig{Stream: c.Stream})
	if err := badPreference(wiring.SetPreferences(ctx, store, publisher, c.User, p)); err != nil {
		return err
	}
	if c.JSON {
		return terminal.PrintJSON(out.stdout, p)
	}
	return printPreferences(out, c.User, p)
}

// badPreference names the flag of a preference that makes no sense.
func badPreference(err error) error {
	var wrong *summarizer.FieldError
	if errors.As(err, &wrong) {
		return wiring.BadSetting("--"+wrong.Field, wrong.Value, wrong.Problem)
	}
	return err
}

type usersGetCmd struct {
	usersSettings `embed:""`
	JSON          bool `name:"json" help:"Print one JSON object."`
}

// Run prints the user's settings.
func (c *usersGetCmd) Run(ctx context.Context, out console) error {
	store, client, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	p, err := store.Preferences(ctx, c.User)
	if err != nil {
		return withResetCure(err)
	}
	if !c.JSON {
		return printPreferences(out, c.User, p)
	}
	return terminal.PrintJSON(out.stdout, p)
}

func withResetCure(err error) error {
	if errors.Is(err, freshness.ErrUnreadable) {
		return fmt.Errorf("%w: with the FOREDAY_KEY they were set with, or anew with `foreday users set --reset`", err)
	}
	return err
}

func printPreferences(out console, user string, p summarizer.Preferences) error {
	calendars := func(ids []string) string {
		return cmp.Or(terminal.VisibleText(strings.Join(ids, "\n           ")), "none")
	}
	threshold := fmt.Sprintf("%v (as usual)", summarizer.NewsFrom)
	if p.Threshold != nil {
		threshold = fmt.Sprint(*p.Threshold)
	}
	_, err := fmt.Fprintf(out.stdout, "%s\ninclude    %s\nexclude    %s\nthreshold  %s\nlanguage   %s\nclock      %s\n",
		terminal.VisibleText(user), calendars(p.Include), calendars(p.Exclude), threshold,
		cmp.Or(p.Language, asTheCalendar), cmp.Or(p.Clock, asTheCalendar))
	return err
}

// asTheCalendar stands for what nobody has set here.
const asTheCalendar = "as set in the calendar"

// validUser holds a user's ID to what messages may hold.
func validUser(user string) error {
	err := events.Message{Type: events.CalendarChanged, User: user}.Validate()
	var wrong *events.FieldError
	if errors.As(err, &wrong) {
		return wiring.BadSetting("user", user, wrong.Problem)
	}
	return err
}
