package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/worker"
)

type witnessCmd struct {
	wiring.SystemSettings `embed:""`
	wiring.ProbeSettings  `embed:""`
	For                   time.Duration `placeholder:"DURATION" help:"Look for so long; until Ctrl-C if not given."`
	JSON                  bool          `name:"json" help:"Print one JSON object at the end."`
}

// Validate is called by the parser.
func (c *witnessCmd) Validate() error {
	if c.For < 0 {
		return fmt.Errorf("--for %q: want a length of time, such as 15m", c.For)
	}
	return nil
}

// Run compares until it is over or told to stop, and then prints what it saw.
func (c *witnessCmd) Run(ctx context.Context, out console) error {
	if err := c.NeedGoogle(); err != nil {
		return err
	}
	sys, err := wired(ctx, c.SystemSettings, out)
	if err != nil {
		return err
	}
	defer sys.Close()
	if c.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.For)
		defer cancel()
	}
	c.Report(sys.Log)
	go sys.Beat(ctx, "witness", false)
	witness := sys.Witness()
	parts := append(probes(c.ProbeSettings, sys), sys.SayWhenThere, func(ctx context.Context) error {
		witness.Run(ctx)
		return nil
	})
	sys.Log.Info().Msg("witness started")
	if err := together(ctx, parts...); err != nil {
		return err
	}
	seen := witness.Seen()
	if c.JSON {
		return terminal.PrintJSON(out.stdout, seen)
	}
	printSeen(out.stdout, seen)
	return nil
}

// printSeen prints what a witness saw.
func printSeen(w io.Writer, seen worker.Seen) {
	fmt.Fprintf(w, "%d fresh copies compared with their calendars, of which %d differed at first\n", seen.Compared, seen.Differed)
	fmt.Fprintf(w, "%d more had been made anew or had ended, %d could not be read\n", seen.Gone, seen.Unread)
	if seen.Compared+seen.Gone+seen.Unread == 0 {
		fmt.Fprintln(w, "none was due: workers draw one in FOREDAY_WITNESS_ONE_IN, which is looked at some minutes later")
	}
	fmt.Fprintf(w, "\n%-7s %12s %12s %10s\n", "after", "consistent", "inconsistent", "ratio")
	for _, after := range worker.WitnessAfter() {
		found := seen.After[after]
		ratio := "none"
		if found.Consistent+found.Inconsistent > 0 {
			ratio = fmt.Sprintf("%.6f", found.Ratio())
		}
		fmt.Fprintf(w, "%-7s %12d %12d %10s\n", after, found.Consistent, found.Inconsistent, ratio)
	}
}
