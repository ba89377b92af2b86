package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/rs/zerolog"

	"foreday/summarizer"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/novelty"
	"foreday/summarizer/openai/openaitest"
	"foreday/summarizer/plain"
)

type explainCmd struct {
	ICS          []string        `name:"ics" placeholder:"FILE" help:"Explain a day of this exported calendar; may be repeated." xor:"whose"`
	User         string          `help:"Explain a day of this user's, through Google Calendar." xor:"whose"`
	Date         summarizer.Date `placeholder:"YYYY-MM-DD" help:"The day; today if not given."`
	IgnoreSeries bool            `help:"Judge as if the calendar did not say which events are series."`
	JSON         bool            `name:"json" help:"Print one JSON object."`

	systemSettings `embed:""`
}

// explanation is what --json prints.
type explanation struct {
	Date     summarizer.Date  `json:"date"`
	Timezone string           `json:"timezone"`
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
	day := summarizer.Day{Date: c.Date, Zone: zone}
	if c.Date.IsZero() {
		day.Date = summarizer.DateOf(time.Now().In(zone))
	}
	draft, err := s.Fetch(ctx, user, day)
	if err != nil {
		return err
	}
	e := explanation{Date: day.Date, Timezone: zone.String(), Events: []explainedEvent{}}
	for _, v := range draft.Verdicts {
		e.Events = append(e.Events, explained(v, zone))
	}
	if c.JSON {
		encoder := json.NewEncoder(out.stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(e)
	}
	return e.table(out.stdout, draft.Verdicts, day)
}

func explained(v summarizer.Verdict, zone *time.Location) explainedEvent {
	e := v.Event
	x := explainedEvent{
		Title: e.Title, AllDay: e.AllDay, Calendar: e.Calendar, Recurring: e.SeriesID != "",
		Novelty: v.Novelty, Novel: v.Novel, Reason: v.Reason,
	}
	if e.AllDay {
		x.Start, x.End = e.StartDate.String(), e.EndDate.String()
	} else {
		x.Start, x.End = e.Start.In(zone).Format(time.RFC3339), e.End.In(zone).Format(time.RFC3339)
	}
	return x
}

// table prints the verdicts for people.
func (e explanation) table(w io.Writer, verdicts []summarizer.Verdict, day summarizer.Day) error {
	fmt.Fprintf(w, "%s %s (%s): %d events\n\n", day.Date.Weekday(), e.Date, e.Timezone, len(e.Events))
	if len(e.Events) == 0 {
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "\tNOVELTY\tWHEN\tTITLE\tWHY")
	for i, v := range verdicts {
		mark := " "
		if v.Novel {
			mark = "*"
		}
		fmt.Fprintf(t, "%s\t%.2f\t%s\t%s\t%s\n", mark, v.Novelty, plain.When(v.Event, day), plain.Title(v.Event.Title, 34), e.Events[i].Reason)
	}
	return t.Flush()
}

// summarizer reads the files through a stand-in, or the user's calendar.
func (c *explainCmd) summarizer(ctx context.Context, out console) (*summarizer.Summarizer, string, error) {
	if c.User != "" {
		if err := validUser(c.User); err != nil {
			return nil, "", err
		}
		return c.over(c.systemSettings, out, c.User)
	}
	if len(c.ICS) == 0 {
		return nil, "", &usageError{errors.New("--ics FILE or --user USER: say whose day to explain")}
	}
	stand, err := startStandIns(0, googletest.Config{}, openaitest.Config{})
	if err != nil {
		return nil, "", err
	}
	context.AfterFunc(ctx, stand.close)
	const user = "explain"
	stand.google.AddUser(user, c.zone())
	all, err := stand.load(user, c.ICS, c.Zone.Location, out.stderr)
	if err != nil {
		return nil, "", err
	}
	if c.Zone.Location == nil && all.zone != nil {
		stand.google.SetZone(user, all.zone)
	} else if c.Zone.Location != nil {
		stand.google.SetZone(user, c.Zone.Location)
	}
	stand.useGoogle(&c.googleSettings)
	return c.over(c.systemSettings, out, user)
}

// over returns a summarizer that needs no Redis, as nothing is limited or kept.
func (c *explainCmd) over(s systemSettings, out console, user string) (*summarizer.Summarizer, string, error) {
	access, err := s.access()
	if err != nil {
		return nil, "", err
	}
	if access == nil {
		return nil, "", errNoGoogle
	}
	source, err := newSource(s.googleSettings, access, nil, c.logger(out.stderr, zerolog.WarnLevel))
	if err != nil {
		return nil, "", err
	}
	var from summarizer.Source = source
	if c.IgnoreSeries {
		from = withoutSeries{source}
	}
	return &summarizer.Summarizer{
		Source: from, Routines: novelty.NewLearner(novelty.Config{Source: from}),
		Writer: plain.Writer{}, Fallback: plain.Writer{}, Zone: c.zone(), Now: time.Now,
	}, user, nil
}

// withoutSeries is a Source that does not tell which events are of one series.
type withoutSeries struct{ summarizer.Source }

// Day returns the day's events, each on its own.
func (w withoutSeries) Day(ctx context.Context, user string, day summarizer.Day) (summarizer.Listing, error) {
	l, err := w.Source.Day(ctx, user, day)
	strip(l.Events)
	return l, err
}

// History returns the events of the past, each on its own.
func (w withoutSeries) History(ctx context.Context, user string, from, to time.Time) ([]summarizer.Event, error) {
	events, err := w.Source.History(ctx, user, from, to)
	strip(events)
	return events, err
}

func strip(events []summarizer.Event) {
	for i := range events {
		events[i].SeriesID, events[i].Original, events[i].OriginalDate = "", time.Time{}, summarizer.Date{}
	}
}
