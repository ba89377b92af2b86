package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/events"
)

type publishCmd struct {
	wiring.RedisSettings  `embed:"" group:"Redis"`
	wiring.StreamSettings `embed:"" group:"Redis"`

	Type     string `required:"" placeholder:"TYPE" help:"event.created, event.updated, event.deleted or calendar.changed."`
	User     string `required:"" placeholder:"ID" help:"Whose calendar it is."`
	Calendar string `default:"primary" help:"The calendar's ID."`
	Event    string `placeholder:"ID" help:"The event's ID; not for calendar.changed."`
	Start    string `placeholder:"TIME" help:"@help_publish_start"`
	End      string `placeholder:"TIME" help:"When it ends; of all-day events, the day after the last."`
	WasStart string `placeholder:"TIME" help:"For event.updated: when the event started before. Without it, all days are refreshed."`
	WasEnd   string `placeholder:"TIME" help:"For event.updated: when it ended before."`
	Trace    string `name:"traceparent" placeholder:"CONTEXT" help:"@help_publish_trace"`
	JSON     bool   `name:"json" help:"Print one JSON object."`

	Zone wiring.ZoneFlag `name:"timezone" env:"FOREDAY_TIMEZONE" placeholder:"ZONE" help:"@help_publish_zone"`
}

// Run puts one message on the stream and prints its ID there.
func (c *publishCmd) Run(ctx context.Context, out console) error {
	m, err := events.Parse(map[string]any{
		"type": c.Type, "user": c.User, "calendar": c.Calendar, "event": c.Event,
		"start": c.instant(c.Start), "end": c.instant(c.End), "was_start": c.instant(c.WasStart), "was_end": c.instant(c.WasEnd),
		"traceparent": c.Trace,
	})
	var wrong *events.FieldError
	if errors.As(err, &wrong) {
		flag := "--" + strings.ReplaceAll(wrong.Field, "_", "-")
		if wrong.Value == "" {
			return wiring.WrongUsage(fmt.Errorf("%s %s", flag, wrong.Problem))
		}
		return wiring.BadSetting(flag, wrong.Value, wrong.Problem)
	}
	if c.Trace != "" && m.Traceparent == "" {
		return wiring.BadSetting("--traceparent", c.Trace,
			"is no W3C Trace Context, as in 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	}
	client, err := c.RedisSettings.Connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	id, err := events.NewPublisher(client, events.PublisherConfig{Stream: c.Stream}).Publish(ctx, m)
	if err != nil {
		return err
	}
	if c.JSON {
		return terminal.PrintJSON(out.stdout, map[string]string{"id": id})
	}
	_, err = fmt.Fprintln(out.stdout, id)
	return err
}

// instant puts a date in the place of a word for one, and an offset where there is none.
func (c *publishCmd) instant(text string) string {
	m, err := readMoment("", text, c.Zone.OrUTC(), time.Now())
	switch {
	case err != nil:
		return text // what is wrong with it is told of the message
	case m.at.IsZero():
		return m.date.String()
	}
	return m.at.Format(time.RFC3339)
}
