// Command foreday keeps each person's daily calendar summary fresh in Redis.
// `foreday --help` lists what it does; package docs say how.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // machines without zone files are common in containers

	"github.com/alecthomas/kong"
)

// The exit statuses.
const (
	exitDone  = 0
	exitFail  = 1 // it failed; one line on stderr says what and what to do
	exitUsage = 2 // wrong usage or setting
)

type commands struct {
	Demo      demoCmd      `cmd:"" help:"Show the whole of it at work, with nothing to install or configure."`
	Up        upCmd        `cmd:"" help:"Run worker, API and dashboard in one process."`
	Worker    workerCmd    `cmd:"" help:"Consume messages and refresh summaries."`
	API       apiCmd       `cmd:"" name:"api" help:"Serve summaries over HTTP."`
	Dashboard dashboardCmd `cmd:"" help:"Serve asynqmon, to watch the queues."`
	Sandbox   sandboxCmd   `cmd:"" help:"Serve local stand-ins for Google Calendar and OpenAI."`
	Publish   publishCmd   `cmd:"" help:"Put one message on the stream."`
	Get       getCmd       `cmd:"" help:"Print a summary, generating it if need be."`
	Explain   explainCmd   `cmd:"" help:"Show what is novel on a day, and why."`
}

// console is what a command has of the outside.
type console struct {
	stdout, stderr io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second Ctrl-C ends the program at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], console{os.Stdout, os.Stderr}))
}

// run is the program; it returns the exit status.
func run(ctx context.Context, args []string, out console) int {
	var cli commands
	exited := -1
	parser, err := kong.New(&cli,
		kong.Name("foreday"),
		kong.Description("Keeps each person's daily calendar summary fresh in Redis: messages on a stream invalidate it, jobs regenerate it, readers need one GET."),
		kong.Writers(out.stdout, out.stderr),
		kong.Exit(func(status int) { exited = status }),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 80}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(out),
	)
	if err != nil {
		panic(err) // the command line's own description is wrong
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	switch {
	case exited >= 0: // --help
		return exited
	case err != nil:
		fmt.Fprintf(out.stderr, "foreday: %v\n", err)
		return exitUsage
	}
	return status(command.Run(), out.stderr)
}

// usageError is a mistake in the settings or the command line.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// badSetting names a setting, its value and what is wrong with it.
func badSetting(name, value, problem string) error {
	return &usageError{fmt.Errorf("%s %q: %s", name, value, problem)}
}

// status says how the program ends, with one line about it if it failed.
func status(err error, stderr io.Writer) int {
	var usage *usageError
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return exitDone
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "foreday: %v\n", err)
		return exitUsage
	}
	fmt.Fprintf(stderr, "foreday: %v\n", explainError(err))
	return exitFail
}
