package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/redis/go-redis/v9/logging"
)

type command struct {
	Seconds int    `arg:"" optional:"" default:"120" help:"How long things are broken."`
	Seed    uint64 `help:"Repeat the schedule of an earlier run; it prints its seed."`
	Keep    bool   `help:"Keep the workers' logs and Redis' files, and say where they are."`
}

// Validate is called by the parser.
func (c command) Validate() error {
	if c.Seconds < 5 || c.Seconds > 24*60*60 {
		return fmt.Errorf("SECONDS \"%d\": want 5 to 86400", c.Seconds)
	}
	return nil
}

func main() {
	logging.Disable() // the client of Redis has much to say about servers that are killed
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c command
	kong.Parse(&c, kong.Name("chaos"), kong.Description("Breaks a deployment of foreday on purpose, and checks that it keeps its promises."))
	os.Exit(run(ctx, c, os.Stdout, os.Stderr))
}

// run returns the exit status: 0 if all promises were kept.
func run(ctx context.Context, c command, stdout, stderr io.Writer) int {
	if c.Seed == 0 {
		c.Seed = rand.Uint64N(1_000_000) + 1
	}
	dir, err := os.MkdirTemp("", "foreday-chaos")
	if err == nil {
		var r report
		if r, err = inDir(ctx, dir, c, stderr); err == nil {
			r.print(stdout)
			if !c.Keep && len(r.broken()) == 0 {
				os.RemoveAll(dir)
				return 0
			}
			fmt.Fprintf(stdout, "journal of the soak and files of Redis: %s\n", dir)
			return min(1, len(r.broken()))
		}
		os.RemoveAll(dir)
	}
	fmt.Fprintf(stderr, "chaos: %v\n", err)
	return 1
}

// inDir builds the program and soaks it, with all files in dir.
func inDir(ctx context.Context, dir string, c command, stderr io.Writer) (report, error) {
	binary, err := build(ctx, dir)
	if err != nil {
		return report{}, err
	}
	return soak(ctx, settings{
		length: time.Duration(c.Seconds) * time.Second, seed: c.Seed, binary: binary, dir: dir, progress: newProgress(stderr),
		maxRecovery: 12 * time.Second,
	})
}

// build compiles the program that the workers run.
func build(ctx context.Context, dir string) (string, error) {
	binary := filepath.Join(dir, "foreday")
	out, err := exec.CommandContext(ctx, "go", "build", "-o", binary, "foreday/cmd/foreday").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return binary, nil
}
