package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/summarizer"
)

type getCmd struct {
	wiring.SystemSettings `embed:""`
	User                  string  `arg:"" help:"Whose summary."`
	Date                  dayFlag `arg:"" optional:"" help:"Its date: YYYY-MM-DD, yesterday, today or tomorrow; today if not given."`
	Days                  int     `default:"1" help:"Summaries of so many days, from that date on."`
	Fresh                 bool    `help:"Wait for a summary that is fetched from now on, 30 seconds at most."`
	JSON                  bool    `name:"json" help:"Print the summary as JSON; of several days, an array of those that are there."`
}

// freshPatience is how long --fresh waits.
const freshPatience = 30 * time.Second

// Validate is called by the parser.
func (c *getCmd) Validate() error {
	if c.Days < 1 || c.Days > 62 {
		return fmt.Errorf("--days \"%d\": want 1 to 62", c.Days)
	}
	return nil
}

// Run prints a summary.
func (c *getCmd) Run(ctx context.Context, out console) error {
	if err := validUser(c.User); err != nil {
		return err
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
	if err := sys.CheckKey(ctx); err != nil {
		return err
	}
	first, err := c.first(ctx, sys)
	if err != nil {
		return c.withCure(err)
	}
	answers, err := c.answers(ctx, sys, first, terminal.NewProgress(out.stderr, "get"))
	answers = slices.DeleteFunc(answers, func(a cache.Answer) bool { return a.Status == "" })
	if err != nil && (len(answers) == 0 || ctx.Err() != nil) {
		return c.withCure(err)
	}
	if c.JSON {
		return errors.Join(c.printJSON(answers, out), c.withDates(err, first))
	}
	for i, answer := range answers {
		if i > 0 {
			fmt.Fprintln(out.stdout)
		}
		c.print(answer, out)
	}
	return c.withDates(err, first)
}

func (c *getCmd) print(answer cache.Answer, out console) {
	s := answer.Summary
	head := fmt.Sprintf("%s %s (%s), %d of %d events novel", s.Date.Weekday(), s.Date, s.Timezone, s.NovelEvents, s.TotalEvents)
	fmt.Fprintf(out.stdout, "%s\n\n", terminal.NewPainter(out.stdout).Bold(head))
	for _, line := range linesOf(s, min(terminal.Width(out.stdout), storyWidth)) {
		fmt.Fprintln(out.stdout, line)
	}
	fmt.Fprintln(out.stdout)
	for _, line := range terminal.Wrap(whence(answer)+"; "+byline(s), min(terminal.Width(out.stdout), storyWidth)) {
		fmt.Fprintln(out.stdout, line)
	}
}

func (c *getCmd) printJSON(answers []cache.Answer, out console) error {
	summaries := make([]summarizer.Summary, len(answers))
	for i, answer := range answers {
		summaries[i] = answer.Summary
		if answer.Status == cache.Stale || answer.Status == cache.Bypass {
			which := ""
			if c.Days > 1 {
				which = fmt.Sprintf(" (%s)", answer.Summary.Date)
			}
			fmt.Fprintf(out.stderr, "foreday: %s%s\n", whence(answer), which)
		}
	}
	if c.Days == 1 {
		return terminal.PrintJSON(out.stdout, summaries[0])
	}
	return terminal.PrintJSON(out.stdout, summaries)
}

// redis opens the Redis of the settings, or one in the process if a summary can
// be made without.
func (c *getCmd) redis(ctx context.Context) (redis.UniversalClient, func(), error) {
	if c.RedisURL == "" && c.NeedGoogle() == nil {
		client, _, stop, err := wiring.InProcessRedis(ctx)
		return client, stop, err
	}
	client, err := c.RedisSettings.Open()
	return client, func() {}, err
}

// first is the date of the first summary.
func (c *getCmd) first(ctx context.Context, sys *wiring.System) (summarizer.Date, error) {
	if !c.Date.Date.IsZero() {
		return c.Date.Date, nil
	}
	today, err := sys.Reader.Today(ctx, c.User, time.Now())
	return c.Date.On(today.Date), err
}

// answers reads the summaries, or makes them where there is no Redis to read from.
func (c *getCmd) answers(ctx context.Context, sys *wiring.System, first summarizer.Date,
	progress *terminal.Progress) ([]cache.Answer, error) {
	if c.RedisURL == "" {
		return c.generate(ctx, sys, first)
	}
	defer progress.Done()
	return c.read(ctx, sys, first, progress)
}

// generate makes the summaries, which nobody keeps.
func (c *getCmd) generate(ctx context.Context, sys *wiring.System, first summarizer.Date) ([]cache.Answer, error) {
	var answers []cache.Answer
	for i := range c.Days {
		sum, err := sys.Generator().Generate(ctx, c.User, first.AddDays(i), summarizer.Preferences{})
		if err != nil {
			return nil, err
		}
		answers = append(answers, cache.Answer{Summary: sum, Status: cache.Miss})
	}
	return answers, nil
}

// read reads the summaries, all that are there in one round trip. Those that are to be fresh
// are waited for.
func (c *getCmd) read(ctx context.Context, sys *wiring.System, first summarizer.Date, progress *terminal.Progress) ([]cache.Answer, error) {
	var options []cache.Option
	if c.Fresh {
		options = []cache.Option{cache.Fresh()}
	}
	began := time.Now()
	for {
		if c.Fresh {
			progress.At("waiting", time.Since(began).Seconds()/freshPatience.Seconds())
		}
		answers, err := sys.Reader.GetDays(ctx, c.User, first, c.Days, options...)
		options = nil // to insist again would begin anew
		stale := func(a cache.Answer) bool { return a.Status == cache.Stale }
		if err != nil || !c.Fresh || !slices.ContainsFunc(answers, stale) {
			return answers, err
		}
		if time.Since(began) > freshPatience {
			return answers, cache.ErrNotReady
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return answers, ctx.Err()
		}
	}
}

// withCure adds to an error of the reader what to do about it.
func (c *getCmd) withCure(err error) error {
	switch {
	case errors.Is(err, cache.ErrUnavailable):
		if known := (*cache.RedisError)(nil); errors.As(err, &known) {
			err = known
		}
		return fmt.Errorf("REDIS_URL %q: %w; with a way to the calendars, summaries are made without it too",
			wiring.WithoutPassword(c.RedisURL), err)
	case errors.Is(err, summarizer.ErrAccess):
		return withAccessCure(err)
	case errors.Is(err, freshness.ErrUnreadable):
		return fmt.Errorf("%w: set the same FOREDAY_KEY here and for the workers", err)
	case errors.Is(err, cache.ErrNotReady):
		return fmt.Errorf("no fresh summary of %s was made in time: see that a worker is running", c.User)
	case errors.Is(err, summarizer.ErrTemporary):
		if refused := (*net.OpError)(nil); errors.As(err, &refused) {
			err = refused
		}
		return fmt.Errorf("the calendar of %s, or what gives access to it, does not answer as it should (%w): try again, or check the settings "+
			"with `foreday help settings`", c.User, err)
	}
	return err
}

// withDates is withCure, and tells of each day that is missing why.
func (c *getCmd) withDates(err error, first summarizer.Date) error {
	var none cache.DaysError
	if !errors.As(err, &none) {
		return c.withCure(err)
	}
	var whys []string
	dates := map[string][]string{} // by why
	for i, missing := range none {
		if missing == nil {
			continue
		}
		why := c.withCure(missing).Error()
		if dates[why] == nil {
			whys = append(whys, why)
		}
		dates[why] = append(dates[why], first.AddDays(i).String())
	}
	for i, why := range whys {
		whys[i] = strings.Join(dates[why], ", ") + ": " + why
	}
	return errors.New(strings.Join(whys, "; "))
}

func withAccessCure(err error) error {
	return fmt.Errorf("%w: check the user's ID, and that they have given access to their calendar", err)
}

// whence says how fresh an answer is.
func whence(a cache.Answer) string {
	switch a.Status {
	case cache.Hit:
		return fmt.Sprintf("fresh for %s more", terminal.Duration(a.TTL.Round(time.Second)))
	case cache.Stale:
		if a.Detail != "" {
			return "stale: the calendar has changed since, and no new summary could be asked for (" + a.Detail + ")"
		}
		if why := whyNone(a.Fault); why != "" {
			return "stale: " + why
		}
		return "stale: the calendar has changed since, and a new summary is on its way"
	case cache.Bypass:
		if why := whyNone(a.Fault); why != "" {
			return "made just now: " + why
		}
		if a.Detail == cache.Unavailable {
			return "made just now without Redis, which is away"
		}
		return "made just now without Redis (" + a.Detail + ")"
	}
	return "made just now"
}

// whyNone says why no fresh summary is about to come, "" if one is.
func whyNone(f freshness.Fault) string {
	switch f {
	case freshness.FaultAccess:
		return "the user no longer lets foreday read their calendar"
	case freshness.FaultCalendar:
		return "the calendar, or what gives access to it, does not answer as it should"
	case freshness.FaultQuota:
		return "the new summary waits for a limit on calls"
	case freshness.FaultKey:
		return "what Redis holds was sealed with another FOREDAY_KEY"
	}
	return ""
}
