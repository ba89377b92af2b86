package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cmd/foreday/internal/calendarfile"
	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/summarizer"
	"foreday/summarizer/google"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/novelty"
	"foreday/summarizer/openai/openaitest"
	"foreday/summarizer/plan"
	"foreday/summarizer/sandbox"
	"foreday/summarizer/words"
)

type explainCmd struct {
	ICS          []string `name:"ics" sep:"none" placeholder:"FILE" help:"@help_explain_ics" xor:"whose"`
	User         string   `placeholder:"ID" help:"Explain a day of this user's, through Google Calendar." xor:"whose"`
	Date         dayFlag  `placeholder:"DAY" help:"The day: YYYY-MM-DD, yesterday, today or tomorrow; today if not given."`
	IgnoreSeries bool     `help:"Judge as if the calendar did not say which events are series."`
	JSON         bool     `name:"json" help:"Print one JSON object."`

	wiring.SystemSettings `embed:""`

	stand     *sandbox.Server `kong:"-"` // what serves the files, if any
	calendars int             `kong:"-"` // in them
}

// explanation is what --json prints.
type explanation struct {
	Date     summarizer.Date  `json:"date"`
	Timezone string           `json:"timezone"`
	Language string           `json:"language"`
	Headline string           `json:"headline"` // as the day is told without a model
	Text     string           `json:"text"`
	Events   []explainedEvent `json:"events"`
}

type explainedEvent struct {
	Title     string  `json:"title"`
	Start     string  `json:"start"`
	End       string  `json:"end"`
	AllDay    bool    `json:"all_day"`
	Calendar  string  `json:"calendar"`
	Recurring bool    `json:"recurring"`
	Novelty   float64 `json:"novelty"`
	Novel     bool    `json:"novel"`
	Reason    string  `json:"reason"`
}

// Run judges every event of a day and says why.
func (c *explainCmd) Run(ctx context.Context, out console) error {
	err := c.explain(ctx, out)
	if errors.Is(err, summarizer.ErrAccess) {
		return withAccessCure(err)
	}
	return err
}

func (c *explainCmd) explain(ctx context.Context, out console) error {
	s, user, err := c.summarizer(ctx, out)
	if err != nil {
		return err
	}
	zone := c.Zone.Location
	if zone == nil {
		if zone, err = s.ZoneOf(ctx, user); err != nil {
			return err
		}
	}
	day := summarizer.Day{Date: c.Date.of(time.Now(), zone), Zone: zone}
	draft, err := s.Fetch(ctx, user, day, c.preferences(ctx, out))
	if err != nil {
		return err
	}
	if c.stand != nil {
		calendarfile.ReportEmptyDay(out.stderr, c.stand.Google, user, day, c.calendars)
	}
	told, err := s.Write(ctx, user, draft)
	if err != nil {
		return err
	}
	e := explanation{
		Date: day.Date, Timezone: zone.String(), Language: told.Language, Headline: told.Headline, Text: told.Text, Events: []explainedEvent{},
	}
	for _, v := range draft.Verdicts {
		e.Events = append(e.Events, explained(v, draft.Brief))
	}
	if c.JSON {
		return terminal.PrintJSON(out.stdout, e)
	}
	return e.table(out.stdout, draft)
}

// preferences returns what the user has set. A Redis that is not set or away is no
// reason to explain nothing.
func (c *explainCmd) preferences(ctx context.Context, out console) summarizer.Preferences {
	if c.User == "" || c.RedisURL == "" {
		return summarizer.Preferences{}
	}
	store, client, err := usersSettings{RedisSettings: c.RedisSettings, KeySettings: c.KeySettings, User: c.User}.connect(ctx)
	if err == nil {
		defer client.Close()
		var p summarizer.Preferences
		if p, err = store.Preferences(ctx, c.User); err == nil {
			return p
		}
	}
	fmt.Fprintf(out.stderr, "foreday: explained as for everybody: %s\n", terminal.OneLine(err.Error()))
	return summarizer.Preferences{}
}

