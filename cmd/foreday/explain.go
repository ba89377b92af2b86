package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/summarizer"
	"foreday/summarizer/google"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/novelty"
	"foreday/summarizer/openai/openaitest"
	"foreday/summarizer/plain"
)

type explainCmd struct {
	ICS          []string        `name:"ics" sep:"none" placeholder:"FILE" help:"Explain a day of this exported calendar; may be repeated." xor:"whose"`
	User         string          `placeholder:"ID" help:"Explain a day of this user's, through Google Calendar." xor:"whose"`
	Date         summarizer.Date `placeholder:"YYYY-MM-DD" help:"The day; today if not given."`
	IgnoreSeries bool            `help:"Judge as if the calendar did not say which events are series."`
	JSON         bool            `name:"json" help:"Print one JSON object."`

	SystemSettings `embed:""`
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
	day := summarizer.Day{Date: c.Date, Zone: zone}
	if c.Date.IsZero() {
		day = summarizer.DayAt(time.Now(), zone)
	}
	draft, err := s.Fetch(ctx, user, day, c.preferences(ctx, out))
	if err != nil {
		return err
	}
	e := explanation{Date: day.Date, Timezone: zone.String(), Events: []explainedEvent{}}
	for _, v := range draft.Verdicts {
		e.Events = append(e.Events, explained(v, zone))
	}
	if c.JSON {
		encoder := json.NewEncoder(visible{out.stdout})
		encoder.SetIndent("", "  ")
		return encoder.Encode(e)
	}
	return e.table(out.stdout, draft.Verdicts, day)
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
	fmt.Fprintf(out.stderr, "foreday: explained as for everybody: %s\n", oneLine(err))
	return summarizer.Preferences{}
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

// The table is as wide as the narrowest of terminals at most.
const (
	tableWidth  = 80
	whenAtMost  = 15
	titleAtMost = 28
)

// row is one event of the table.
type row struct{ score, when, title, why string }

func rowOf(v summarizer.Verdict, day summarizer.Day) row {
	mark := " "
	if v.Novel {
		mark = "*"
	}
	return row{fmt.Sprintf("%s %.2f", mark, v.Novelty), plain.When(v.Event, day), plain.Title(v.Event.Title, 4*titleAtMost), v.Reason}
}

// table prints the verdicts for people: nothing is left out, so what is too long
// for its column goes on below.
func (e explanation) table(w io.Writer, verdicts []summarizer.Verdict, day summarizer.Day) error {
	rows := []row{{"novelty", "when", "title", "why"}}
	whenWidth, titleWidth := 0, 0
	for _, v := range verdicts {
		r := rowOf(v, day)
		rows = append(rows, r)
		whenWidth = min(max(whenWidth, columns(r.when)), whenAtMost)
		titleWidth = min(max(titleWidth, columns(r.title)), titleAtMost)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s (%s): %s\n", day.Date.Weekday(), e.Date, e.Timezone, counted(len(verdicts), "event"))
	if len(verdicts) == 0 {
		rows = nil
	} else {
		b.WriteString("\n")
	}
	for _, r := range rows {
		r.write(&b, len("novelty"), whenWidth, titleWidth)
	}
	if slices.ContainsFunc(verdicts, func(v summarizer.Verdict) bool { return v.Novel }) {
		b.WriteString("\n* novel\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// write writes the row with columns of these widths; the last has what is left.
func (r row) write(b *strings.Builder, scoreWidth, whenWidth, titleWidth int) {
	const gap = 2
	when, title := wrap(r.when, whenWidth), wrap(r.title, titleWidth)
	why := wrap(r.why, tableWidth-scoreWidth-whenWidth-titleWidth-3*gap)
	score := []string{r.score}
	for i := range max(len(when), len(title), len(why)) {
		line := pad(at(score, i), scoreWidth+gap) + pad(at(when, i), whenWidth+gap) + pad(at(title, i), titleWidth+gap) + at(why, i)
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
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
		return nil, "", &usageError{errors.New("whose day? give --ics FILE, or --user ID with a way to the calendars")}
	}
	stand, err := startStandIns(0, googletest.Config{}, openaitest.Config{})
	if err != nil {
		return nil, "", err
	}
	context.AfterFunc(ctx, stand.close)
	const user = "explain"
	stand.google.AddUser(user, c.zone())
	all, err := stand.load(ctx, user, c.ICS, c.Zone.Location, out)
	if err != nil {
		return nil, "", err
	}
	if c.Zone.Location == nil && all.zone != nil {
		stand.google.SetZone(user, all.zone)
	} else if c.Zone.Location != nil {
		stand.google.SetZone(user, c.Zone.Location)
	}
	stand.useGoogle(&c.GoogleSettings)
	access, err := c.access(nil)
	if err != nil {
		return nil, "", err
	}
	return c.over(access, out, user)
}

// ofUser reads the user's calendar. Redis is needed only if their token is there.
func (c *explainCmd) ofUser(ctx context.Context, out console) (*summarizer.Summarizer, string, error) {
	var client redis.UniversalClient
	if c.RedisURL != "" {
		var err error
		if client, err = c.RedisSettings.open(); err != nil {
			return nil, "", err
		}
		context.AfterFunc(ctx, func() { client.Close() })
	}
	access, err := c.access(client)
	if err == nil && access == nil {
		err = errNoGoogle
	}
	if err != nil {
		return nil, "", err
	}
	return c.over(access, out, c.User)
}

// over returns a summarizer in which nothing is limited or kept.
func (c *explainCmd) over(access google.Access, out console, user string) (*summarizer.Summarizer, string, error) {
	source, err := newSource(c.GoogleSettings, access, nil, c.logger(out.stderr, zerolog.WarnLevel))
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
func (w withoutSeries) Day(ctx context.Context, user string, day summarizer.Day, count summarizer.Selection) (summarizer.Listing, error) {
	l, err := w.Source.Day(ctx, user, day, count)
	// That they are missing, only their series tells.
	l.Events = slices.DeleteFunc(l.Events, func(e summarizer.Event) bool { return e.Status == summarizer.Cancelled })
	strip(l.Events)
	return l, err
}

// History returns the events of the past, each on its own.
func (w withoutSeries) History(ctx context.Context, user string, from, to time.Time, count summarizer.Selection) ([]summarizer.Event, error) {
	events, err := w.Source.History(ctx, user, from, to, count)
	strip(events)
	return events, err
}

func strip(events []summarizer.Event) {
	for i := range events {
		events[i].SeriesID, events[i].Original, events[i].OriginalDate = "", time.Time{}, summarizer.Date{}
	}
}
