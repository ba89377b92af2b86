// Command foreday keeps each person's daily calendar summary fresh in Redis.
// Each command is a file of its name:
//
//	demo                      the whole of it at work, in one process
//	up                        worker, api and dashboard in one process
//	worker, api, dashboard    each in a process of its own
//	sandbox                   stand-ins for Google Calendar and the model
//	publish, get              puts a message on the stream; prints a summary
//	users                     sets and prints what one user prefers
//	connect, disconnect       links a user's Google account; forgets it and the user's summaries
//	explain                   the events of a day with what is novel of them, and why
//	why                       where a summary is on its way, and what it waits for
//	stats, doctor             how a deployment does; what is wrong with it
//	witness                   compares fresh summaries with the calendars until it is stopped, and counts
//	dead                      lists, replays or drops dead letters
//	redis                     sends one command to the Redis of the settings (rediscommand.go)
//	bench                     measures
//	help, completion, version
//
// Settings, and what is put together by them, are in internal/wiring.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"path/filepath"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	_ "time/tzdata" // machines without zone files are common in containers

	"github.com/alecthomas/kong"
	"github.com/redis/go-redis/v9/logging"

	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/wiring"
)

// The exit statuses.
const (
	exitDone  = 0
	exitFail  = 1 // it failed; one line on stderr says what and what to do
	exitUsage = 2 // wrong usage or setting
)

type commands struct {
	Demo       demoCmd       `cmd:"" help:"Show the whole of it at work, with nothing to install or configure."`
	Up         upCmd         `cmd:"" help:"Run worker, API and dashboard in one process."`
	Worker     workerCmd     `cmd:"" help:"Consume messages and refresh summaries."`
	API        apiCmd        `cmd:"" name:"api" help:"Serve summaries over HTTP."`
	Dashboard  dashboardCmd  `cmd:"" help:"Serve the operators' page, and asynqmon to watch the queues."`
	Sandbox    sandboxCmd    `cmd:"" help:"Serve local stand-ins for Google Calendar and OpenAI."`
	Publish    publishCmd    `cmd:"" help:"Put one message on the stream."`
	Get        getCmd        `cmd:"" help:"Print a summary, generating it if need be."`
	Why        whyCmd        `cmd:"" help:"Say where a summary is on its way, and what it waits for."`
	Stats      statsCmd      `cmd:"" help:"Show how a deployment does: reads, freshness, queues, limits."`
	Witness    witnessCmd    `cmd:"" help:"Compare a few fresh summaries with the calendars, and count."`
	Users      usersCmd      `cmd:"" help:"Set which calendars of a user count, and what is novel to them."`
	Explain    explainCmd    `cmd:"" help:"Show what is novel on a day, and why."`
	Connect    connectCmd    `cmd:"" help:"Link a Google account, for reading only."`
	Disconnect disconnectCmd `cmd:"" help:"Forget a linked Google account, and the user's summaries."`
	Doctor     doctorCmd     `cmd:"" help:"Check settings, Redis, Google and the model, and say what to do."`
	Dead       deadCmd       `cmd:"" help:"Look after messages that could not be understood."`
	Redis      redisCmd      `cmd:"" help:"Send one command to the Redis of REDIS_URL, whatever its kind."`
	Bench      benchCmd      `cmd:"" help:"Measure, each figure beside its yardstick."`

	Version    versionCmd    `cmd:"" help:"Print the version; --version does, too."`
	Completion completionCmd `cmd:"" help:"Print a script that has a shell complete commands and flags."`
	Help       helpCmd       `cmd:"" help:"Show help of a command, or the settings."`

	BenchWorker benchWorkerCmd `cmd:"" hidden:""`
	BenchReader benchReaderCmd `cmd:"" hidden:""`
	BenchLocal  benchLocalCmd  `cmd:"" hidden:""`
	Complete    completeCmd    `cmd:"" hidden:""`
}

// console is what a command has of the outside.
type console struct {
	stdout, stderr io.Writer
	stdin          io.Reader
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second Ctrl-C ends the program at once.
	context.AfterFunc(ctx, stop)
	ignoreEmptySettings()
	spareCollections()
	logging.Disable() // what matters of what the client of Redis says comes back as errors
	os.Exit(run(ctx, os.Args[1:], console{os.Stdout, os.Stderr, os.Stdin}))
}

// ignoreEmptySettings makes a variable that is set to nothing count as not set:
// compose files and unit files have no other way to leave one out.
func ignoreEmptySettings() {
	for _, variable := range os.Environ() {
		if name, value, _ := strings.Cut(variable, "="); value == "" {
			os.Unsetenv(name)
		}
	}
}

