package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"foreday/cmd/foreday/internal/bench"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/summarizer"
)

type benchCmd struct {
	Name   string        `arg:"" help:"@help_bench_name"`
	JSON   bool          `name:"json" help:"Print one JSON object."`
	Report string        `placeholder:"FILE" help:"@help_bench_report"`
	For    time.Duration `placeholder:"D" help:"Length of the benches that run for a time; their own default if not given."`
	ICS    []string      `name:"ics" sep:"none" placeholder:"FILE" help:"Measure novelty on this exported calendar, too; may be repeated."`
	Part   []string      `placeholder:"PART" help:"@help_bench_part"`
	Seed   uint64        `default:"1" help:"Another seed makes another workload of quota and fairness, of the same kind."`

	wiring.RedisSettings `embed:"" group:"Redis"`
}

// Validate is called by the parser.
func (c *benchCmd) Validate() error {
	if filepath.Ext(c.Report) == ".svg" && c.Name != "report" {
		return fmt.Errorf("--report %q: bench %s draws no picture of its own: want FILE.html", c.Report, c.Name)
	}
	return c.options().Validate()
}

func (c *benchCmd) options() bench.Options {
	return bench.Options{RedisSettings: c.RedisSettings, Name: c.Name, For: c.For, ICS: c.ICS, Parts: c.Part, Seed: c.Seed}
}

// Run measures and prints.
func (c *benchCmd) Run(ctx context.Context, out console) error {
	if !slices.Contains(bench.Names(), c.Name) {
		return wiring.BadSetting("bench", c.Name, "want one of "+strings.Join(bench.Names(), ", "))
	}
	if c.Report != "" { // better now than after minutes
		f, err := os.OpenFile(c.Report, os.O_CREATE|os.O_WRONLY, 0o666)
		if err != nil {
			return wiring.BadSetting("--report", c.Report, wiring.Reason(err))
		}
		f.Close()
	}
	r, err := bench.Run(ctx, c.options(), out.stderr)
	if err != nil {
		return err
	}
	if c.Report != "" {
		if err := r.Draw(c.Report); err != nil {
			return err
		}
	}
	if c.JSON {
		return json.NewEncoder(out.stdout).Encode(r)
	}
	return r.WriteTable(out.stdout)
}

// benchWorkerCmd is `up` as benches run it: several processes, which must not
// outlive the bench. They end with their standard input, which is a pipe from it.
type benchWorkerCmd struct {
	Up   upCmd `embed:""` // exported, or the parser would pass over its hooks
	Days int   `help:"As --refresh-days, without its bound."`
}

// Run runs all parts until the bench ends.
func (c *benchWorkerCmd) Run(ctx context.Context, out console) error {
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(exitFail)
	}()
	if c.Days > 0 {
		c.Up.RefreshDays = c.Days
	}
	return c.Up.Run(ctx, out)
}

// benchReaderCmd reads summaries for a bench, in a process of its own, until its
// standard input ends, and then prints what it saw.
type benchReaderCmd struct {
	PerSecond int      `default:"1" help:"Reads a second."`
	URLs      []string `arg:"" help:"Read in turn."`
}

// Run reads until the bench has enough.
func (c *benchReaderCmd) Run(ctx context.Context, out console) error {
	return json.NewEncoder(out.stdout).Encode(bench.ReadInTurn(untilInputEnds(ctx), c.PerSecond, c.URLs))
}

// benchLocalCmd reads summaries as hits of a process of its own, until its standard
// input ends, and then prints when it last gave each copy.
type benchLocalCmd struct {
	wiring.RedisSettings `embed:""`

	Date      summarizer.Date `required:""`
	PerSecond int             `default:"1" help:"Reads a second."`
	Users     []string        `arg:"" help:"Read in turn."`
}

// Run reads until the bench has enough.
func (c *benchLocalCmd) Run(ctx context.Context, out console) error {
	given, err := bench.ReadLocally(untilInputEnds(ctx), c.RedisURL, c.Date, c.PerSecond, c.Users)
	if err != nil {
		return err
	}
	return json.NewEncoder(out.stdout).Encode(given)
}

// untilInputEnds returns a context that ends with the standard input, too.
func untilInputEnds(ctx context.Context) context.Context {
	ctx, enough := context.WithCancel(ctx)
	go func() {
		defer enough()
		io.Copy(io.Discard, os.Stdin)
	}()
	return ctx
}
