package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/google/googletest/sample"
	"foreday/summarizer/openai/openaitest"
)

type sandboxCmd struct {
	Port  int      `default:"0" help:"Port to listen on; 0 picks a free one."`
	Users int      `default:"10" help:"Make up calendars for users u1 to uN."`
	ICS   []string `name:"ics" placeholder:"FILE" help:"Give user u1 exported calendars instead; may be repeated."`
	Zone  zoneFlag `name:"timezone" placeholder:"ZONE" help:"Zone that the users live in; UTC if not given."`

	GoogleDelay     time.Duration `help:"How long Google takes to answer." group:"Google"`
	GoogleLag       time.Duration `help:"How long a write stays unlisted." group:"Google"`
	GoogleFaults    float64       `help:"Fraction of calls that fail with 503, 0 to 1." group:"Google"`
	GoogleRPM       int           `name:"google-rpm" help:"Requests a minute that are allowed; 0 for any." group:"Google"`
	GoogleUserRPM   int           `name:"google-user-rpm" help:"The same for one user." group:"Google"`
	OpenAIDelay     time.Duration `name:"openai-delay" help:"How long the model takes to answer." group:"Model"`
	OpenAIFaults    float64       `name:"openai-faults" help:"Fraction of calls that go wrong, 0 to 1." group:"Model"`
	OpenAIFaultKind string        `name:"openai-fault-kind" default:"overloaded" help:"How: server_error, too_many_requests, cut_body, prose, invented_event, ..." group:"Model"`
	OpenAIRPM       int           `name:"openai-rpm" help:"Requests a minute that are allowed; 0 for any." group:"Model"`
	OpenAITPM       int           `name:"openai-tpm" help:"Tokens a minute that are allowed." group:"Model"`
}

// Validate is called by the parser.
func (c *sandboxCmd) Validate() error {
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
	for flag, d := range map[string]time.Duration{"--google-delay": c.GoogleDelay, "--google-lag": c.GoogleLag, "--openai-delay": c.OpenAIDelay} {
		if d < 0 {
			return fmt.Errorf("%s %q: want 0s or more", flag, d)
		}
	}
	if c.Users < 1 || c.Users > 100_000 {
		return fmt.Errorf("--users \"%d\": want 1 to 100000", c.Users)
	}
	if err := validPort("--port", c.Port); err != nil {
		return err
	}
	_, err := openaitest.ParseFaultKind(c.OpenAIFaultKind)
	return err
}

// Run serves the stand-ins until ctx is done.
func (c *sandboxCmd) Run(ctx context.Context, out console) error {
	stand, err := startStandIns(c.Port, googletest.Config{Lag: c.GoogleLag},
		openaitest.Config{Delay: c.OpenAIDelay, RPM: c.OpenAIRPM, TPM: c.OpenAITPM})
	if err != nil {
		return err
	}
	defer stand.close()
	if err := c.fill(stand, out); err != nil {
		return err
	}
	c.trouble(stand)
	whose := "users u1 to " + sample.User(c.Users)
	if c.Users == 1 {
		whose = "user u1"
	}
	fmt.Fprintf(out.stderr, "foreday sandbox: stand-ins for Google Calendar and a model at %s\n"+
		"%s; the settings on stdout point the other commands at them.\nCtrl-C stops it.\n", stand.url, whose)
	fmt.Fprintf(out.stdout, "export GOOGLE_CALENDAR_ENDPOINT=%[1]s\nexport FOREDAY_TOKEN_URL=%[1]s/broker\n"+
		"export GOOGLE_OAUTH_CLIENT_ID=sandbox\nexport GOOGLE_AUTH_ENDPOINT=%[1]s%[3]s\n"+
		"export GOOGLE_TOKEN_ENDPOINT=%[1]s%[4]s\nexport OPENAI_BASE_URL=%[1]s/v1\n"+
		"export OPENAI_API_KEY=sandbox\nexport OPENAI_MODEL=%[2]s\n", stand.url, standInModel, googletest.AuthPath, googletest.TokenPath)
	<-ctx.Done()
	google, model := stand.google.Requests(), stand.model.Counts()
	fmt.Fprintf(out.stderr, "foreday sandbox: served %d requests of Google's and %d of the model's; over quota: %d and %d\n",
		google.Total, model.Requests, google.Refused, model.LimitedRequests+model.LimitedTokens)
	return nil
}

// fill makes up the users' calendars.
func (c *sandboxCmd) fill(stand *standIns, out console) error {
	zone := c.Zone.Location
	if zone == nil {
		zone = time.UTC
	}
	today := summarizer.DateOf(time.Now().In(zone))
	for n := 1; n <= c.Users; n++ {
		user := sample.User(n)
		stand.google.AddUser(user, zone)
		if n == 1 && len(c.ICS) > 0 {
			all, err := stand.load(user, c.ICS, c.Zone.Location, out.stderr)
			if err != nil {
				return err
			}
			if c.Zone.Location == nil && all.zone != nil {
				stand.google.SetZone(user, all.zone)
			}
			continue
		}
		if err := stand.google.Import(user, "primary", sample.Year(uint64(n), today, zone)); err != nil {
			return fmt.Errorf("make up the calendar of %s: %w", user, err)
		}
	}
	return nil
}

// trouble brings in the delays, faults and quotas that were asked for.
func (c *sandboxCmd) trouble(stand *standIns) {
	stand.google.Quota(c.GoogleRPM, c.GoogleUserRPM)
	isCalendar := func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/calendar/") }
	if c.GoogleDelay > 0 {
		stand.google.Inject(googletest.Fault{Match: isCalendar, Delay: c.GoogleDelay})
	}
	if c.GoogleFaults > 0 {
		stand.google.Inject(googletest.Fault{Match: isCalendar, Fraction: c.GoogleFaults, Status: 503})
	}
	if c.OpenAIFaults > 0 {
		kind, _ := openaitest.ParseFaultKind(c.OpenAIFaultKind) // Validate has seen it
		stand.model.Inject(openaitest.Fault{Kind: kind, Fraction: c.OpenAIFaults})
	}
}
