package main

import (
	"context"
	"errors"
	"fmt"

	"foreday/events"
)

type publishCmd struct {
	redisSettings  `embed:"" group:"Redis"`
	streamSettings `embed:"" group:"Redis"`

	Type     string `required:"" help:"event.created, event.updated, event.deleted or calendar.changed."`
	User     string `required:"" help:"Whose calendar it is."`
	Calendar string `default:"primary" help:"The calendar's ID."`
	Event    string `help:"The calendar's ID of the event."`
	Start    string `help:"RFC 3339 with offset, or a date for all-day events."`
	End      string `help:"The same; exclusive."`
	WasStart string `help:"Of event.updated: where the event was before."`
	WasEnd   string `help:"The same; exclusive."`
}

// Run puts one message on the stream and prints its ID there.
func (c *publishCmd) Run(ctx context.Context, out console) error {
	m, err := events.Parse(map[string]any{
		"type": c.Type, "user": c.User, "calendar": c.Calendar, "event": c.Event,
		"start": c.Start, "end": c.End, "was_start": c.WasStart, "was_end": c.WasEnd,
	})
	var wrong *events.FieldError
	if errors.As(err, &wrong) {
		return &usageError{err}
	}
	client, err := c.redisSettings.connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	id, err := events.NewPublisher(client, events.PublisherConfig{Stream: c.Stream}).Publish(ctx, m)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out.stdout, id)
	return err
}
