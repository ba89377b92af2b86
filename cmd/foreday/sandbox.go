package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"foreday/cmd/foreday/internal/calendarfile"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/summarizer"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/google/googletest/sample"
	"foreday/summarizer/openai/openaitest"
	"foreday/summarizer/sandbox"
)

// The local stand-ins, and what an app does with them.
type sandboxCmd struct {
	Serve sandboxServeCmd `cmd:"" default:"withargs" help:"Serve the stand-ins; what sandbox alone does, too."`
	Event sandboxEventCmd `cmd:"" help:"Create an event in a sandbox's calendar, as an app would."`
}

// standInSettings say whose calendars the stand-ins hold, and who is told of them.
type standInSettings struct {
	Users int      `default:"10" help:"Make up calendars for users u1 to uN, with something new on each day."`
	ICS   []string `name:"ics" sep:"none" placeholder:"FILE" help:"Give user u1 exported calendars instead; may be repeated."`

	EnvFile string `name:"env-file" placeholder:"FILE" help:"@help_env_file"`
}

func (s standInSettings) validate() error {
	if s.Users < 1 || s.Users > 100_000 {
		return fmt.Errorf("--users \"%d\": want 1 to 100000", s.Users)
	}
	return nil
}

// whose names them.
func (s standInSettings) whose() string {
	if s.Users == 1 {
		return "user u1"
	}
	return "users u1 to " + sample.User(s.Users)
}

// people makes users up when they are first asked for, all on the same day.
func (s standInSettings) people(zone *time.Location) func(user string) *googletest.Person {
	today := summarizer.DateOf(time.Now().In(zone))
	return func(user string) *googletest.Person {
		n, err := strconv.Atoi(strings.TrimPrefix(user, "u"))
		if err != nil || n < 1 || n > s.Users || user != sample.User(n) {
			return nil
		}
		return &googletest.Person{Zone: zone, Calendar: sample.Eventful(uint64(n), today, zone)}
	}
}

// load gives user u1 the calendars of the files, if there are any. zone is where
// they live, nil if the files are to tell.
func (s standInSettings) load(ctx context.Context, stand *sandbox.Server, zone *time.Location, out console) error {
	if len(s.ICS) == 0 {
		return nil
	}
	user := sample.User(1)
	stand.Google.AddUser(user, zone)
	all, err := calendarfile.Load(ctx, stand.Google, user, s.ICS, zone, out.stdin, out.stderr)
	if err == nil && zone == nil && all.Zone != nil {
		stand.Google.SetZone(user, all.Zone)
	}
	return err
}

// writeEnvFile writes the settings to the file that was asked for, if one was.
func (s standInSettings) writeEnvFile(environment string) error {
	if s.EnvFile == "" {
		return nil
	}
	if err := writeFile(s.EnvFile, environment); err != nil {
		return wiring.BadSetting("--env-file", s.EnvFile, wiring.Reason(err))
	}
	return nil
}

// clearEnvFile removes what an earlier run left in that file, which would be taken for
// this one's. A file of somebody else's, or of a sandbox that still runs, is an error.
func (s standInSettings) clearEnvFile() error {
	if s.EnvFile == "" {
		return nil
	}
	held, err := os.ReadFile(s.EnvFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil && !strings.HasPrefix(string(held), environmentHead):
		err = errors.New("there is such a file, and it is no sandbox's: choose another name")
	case err == nil && listens(sandboxHost.FindString(string(held))):
		err = errors.New("is that of a sandbox that still runs: stop it, or choose another name")
	case err == nil:
		err = os.Remove(s.EnvFile)
	}
	if err != nil {
		return wiring.BadSetting("--env-file", s.EnvFile, wiring.Reason(err))
	}
	return nil
}

// sandboxHost finds the address of the stand-ins in an environment file.
var sandboxHost = regexp.MustCompile(`127\.0\.0\.1:\d+`)

// listens reports whether somebody does so at the address.
func listens(address string) bool {
	conn, err := net.DialTimeout("tcp", address, 300*time.Millisecond)
	if err == nil {
		conn.Close()
	}
	return err == nil
}

// removeEnvFile removes that file if the stand-ins at the address wrote it.
func (s standInSettings) removeEnvFile(url string) {
	if held, err := os.ReadFile(s.EnvFile); err == nil && strings.Contains(string(held), url) {
		os.Remove(s.EnvFile)
	}
}