func explained(v summarizer.Verdict, b summarizer.Brief) explainedEvent {
	e, zone := v.Event, b.Day.Zone
	x := explainedEvent{
		Title: e.Title, AllDay: e.AllDay, Calendar: e.Calendar, Recurring: e.SeriesID != "",
		Novelty: v.Novelty, Novel: v.Novel, Reason: words.Reason(v, b.Day, b.Language, b.Clock12),
	}
	if e.AllDay {
		x.Start, x.End = e.StartDate.String(), e.EndDate.String()
	} else {
		x.Start, x.End = e.Start.In(zone).Format(time.RFC3339), e.End.In(zone).Format(time.RFC3339)
	}
	return x
}

// summarizer reads the files through a stand-in, or the user's calendar.
func (c *explainCmd) summarizer(ctx context.Context, out console) (*summarizer.Summarizer, string, error) {
	if c.User != "" {
		if err := validUser(c.User); err != nil {
			return nil, "", err
		}
		return c.ofUser(ctx, out)
	}
	if len(c.ICS) == 0 {
		return nil, "", wiring.WrongUsage(errors.New("whose day? give --ics FILE, or --user ID with a way to the calendars"))
	}
	stand, err := sandbox.Start(0, googletest.Config{}, openaitest.Config{})
	if err != nil {
		return nil, "", err
	}
	context.AfterFunc(ctx, stand.Close)
	c.stand = stand
	const user = "explain"
	stand.Google.AddUser(user, c.Zone.OrUTC())
	stand.Google.SetLocale(user, c.Language.OrEnglish())
	all, err := calendarfile.Load(ctx, stand.Google, user, c.ICS, c.Zone.Location, out.stdin, out.stderr)
	if err != nil {
		return nil, "", err
	}
	c.calendars = all.Calendars
	if zone := cmp.Or(c.Zone.Location, all.Zone); zone != nil {
		stand.Google.SetZone(user, zone)
	}
	c.GoogleSettings.UseSandbox(stand.URL)
	access, err := c.Access(nil)
	if err != nil {
		return nil, "", err
	}
	return c.over(access, out, user)
}

// ofUser reads the user's calendar. Redis is needed only if their token is there.
func (c *explainCmd) ofUser(ctx context.Context, out console) (*summarizer.Summarizer, string, error) {
	if err := c.NeedGoogle(); err != nil {
		return nil, "", err
	}
	var client redis.UniversalClient
	if c.RedisURL != "" {
		var err error
		if client, err = c.RedisSettings.Open(); err != nil {
			return nil, "", err
		}
		context.AfterFunc(ctx, func() { client.Close() })
	}
	access, err := c.Access(client)
	if err != nil {
		return nil, "", err
	}
	return c.over(access, out, c.User)
}

// over returns a summarizer in which nothing is limited or kept.
func (c *explainCmd) over(access google.Access, out console, user string) (*summarizer.Summarizer, string, error) {
	source, err := wiring.NewSource(c.GoogleSettings, access, nil, c.Logger(out.stderr, zerolog.WarnLevel))
	if err != nil {
		return nil, "", err
	}
	var from summarizer.Source = source
	if c.IgnoreSeries {
		from = withoutSeries{source}
	}
	return &summarizer.Summarizer{
		Source: from, Routines: novelty.NewLearner(novelty.Config{Source: from}),
		Writer: words.Writer{Planner: plan.Default{}}, Fallback: words.Writer{Planner: plan.Default{}},
		Zone: c.Zone.OrUTC(), Language: string(c.Language), Now: time.Now,
	}, user, nil
}

// withoutSeries is a Source that does not tell which events are of one series.
type withoutSeries struct{ summarizer.Source }

// Day returns the day's events, each on its own.
func (w withoutSeries) Day(ctx context.Context, user string, day summarizer.Day, count summarizer.Selection) (summarizer.Listing, error) {
	l, err := w.Source.Day(ctx, user, day, count)
	// That they are missing, only their series tells.
	l.Events = slices.DeleteFunc(l.Events, func(e summarizer.Event) bool { return e.Status == summarizer.Cancelled })
	strip(l.Events)
	return l, err
}

// History returns the events of the past, each on its own.
func (w withoutSeries) History(
	ctx context.Context, user string, from, to time.Time, count summarizer.Selection,
) ([]summarizer.Event, error) {
	events, err := w.Source.History(ctx, user, from, to, count)
	strip(events)
	return events, err
}

func strip(events []summarizer.Event) {
	for i := range events {
		events[i].SeriesID, events[i].Original, events[i].OriginalDate = "", time.Time{}, summarizer.Date{}
	}
}
