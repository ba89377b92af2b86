package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"foreday/cache"
	"foreday/summarizer"
)

type getCmd struct {
	systemSettings `embed:""`
	User           string          `arg:"" help:"Whose summary."`
	Date           summarizer.Date `arg:"" optional:"" help:"Its date, YYYY-MM-DD; today if not given."`
	JSON           bool            `name:"json" help:"Print the summary as JSON."`
}

// Run prints a summary.
func (c *getCmd) Run(ctx context.Context, out console) error {
	if err := validUser(c.User); err != nil {
		return err
	}
	client, err := c.redisSettings.open()
	if err != nil {
		return err
	}
	sys, err := newSystem(c.systemSettings, client, c.logger(out.stderr, zerolog.ErrorLevel), time.Now)
	if err != nil {
		client.Close()
		return err
	}
	defer sys.close()
	if c.Date.IsZero() {
		today, err := sys.reader.Today(ctx, c.User, time.Now())
		if err != nil {
			return err
		}
		c.Date = today.Date
	}
	answer, err := sys.reader.Get(ctx, c.User, c.Date)
	if err != nil {
		return err
	}
	if c.JSON {
		encoder := json.NewEncoder(out.stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(answer.Summary)
	}
	s := answer.Summary
	fmt.Fprintf(out.stdout, "%s %s (%s), %d of %d events novel\n\n%s\n", s.Date.Weekday(), s.Date, s.Timezone,
		s.NovelEvents, s.TotalEvents, indent(s.Headline, ""))
	for line := range strings.Lines(s.Text) {
		fmt.Fprintln(out.stdout, indent(line, ""))
	}
	fmt.Fprintf(out.stdout, "\n%s; %s\n", whence(answer), byline(s))
	return nil
}

// whence says how fresh an answer is.
func whence(a cache.Answer) string {
	switch a.Status {
	case cache.Hit:
		return fmt.Sprintf("fresh for %s more", a.TTL.Round(time.Second))
	case cache.Stale:
		return "stale: the calendar has changed since, and a new summary is on its way"
	case cache.Bypass:
		return "made just now, without Redis, which is away"
	}
	return "made just now"
}

func byline(s summarizer.Summary) string {
	if s.Degraded {
		return "written without the model, which failed"
	}
	return "written by " + s.Writer
}

func validUser(user string) error {
	if user == "" || len(user) > 128 || strings.ContainsAny(user, "{} \t\r\n") {
		return badSetting("user", user, "want 1 to 128 bytes without spaces and braces")
	}
	return nil
}
