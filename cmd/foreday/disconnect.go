package main

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/freshness"
	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/summarizer/google"
)

type disconnectCmd struct {
	User string `arg:"" help:"Whose account is to be forgotten."`
	JSON bool   `name:"json" help:"Print what came of it as one JSON object."`

	wiring.RedisSettings  `embed:"" group:"Redis"`
	wiring.KeySettings    `embed:"" group:"Summaries"`
	wiring.GoogleSettings `embed:"" group:"Google Calendar"`
}

// disconnected is what came of it.
type disconnected struct {
	User             string `json:"user"`
	KeptIn           string `json:"kept_in"`           // where the token was
	Revoked          bool   `json:"revoked"`           // Google has ended the grant
	SummariesDeleted bool   `json:"summaries_deleted"` // and what was learnt of the user
}

// Run forgets a connected account. The token goes last but one, so that who is interrupted
// can do it again.
func (c *disconnectCmd) Run(ctx context.Context, out console) error {
	if err := validUser(c.User); err != nil {
		return err
	}
	if _, err := c.SealFor(c.RedisSettings); err != nil {
		return err
	}
	var client redis.UniversalClient
	if c.RedisURL != "" {
		var err error
		if client, err = c.RedisSettings.Connect(ctx); err != nil {
			return err
		}
		defer client.Close()
	}
	kept, place, err := wiring.VaultOf(c.RedisSettings, c.KeySettings, c.GoogleSettings, client)
	if err != nil {
		return err
	}
	there, revokeErr := c.OAuth().Revoke(ctx, kept, c.User)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !there {
		return fmt.Errorf("%s has not connected: no token of theirs is in %s", c.User, place)
	}
	if err := c.forget(ctx, client, kept); err != nil {
		return err
	}
	result := disconnected{User: c.User, KeptIn: place, Revoked: revokeErr == nil, SummariesDeleted: client != nil}
	if revokeErr != nil {
		fmt.Fprintf(out.stderr, "foreday: Google was not told (%s): let the user remove the app at https://myaccount.google.com/connections\n",
			terminal.OneLine(revokeErr.Error()))
	}
	if c.JSON {
		return terminal.PrintJSON(out.stdout, result)
	}
	result.print(out)
	return nil
}

// forget removes the token, the summaries, and what was learnt of the user. For a moment
// other processes know the access token still: what they make with it goes as well.
func (c *disconnectCmd) forget(ctx context.Context, client redis.UniversalClient, kept google.Vault) error {
	forget := func() error {
		if client == nil {
			return nil
		}
		return freshness.NewStore(client, freshness.Config{}).Forget(ctx, c.User)
	}
	if err := forget(); err != nil {
		return err
	}
	if _, err := kept.Delete(ctx, c.User); err != nil {
		return err
	}
	if client == nil {
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(google.Reread + 100*time.Millisecond):
	}
	return forget()
}

func (d disconnected) print(out console) {
	text := fmt.Sprintf("Disconnected: the token of %s is removed from %s", d.User, d.KeptIn)
	if d.Revoked {
		text += ", and revoked at Google"
	}
	if d.SummariesDeleted {
		text += ". Their summaries are deleted, and what was usual for them."
	} else {
		text += ". Summaries that a running `foreday up` has go when it ends, or within FOREDAY_STALE_TTL."
	}
	for _, line := range terminal.Wrap(text, min(terminal.Width(out.stdout), storyWidth)) {
		fmt.Fprintln(out.stdout, line)
	}
}
