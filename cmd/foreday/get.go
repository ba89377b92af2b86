package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cache"
	"foreday/events"
	"foreday/summarizer"
)

type getCmd struct {
	SystemSettings `embed:""`
	User           string          `arg:"" help:"Whose summary."`
	Date           summarizer.Date `arg:"" optional:"" help:"Its date, YYYY-MM-DD; today if not given."`
	JSON           bool            `name:"json" help:"Print the summary as JSON."`
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
	sys, err := newSystem(c.SystemSettings, client, c.logger(out.stderr, zerolog.ErrorLevel), time.Now)
	if err != nil {
		client.Close()
		return err
	}
	defer sys.close()
	answer, err := c.answer(ctx, sys)
	if err != nil {
		return c.withCure(err)
	}
	if c.JSON {
		if answer.Status == cache.Stale || answer.Status == cache.Bypass {
			fmt.Fprintf(out.stderr, "foreday: %s\n", whence(answer))
		}
		encoder := json.NewEncoder(visible{out.stdout})
		encoder.SetIndent("", "  ")
		return encoder.Encode(answer.Summary)
	}
	s := answer.Summary
	fmt.Fprintf(out.stdout, "%s %s (%s), %d of %d events novel\n\n", s.Date.Weekday(), s.Date, s.Timezone, s.NovelEvents, s.TotalEvents)
	for _, line := range linesOf(s, storyWidth) {
		fmt.Fprintln(out.stdout, line)
	}
	fmt.Fprintf(out.stdout, "\n%s; %s\n", whence(answer), byline(s))
	return nil
}

// redis opens the Redis of the settings, or one in the process if a summary can
// be made without.
func (c *getCmd) redis(ctx context.Context) (redis.UniversalClient, func(), error) {
	if c.RedisURL == "" && c.needGoogle() == nil {
		client, _, stop, err := inProcessRedis(ctx)
		return client, stop, err
	}
	client, err := c.RedisSettings.open()
	return client, func() {}, err
}

// answer reads the summary, or makes it where there is no Redis to read from.
func (c *getCmd) answer(ctx context.Context, sys *system) (cache.Answer, error) {
	if c.Date.IsZero() {
		today, err := sys.reader.Today(ctx, c.User, time.Now())
		if err != nil {
			return cache.Answer{}, err
		}
		c.Date = today.Date
	}
	if c.RedisURL == "" {
		sum, err := sys.generator().Generate(ctx, c.User, c.Date, summarizer.Preferences{})
		return cache.Answer{Summary: sum, Status: cache.Miss}, err
	}
	return sys.reader.Get(ctx, c.User, c.Date)
}

// withCure adds to an error of the reader what to do about it.
func (c *getCmd) withCure(err error) error {
	switch {
	case errors.Is(err, cache.ErrUnavailable):
		return fmt.Errorf("REDIS_URL %q: %w: start it or correct the address; with a way to the calendars, summaries are made without it too", withoutPassword(c.RedisURL), err)
	case errors.Is(err, summarizer.ErrAccess):
		return withAccessCure(err)
	case errors.Is(err, cache.ErrNotReady):
		return fmt.Errorf("%w: see that a worker is running", err)
	}
	return err
}

func withAccessCure(err error) error {
	return fmt.Errorf("%w: check the user's ID, and that they have given access to their calendar", err)
}

// whence says how fresh an answer is.
func whence(a cache.Answer) string {
	switch a.Status {
	case cache.Hit:
		return fmt.Sprintf("fresh for %s more", a.TTL.Round(time.Second))
	case cache.Stale:
		return "stale: the calendar has changed since, and a new summary is on its way"
	case cache.Bypass:
		return "made just now without Redis, which is away"
	}
	return "made just now"
}

func byline(s summarizer.Summary) string {
	if s.Degraded {
		return "written plainly, as the model failed"
	}
	return "written by " + s.Writer
}

// validUser holds a user's ID to what messages may hold.
func validUser(user string) error {
	err := events.Message{Type: events.CalendarChanged, User: user}.Validate()
	var wrong *events.FieldError
	if errors.As(err, &wrong) {
		return badSetting("user", user, wrong.Problem)
	}
	return err
}
