package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/events"
)

// The commands for messages that could not be understood.
type deadCmd struct {
	List   deadListCmd   `cmd:"" help:"Print dead letters, oldest first, with what is wrong with each."`
	Replay deadReplayCmd `cmd:"" help:"Put dead letters back on the stream, once what was wrong is mended."`
	Drop   deadDropCmd   `cmd:"" help:"Remove dead letters for good."`
}

type deadSettings struct {
	wiring.RedisSettings  `embed:"" group:"Redis"`
	wiring.StreamSettings `embed:"" group:"Redis"`
}

// open returns the dead letters of the settings' stream, and what closes them.
func (s deadSettings) open(ctx context.Context) (*events.DeadLetters, func() error, error) {
	client, err := s.Connect(ctx)
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
	encoder := json.NewEncoder(terminal.Visible{Writer: out.stdout})
	for _, l := range letters {
		if c.JSON {
			if err := encoder.Encode(l); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(out.stdout, "%s  %s  %s\n", l.ID, l.At.Format(time.RFC3339), terminal.OneLine(l.Reason))
		for _, name := range slices.Sorted(maps.Keys(l.Fields)) {
			fmt.Fprintf(out.stdout, "    %q %q\n", name, terminal.Clip(l.Fields[name], 60))
		}
	}
	total, err := dead.Count(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out.stderr, "%d of %d dead letters\n", len(letters), total)
	return nil
}

// deadChoice says which dead letters are meant.
type deadChoice struct {
	IDs    []string `arg:"" optional:"" name:"id" help:"IDs that dead list prints."`
	All    bool     `help:"All there are."`
	Reason string   `placeholder:"TEXT" help:"All whose reason holds this text."`
	JSON   bool     `name:"json" help:"Print one JSON object."`
}

// Validate is called by the parser.
func (c deadChoice) Validate() error {
	ways := 0
	for _, given := range []bool{len(c.IDs) > 0, c.All, c.Reason != ""} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		return errors.New("which dead letters? give IDs, --all or --reason TEXT")
	}
	return nil
}

// deadID is the form of the IDs: anything else is not there for sure.
var deadID = regexp.MustCompile(`^[0-9]{1,20}-[0-9]{1,20}$`)

// chosen returns the IDs that are meant, as things stand now.
func (c deadChoice) chosen(ctx context.Context, dead *events.DeadLetters) ([]string, error) {
	if len(c.IDs) > 0 {
		return c.IDs, nil
	}
	const page = 500
	var ids []string
	for after := ""; ; {
		letters, err := dead.List(ctx, after, page)
		if err != nil {
			return nil, err
		}
		for _, l := range letters {
			if strings.Contains(strings.ToLower(l.Reason), strings.ToLower(c.Reason)) {
				ids = append(ids, l.ID)
			}
			after = l.ID
		}
		if len(letters) < page {
			return ids, nil
		}
	}
}

// deadResult is what --json prints.
type deadResult struct {
	Done    int      `json:"done"`
	Unknown []string `json:"unknown"`
}

// each does something with each dead letter that is meant, and tells of what came of
// it. IDs that are not there are an error, once the others are done.
func (c deadChoice) each(
	ctx context.Context, out console, s deadSettings, what string, do func(*events.DeadLetters, string) (int, error),
) error {
	dead, closeClient, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer closeClient()
	ids, err := c.chosen(ctx, dead)
	if err != nil {
		return err
	}
	result := deadResult{Unknown: []string{}}
	for _, id := range ids {
		n := 0
		if deadID.MatchString(id) {
			n, err = do(dead, id)
		}
		if err != nil {
			break
		}
		if result.Done += n; n == 0 {
			result.Unknown = append(result.Unknown, id)
		}
	}
	if c.JSON {
		err = errors.Join(err, terminal.PrintJSON(out.stdout, result))
	} else if result.Done > 0 || len(result.Unknown) == 0 {
		fmt.Fprintf(out.stderr, "%d of %d %s\n", result.Done, len(ids), what)
	}
	if err == nil && len(c.IDs) > 0 && len(result.Unknown) > 0 {
		err = fmt.Errorf("there is no dead letter %q: foreday dead list prints those there are", result.Unknown[0])
	}
	return err
}

type deadReplayCmd struct {
	deadSettings `embed:""`
	deadChoice   `embed:""`
}

// Run puts dead letters back on the stream.
func (c *deadReplayCmd) Run(ctx context.Context, out console) error {
	return c.each(ctx, out, c.deadSettings, "put back on the stream", func(dead *events.DeadLetters, id string) (int, error) {
		return dead.Replay(ctx, id)
	})
}

type deadDropCmd struct {
	deadSettings `embed:""`
	deadChoice   `embed:""`
}

// Run removes dead letters.
func (c *deadDropCmd) Run(ctx context.Context, out console) error {
	return c.each(ctx, out, c.deadSettings, "dropped", func(dead *events.DeadLetters, id string) (int, error) {
		return dead.Drop(ctx, id)
	})
}
