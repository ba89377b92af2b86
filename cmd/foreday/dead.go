package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"foreday/events"
)

// The commands for messages that could not be understood.
type deadCmd struct {
	List   deadListCmd   `cmd:"" help:"Print dead letters, oldest first, with what is wrong with each."`
	Replay deadReplayCmd `cmd:"" help:"Put dead letters back on the stream, once what was wrong is mended."`
	Drop   deadDropCmd   `cmd:"" help:"Remove dead letters for good."`
}

type deadSettings struct {
	RedisSettings  `embed:"" group:"Redis"`
	StreamSettings `embed:"" group:"Redis"`
}

// open returns the dead letters of the settings' stream, and what closes them.
func (s deadSettings) open(ctx context.Context) (*events.DeadLetters, func() error, error) {
	client, err := s.connect(ctx)
	if err != nil {
		return nil, nil, err
	}
	return events.NewDeadLetters(client, events.DefaultDeadStream, s.Stream), client.Close, nil
}

type deadListCmd struct {
	deadSettings `embed:""`
	Count        int64 `default:"100" help:"Print this many at most."`
	JSON         bool  `name:"json" help:"Print one JSON object a line."`
}

// Run prints dead letters. Their fields are an app's, and untrusted: they are
// printed quoted, and what is said of them without a control character.
func (c *deadListCmd) Run(ctx context.Context, out console) error {
	dead, closeClient, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer closeClient()
	letters, err := dead.List(ctx, "", max(1, c.Count))
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(visible{out.stdout})
	for _, l := range letters {
		if c.JSON {
			if err := encoder.Encode(l); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(out.stdout, "%s  %s  %s\n", l.ID, l.At.Format(time.RFC3339), oneLineOf(l.Reason))
		for _, name := range sortedKeys(l.Fields) {
			fmt.Fprintf(out.stdout, "    %q %q\n", name, clip(l.Fields[name], 60))
		}
	}
	total, err := dead.Count(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out.stderr, "%d of %d dead letters\n", len(letters), total)
	return nil
}

type deadReplayCmd struct {
	deadSettings `embed:""`
	IDs          []string `arg:"" name:"id" help:"IDs that dead list prints."`
}

// Run puts dead letters back on the stream.
func (c *deadReplayCmd) Run(ctx context.Context, out console) error {
	dead, closeClient, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer closeClient()
	n, err := dead.Replay(ctx, c.IDs...)
	fmt.Fprintf(out.stderr, "%d of %d put back on the stream\n", n, len(c.IDs))
	return err
}

type deadDropCmd struct {
	deadSettings `embed:""`
	IDs          []string `arg:"" name:"id" help:"IDs that dead list prints."`
}

// Run removes dead letters.
func (c *deadDropCmd) Run(ctx context.Context, out console) error {
	dead, closeClient, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer closeClient()
	n, err := dead.Drop(ctx, c.IDs...)
	fmt.Fprintf(out.stderr, "%d of %d dropped\n", n, len(c.IDs))
	return err
}