type sandboxServeCmd struct {
	Port int             `default:"0" help:"Port to listen on; 0 picks a free one."`
	Zone wiring.ZoneFlag `name:"timezone" placeholder:"ZONE" help:"Zone that the users live in; UTC if not given."`

	standInSettings `embed:""`

	GoogleDelay     time.Duration `help:"How long Google takes to answer." group:"Google stand-in"`
	GoogleLag       time.Duration `help:"How long a write stays unlisted." group:"Google stand-in"`
	GoogleFaults    float64       `placeholder:"0..1" help:"Fraction of calls that fail with 503." group:"Google stand-in"`
	GoogleRPM       int           `name:"google-rpm" help:"Requests a minute that are allowed; 0 for any." group:"Google stand-in"`
	GoogleUserRPM   int           `name:"google-user-rpm" help:"The same for one user." group:"Google stand-in"`
	OpenAIDelay     time.Duration `name:"openai-delay" help:"How long the model takes to answer." group:"Model stand-in"`
	OpenAIFaults    float64       `name:"openai-faults" placeholder:"0..1" help:"Fraction of calls that go wrong." group:"Model stand-in"`
	OpenAIFaultKind string        `name:"openai-fault-kind" default:"overloaded" help:"@help_sandbox_serve_fault_kind" group:"Model stand-in"`
	OpenAIRPM       int           `name:"openai-rpm" help:"Requests a minute that are allowed; 0 for any." group:"Model stand-in"`
	OpenAITPM       int           `name:"openai-tpm" help:"Tokens a minute that are allowed." group:"Model stand-in"`
}

// Validate is called by the parser.
func (c *sandboxServeCmd) Validate() error {
	for flag, n := range map[string]int{
		"--google-rpm": c.GoogleRPM, "--google-user-rpm": c.GoogleUserRPM, "--openai-rpm": c.OpenAIRPM, "--openai-tpm": c.OpenAITPM,
	} {
		if n < 0 {
			return fmt.Errorf("%s \"%d\": want 0 (any) or more", flag, n)
		}
	}
	for flag, f := range map[string]float64{"--google-faults": c.GoogleFaults, "--openai-faults": c.OpenAIFaults} {
		if f < 0 || f > 1 {
			return fmt.Errorf("%s \"%v\": want a fraction from 0 to 1", flag, f)
		}
	}
	for flag, d := range map[string]time.Duration{
		"--google-delay": c.GoogleDelay, "--google-lag": c.GoogleLag, "--openai-delay": c.OpenAIDelay,
	} {
		if d < 0 {
			return fmt.Errorf("%s %q: want 0s or more", flag, d)
		}
	}
	if err := c.standInSettings.validate(); err != nil {
		return err
	}
	if err := wiring.ValidPort("--port", c.Port); err != nil {
		return err
	}
	_, err := openaitest.ParseFaultKind(c.OpenAIFaultKind)
	return err
}

// Run serves the stand-ins until ctx is done.
func (c *sandboxServeCmd) Run(ctx context.Context, out console) error {
	if err := c.clearEnvFile(); err != nil {
		return err
	}
	spareMemory()
	stand, err := sandbox.Start(c.Port, googletest.Config{Lag: c.GoogleLag, People: c.people(c.Zone.OrUTC())},
		openaitest.Config{Delay: c.OpenAIDelay, RPM: c.OpenAIRPM, TPM: c.OpenAITPM})
	if err != nil {
		return err
	}
	defer stand.Close()
	if err := c.load(ctx, stand, c.Zone.Location, out); err != nil {
		return err
	}
	c.trouble(stand)
	fmt.Fprintf(out.stderr, "foreday sandbox: stand-ins for Google Calendar and a model at %s\n", stand.URL)
	if err := c.handOut(stand, out); err != nil {
		return err
	}
	defer c.removeEnvFile(stand.URL)
	<-ctx.Done()
	google, model := stand.Google.Requests(), stand.Model.Counts()
	fmt.Fprintf(out.stderr, "foreday sandbox: served %d requests of Google's and %d of the model's; over quota: %d and %d\n",
		google.Total, model.Requests, google.Refused, model.LimitedRequests+model.LimitedTokens)
	return nil
}

// handOut gives the settings to whoever is to use the stand-ins: all of them, or none.
func (c *sandboxServeCmd) handOut(stand *sandbox.Server, out console) error {
	settings := environment(sandboxAddresses{url: stand.URL}, "")
	const then = "point the other commands at them.\nCtrl-C stops it."
	if c.EnvFile == "" {
		fmt.Fprintf(out.stderr, "%s; the settings on stdout %s\n", c.whose(), then)
		_, err := io.WriteString(out.stdout, settings)
		return err
	}
	if err := c.writeEnvFile(settings); err != nil {
		return err
	}
	fmt.Fprintf(out.stderr, "%s; the settings in %s %s\n", c.whose(), c.EnvFile, then)
	return nil
}

// trouble brings in the delays, faults and quotas that were asked for.
func (c *sandboxServeCmd) trouble(stand *sandbox.Server) {
	stand.Google.Quota(c.GoogleRPM, c.GoogleUserRPM)
	isCalendar := func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/calendar/") }
	if c.GoogleDelay > 0 {
		stand.Google.Inject(googletest.Fault{Match: isCalendar, Delay: c.GoogleDelay})
	}
	if c.GoogleFaults > 0 {
		stand.Google.Inject(googletest.Fault{Match: isCalendar, Fraction: c.GoogleFaults, Status: 503})
	}
	if c.OpenAIFaults > 0 {
		kind, _ := openaitest.ParseFaultKind(c.OpenAIFaultKind) // Validate has seen it
		stand.Model.Inject(openaitest.Fault{Kind: kind, Fraction: c.OpenAIFaults})
	}
}