// garbageUpTo is the memory, with what is in use, beyond which garbage is collected at
// once: where large calendars are in use, three times as much would be too much.
const garbageUpTo = 224 << 20

// spareCollections lets garbage grow to three times what is in use, unless GOGC says
// otherwise: a worker holds little and throws away much, and collecting it at the
// usual pace takes a tenth of its time. GOMEMLIMIT says otherwise than garbageUpTo.
func spareCollections() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(garbageUpTo)
	}
}

// spareMemory lets little garbage grow, for programs in which thousands of made-up
// calendars are listed and thrown away: there memory counts for more than time.
func spareMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(math.MaxInt64) // what they hold is in use
	}
}

// programName is what to type to run this program again.
func programName() string {
	name := os.Args[0]
	if strings.HasPrefix(name, filepath.Clean(os.TempDir())+string(filepath.Separator)+"go-build") {
		return "go run ./cmd/foreday" // it is the toolchain's, and about to be deleted
	}
	return name
}

// run is the program; it returns the exit status.
func run(ctx context.Context, args []string, out console) int {
	exited := -1
	args, all := wantsAll(asFlags(args))
	parser, err := kong.New(commandLine(args), append(options(ctx, out, all), kong.Exit(func(status int) { exited = status }))...)
	if err != nil {
		panic(err) // the command line's own description is wrong
	}
	command, err := parser.Parse(args)
	switch {
	case exited >= 0: // --help
		return exited
	case err != nil:
		var wrong *kong.ParseError
		if errors.As(err, &wrong) && wrong.Context != nil {
			if err := wiring.NoSecretFlag(wrong.Context); err != nil {
				return status(err, out.stderr)
			}
		}
		say(out.stderr, fmt.Sprintf("%s; see %s --help", terminal.OneLine(err.Error()), commandOf(err)))
		return exitUsage
	}
	if err := wiring.NoSecretFlag(command); err != nil {
		return status(err, out.stderr)
	}
	err = command.Run()
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = errInterrupted
	}
	return status(err, out.stderr)
}

// commandLine is what the arguments are parsed into: the command that they begin with, or all
// of them. Describing all, with their settings, takes longer than all else at the start.
func commandLine(args []string) any {
	all := reflect.TypeFor[commands]()
	for i := range all.NumField() {
		field := all.Field(i)
		name := cmp.Or(field.Tag.Get("name"), strings.ToLower(field.Name))
		if len(args) > 0 && args[0] == name && !slices.Contains(wantAllCommands, name) {
			return reflect.New(reflect.StructOf([]reflect.StructField{field})).Interface()
		}
	}
	return &commands{}
}

// wantAllCommands are the commands that tell of the others.
var wantAllCommands = []string{"help", "completion", "complete"}

// options set the parser up. all is for --help to show settings, too.
func options(ctx context.Context, out console, all bool) []kong.Option {
	return append(wiring.ParserOptions(),
		kong.Name("foreday"),
		kong.Description("Keeps each person's daily calendar summary fresh in Redis: "+
			"messages on a stream invalidate it, jobs regenerate it, readers need one GET."),
		kong.Writers(out.stdout, out.stderr),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: helpWidth}),
		kong.Help(printHelp(all)),
		wiring.HelpTexts(helpTexts),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(out),
	)
}

// commandOf names the command in whose line or settings the mistake is.
func commandOf(err error) string {
	var wrong *kong.ParseError
	if errors.As(err, &wrong) && wrong.Context != nil && wrong.Context.Command() != "" {
		if node := wrong.Context.Selected(); node != nil {
			return node.FullPath()
		}
		name, _, _ := strings.Cut(wrong.Context.Command(), " ")
		return "foreday " + name
	}
	return "foreday"
}

// errInterrupted ends commands that were to give a result. Those that stay up
// end without an error when they are told to.
var errInterrupted = errors.New("interrupted")

// status says how the program ends, with one line about it if it failed.
func status(err error, stderr io.Writer) int {
	var usage *wiring.UsageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage):
		say(stderr, terminal.OneLine(err.Error()))
		return exitUsage
	}
	say(stderr, terminal.OneLine(err.Error()))
	return exitFail
}

// say writes the one line about what went wrong.
func say(stderr io.Writer, text string) {
	fmt.Fprintf(stderr, "%s %s\n", terminal.NewPainter(stderr).Red("foreday:"), text)
}
