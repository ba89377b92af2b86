package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
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
	Count        int    `default:"100" help:"Print this many at most."`
	All          bool   `help:"Print all there are."`
	Reason       string `placeholder:"TEXT" help:"Print those whose reason holds this text."`
	JSON         bool   `name:"json" help:"Print one JSON object a line."`
}

// deadLetter is a dead letter as JSON has it: first the ID that the app knows.
type deadLetter struct {
	MessageID string            `json:"message_id"`
	ID        string            `json:"id"`
	At        time.Time         `json:"at"`
	Reason    string            `json:"reason"`
	Fields    map[string]string `json:"fields"`
}

// Run prints dead letters. Their fields are an app's, and untrusted: they are
// printed quoted, and what is said of them without a control character.
func (c *deadListCmd) Run(ctx context.Context, out console) error {
	dead, closeClient, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer closeClient()
	encoder, printed := json.NewEncoder(terminal.Visible{Writer: out.stdout}), 0
	for l, err := range dead.All(ctx) {
		if err != nil {
			return err
		}
		if !hasReason(l, c.Reason) {
			continue
		}
		if !c.All && printed >= max(1, c.Count) {
			break
		}
		printed++
		if c.JSON {
			if err := encoder.Encode(deadLetter{l.MessageID, l.ID, l.At, l.Reason, l.Fields}); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(out.stdout, "%s  %s  %s\n", terminal.OneLine(l.MessageID), l.At.Format(time.RFC3339), terminal.OneLine(l.Reason))
		fmt.Fprintf(out.stdout, "    dead letter %s\n", l.ID)
		for _, name := range slices.Sorted(maps.Keys(l.Fields)) {
			fmt.Fprintf(out.stdout, "    %q %q\n", name, terminal.Clip(l.Fields[name], 60))
		}
	}
	total, err := dead.Count(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out.stderr, "%d of %d dead letters\n", printed, total)
	if printed > 0 && !c.JSON {
		fmt.Fprintln(out.stderr, "dead replay and dead drop take the ID that a line begins with")
	}
	return nil
}

func hasReason(l events.DeadLetter, text string) bool {
	return strings.Contains(strings.ToLower(l.Reason), strings.ToLower(text))
}

// deadChoice says which dead letters are meant.
type deadChoice struct {
	IDs    []string `arg:"" optional:"" name:"id" help:"@help_dead_id"`
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

// chosen are the dead letters that are meant, as things stand now, and which of the IDs
// given are nobody's. A letter is found by the ID that its message had on the stream as well
// as by its own.
func (c deadChoice) chosen(ctx context.Context, dead *events.DeadLetters) (letters []events.DeadLetter, unknown []string, err error) {
	found := make(map[string]bool)
	for l, err := range dead.All(ctx) {
		if err != nil {
			return nil, nil, err
		}
		byID := slices.Contains(c.IDs, l.ID)
		byMessage := l.MessageID != "" && slices.Contains(c.IDs, l.MessageID)
		if byID || byMessage || len(c.IDs) == 0 && hasReason(l, c.Reason) {
			letters = append(letters, l)
		}
		found[l.ID] = found[l.ID] || byID
		found[l.MessageID] = found[l.MessageID] || byMessage
	}
	unknown = []string{}
	for _, id := range c.IDs {
		if !found[id] {
			unknown = append(unknown, id)
		}
	}
	return letters, unknown, nil
}

// deadResult is what --json prints.
type deadResult struct {
	Done    int      `json:"done"`
	Unknown []string `json:"unknown"`
}

// all does something with all dead letters that are meant, and tells of what came of
// it. IDs that are not there are an error, once the others are done.
func (c deadChoice) all(
	ctx context.Context, out console, s deadSettings, what string,
	do func(*events.DeadLetters, context.Context, []events.DeadLetter) (int, error),
) error {
	dead, closeClient, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer closeClient()
	letters, unknown, err := c.chosen(ctx, dead)
	if err != nil {
		return err
	}
	result := deadResult{Unknown: unknown}
	result.Done, err = do(dead, ctx, letters)
	if c.JSON {
		err = errors.Join(err, terminal.PrintJSON(out.stdout, result))
	} else if result.Done > 0 || len(result.Unknown) == 0 {
		fmt.Fprintf(out.stderr, "%d of %d %s\n", result.Done, len(letters), what)
	}
	if err == nil && len(result.Unknown) > 0 {
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
	return c.all(ctx, out, c.deadSettings, "put back on the stream", (*events.DeadLetters).ReplayAll)
}

type deadDropCmd struct {
	deadSettings `embed:""`
	deadChoice   `embed:""`
}

// Run removes dead letters.
func (c *deadDropCmd) Run(ctx context.Context, out console) error {
	return c.all(ctx, out, c.deadSettings, "dropped", (*events.DeadLetters).DropAll)
}
