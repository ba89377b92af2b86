package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cmd/foreday/internal/doctor"
	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/wiring"
)

type doctorCmd struct {
	wiring.SystemSettings `embed:""`
	User                  string `placeholder:"USER" help:"Try whether this user's calendars can be read."`
	JSON                  bool   `name:"json" help:"Print one JSON object."`
}

// Run prints one line for each thing that was looked at. It is an error if something
// must be done.
func (c *doctorCmd) Run(ctx context.Context, out console) error {
	if c.User != "" {
		if err := validUser(c.User); err != nil {
			return err
		}
	}
	client, stop, err := c.redis(ctx)
	if err != nil {
		return err
	}
	defer stop()
	sys, err := wiring.New(c.SystemSettings, client, c.Logger(out.stderr, zerolog.ErrorLevel), time.Now)
	if err != nil {
		return err
	}
	defer sys.Close()
	findings := doctor.Patient{System: sys, Settings: c.SystemSettings, User: c.User}.Look(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var wrong []string
	for _, f := range findings {
		if f.Level == doctor.Wrong {
			wrong = append(wrong, f.Check)
		}
	}
	if c.JSON {
		err = terminal.PrintJSON(out.stdout, diagnosis{Well: len(wrong) == 0, Findings: findings})
	} else {
		printFindings(out.stdout, findings)
	}
	if err == nil && len(wrong) > 0 {
		err = fmt.Errorf("something must be done about %s: see what is printed there", strings.Join(wrong, ", "))
	}
	return err
}

// diagnosis is what --json prints.
type diagnosis struct {
	Well     bool             `json:"well"` // nothing must be done
	Findings []doctor.Finding `json:"findings"`
}

// redis opens the Redis of the settings, whether it answers or not. Without one, the
// others are looked at all the same.
func (c *doctorCmd) redis(ctx context.Context) (redis.UniversalClient, func(), error) {
	if c.RedisURL == "" {
		client, _, stop, err := wiring.InProcessRedis(ctx)
		return client, stop, err
	}
	client, err := c.RedisSettings.Open()
	return client, func() {}, err
}

// printFindings writes how each thing is, what was found, and after an arrow what to do.
func printFindings(w io.Writer, findings []doctor.Finding) {
	const margin = 23 // of the level and the name
	paint := terminal.NewPainter(w)
	for _, f := range findings {
		text := f.Found
		if f.Cure != "" {
			text += " → " + f.Cure
		}
		level := terminal.Pad(string(f.Level), 9)
		if f.Level == doctor.Wrong {
			level = paint.Red(level)
		}
		head := level + terminal.Pad(f.Check, margin-9)
		for _, line := range terminal.WrapCommand(text, max(terminal.Width(w)-margin, 20)) {
			fmt.Fprintln(w, head+line)
			head = strings.Repeat(" ", margin)
		}
	}
}
