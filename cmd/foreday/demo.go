package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
	"google.golang.org/api/calendar/v3"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cmd/foreday/internal/calendarfile"
	"foreday/cmd/foreday/internal/terminal"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/events"
	"foreday/summarizer"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/google/googletest/sample"
	"foreday/summarizer/openai/openaitest"
	"foreday/summarizer/sandbox"
)

type demoCmd struct {
	ICS   []string `name:"ics" sep:"none" placeholder:"FILE" help:"Your own exported calendar instead of the sample; may be repeated."`
	Date  dayFlag  `placeholder:"DAY" help:"Day to summarise: YYYY-MM-DD, yesterday, today or tomorrow; today if not given."`
	JSON  bool     `name:"json" help:"Print one JSON object."`
	Serve bool     `help:"Stay up with API and dashboard until Ctrl-C."`

	newStandIns              `embed:""`
	wiring.SystemSettings    `embed:""`
	wiring.HTTPSettings      `embed:"" group:"HTTP"`
	wiring.DashboardSettings `embed:"" group:"HTTP"`
}

// The stand-in calendar keeps instants that computers of all kinds understand,
// and the sample has a year of history.
var firstDate, lastDate = summarizer.Date{Year: 1972, Month: 1, Day: 1}, summarizer.Date{Year: 2199, Month: 12, Day: 31}

// Validate is called by the parser.
func (c *demoCmd) Validate() error {
	if d := c.Date.Date; !d.IsZero() && (d.Before(firstDate) || lastDate.Before(d)) {
		return fmt.Errorf("--date %q: want a day from %s to %s", d, firstDate, lastDate)
	}
	return nil
}

// demo is the main job from start to finish, with its figures.
type demo struct {
	user   string
	day    summarizer.Day
	loaded calendarfile.Loaded
	redis  string // where the cache is, for the reader of the story
	store  *freshness.Store
	// realModel is whether the user's own model writes.
	realModel bool
	// beforeTTL and afterTTL are how long the summaries were fresh when they were read.
	beforeTTL, afterTTL time.Duration

	Result demoResult
}

// demoResult is what --json prints.
type demoResult struct {
	Date           summarizer.Date    `json:"date"`
	Timezone       string             `json:"timezone"`
	CalendarEvents int                `json:"calendar_events"`
	Before         summarizer.Summary `json:"before"`
	Created        createdEvent       `json:"created"`
	After          summarizer.Summary `json:"after"`
	FreshnessMS    float64            `json:"freshness_ms"`
	HitUS          float64            `json:"hit_us"`
	RegenerateMS   float64            `json:"regenerate_ms"`
	Upstream       upstreamRequests   `json:"upstream_requests"`
	Redis          string             `json:"redis"`
}

type createdEvent struct {
	Title string `json:"title"`
	Start string `json:"start"`
	End   string `json:"end"`
}

type upstreamRequests struct {
	Google int `json:"google"`
	OpenAI int `json:"openai"`
}

// demoPatience bounds each wait of the demo.
const demoPatience = 30 * time.Second

// Run tells the story and returns its first mistake.
func (c *demoCmd) Run(ctx context.Context, out console) error {
	c.sayLeftAside(out)
	log := c.Logger(out.stderr, zerolog.WarnLevel)
	stand, err := sandbox.Start(0, googletest.Config{}, openaitest.Config{})
	if err != nil {
		return err
	}
	defer stand.Close()
	c.GoogleSettings.UseSandbox(stand.URL)
	realModel := c.useModel(&c.ModelSettings, stand.URL, out)
	client, redisName, stopRedis, err := c.openRedis(ctx)
	if err != nil {
		return err
	}
	defer stopRedis()
	if c.RedisURL != "" && !realModel {
		// Calls to the stand-ins must not count against limits that workers on
		// that Redis share.
		limits, _, stop, err := wiring.InProcessRedis(ctx)
		if err != nil {
			client.Close()
			return err
		}
		defer stop()
		defer limits.Close()
		c.LimitsClient = limits
	}

	d := &demo{user: fmt.Sprintf("demo-%06d", rand.IntN(1_000_000)), redis: redisName, realModel: realModel}
	if err := d.fill(ctx, stand, c, out); err != nil {
		client.Close()
		return err
	}
	c.Isolate(d.user)
	if _, isSet := os.LookupEnv("FOREDAY_COOLDOWN"); !isSet {
		c.Cooldown = 0 // the demo would have to wait for it
	}
	// The demo's clock stands on the morning of its day, so that any day can be
	// the one that is regenerated ahead.
	started, morning := time.Now(), d.day.Start().Add(7*time.Hour)
	sys, err := wiring.New(c.SystemSettings, client, log, func() time.Time { return morning.Add(time.Since(started)) })
	if err != nil {
		return err
	}
	defer sys.Close()
	return c.show(ctx, d, sys, stand, out)
}

// show plays the story beside a worker, and prints it.
func (c *demoCmd) show(ctx context.Context, d *demo, sys *wiring.System, stand *sandbox.Server, out console) error {
	ctx, stop := context.WithCancel(ctx)
	stopped := make(chan error, 1)
	go func() { stopped <- sys.RunWorker(ctx) }()
	defer func() {
		stop()
		<-stopped
		d.tidy(sys.Client, c)
	}()
	if err := d.play(ctx, sys, stand); err != nil {
		return err
	}
	if c.JSON {
		if err := terminal.PrintJSON(out.stdout, d.Result); err != nil {
			return err
		}
	} else {
		d.tell(out.stdout, c)
	}
	if !c.Serve {
		return nil
	}
	return c.serve(ctx, sys, d, out)
}

// openRedis connects to the Redis of the settings, or starts one in the process.
func (c *demoCmd) openRedis(ctx context.Context) (client redis.UniversalClient, name string, stop func(), err error) {
	if c.RedisURL != "" {
		client, err = c.RedisSettings.Connect(ctx)
		if err != nil {
			return nil, "", nil, err
		}
		return client, wiring.RedisVersion(ctx, client), func() {}, nil
	}
	client, _, stop, err = wiring.InProcessRedis(ctx)
	return client, "in-process", stop, err
}

// fill gives the user their calendars: the files, or a made-up year.
func (d *demo) fill(ctx context.Context, stand *sandbox.Server, c *demoCmd, out console) error {
	zone := c.Zone.Location
	stand.Google.AddUser(d.user, c.Zone.OrUTC())
	stand.Google.SetLocale(d.user, c.Language.OrEnglish())
	if len(c.ICS) > 0 {
		var err error
		if d.loaded, err = calendarfile.Load(ctx, stand.Google, d.user, c.ICS, zone, out.stdin, out.stderr); err != nil {
			return err
		}
		if zone == nil {
			zone = d.loaded.Zone
		}
	}
	if zone == nil {
		zone = c.Zone.OrUTC()
	}
	stand.Google.SetZone(d.user, zone)
	d.day = summarizer.Day{Date: c.Date.of(time.Now(), zone), Zone: zone}
	if len(c.ICS) > 0 {
		calendarfile.ReportEmptyDay(out.stderr, stand.Google, d.user, d.day, d.loaded.Calendars)
		return nil
	}
	year := sample.Year(1, d.day.Date, zone)
	d.loaded = calendarfile.Loaded{Events: len(year.Events), Titles: make(map[string]bool)}
	return stand.Google.Import(d.user, "primary", year)
}

// play runs the main job and measures it.
func (d *demo) play(ctx context.Context, sys *wiring.System, stand *sandbox.Server) error {
	ctx, cancel := context.WithTimeout(ctx, 4*demoPatience)
	defer cancel()
	reader := sys.Reader
	d.store = sys.Store
	d.Result = demoResult{Date: d.day.Date, Timezone: d.day.Zone.String(), CalendarEvents: d.loaded.Events, Redis: d.redis}

	before, err := reader.Get(ctx, d.user, d.day.Date)
	if err != nil {
		return fmt.Errorf("summarise the day: %w", err)
	}
	d.Result.Before, d.beforeTTL = before.Summary, before.TTL
	event, err := d.create(ctx, stand)
	if err != nil {
		return err
	}
	published := time.Now()
	if err := d.publish(ctx, sys, event); err != nil {
		return err
	}
	if err := d.await(ctx, published); err != nil {
		return err
	}
	d.Result.FreshnessMS = float64(time.Since(published).Microseconds()) / 1000
	return d.measure(ctx, sys, reader, stand)
}

// titles are what the demo may create: whichever the calendar has never had.
var titles = []string{"Dentist", "Passport appointment", "Piano tuner", "Fire drill", "Visit to the observatory"}

// create puts an event into the calendar, as an app would: through Google's API.
func (d *demo) create(ctx context.Context, stand *sandbox.Server) (*calendar.Event, error) {
	title := titles[len(titles)-1]
	if i := slices.IndexFunc(titles, func(t string) bool { return !d.loaded.Titles[strings.ToLower(t)] }); i >= 0 {
		title = titles[i]
	}
	api, err := calendarAPI(ctx, stand.URL, stand.Google.Token(d.user))
	if err != nil {
		return nil, err
	}
	start := time.Date(d.day.Date.Year, d.day.Date.Month, d.day.Date.Day, 15, 0, 0, 0, d.day.Zone)
	end := start.Add(time.Hour)
	event, err := api.Events.Insert("primary", &calendar.Event{
		Summary: title,
		Start:   &calendar.EventDateTime{DateTime: start.Format(time.RFC3339), TimeZone: d.day.Zone.String()},
		End:     &calendar.EventDateTime{DateTime: end.Format(time.RFC3339), TimeZone: d.day.Zone.String()},
	}).Context(ctx).Do()
	if err != nil {
		return nil, fmt.Errorf("create an event: %w", err)
	}
	d.Result.Created = createdEvent{Title: title, Start: event.Start.DateTime, End: event.End.DateTime}
	return event, nil
}

func (d *demo) publish(ctx context.Context, sys *wiring.System, event *calendar.Event) error {
	start, errStart := time.Parse(time.RFC3339, event.Start.DateTime)
	end, errEnd := time.Parse(time.RFC3339, event.End.DateTime)
	if errStart != nil || errEnd != nil {
		return fmt.Errorf("the calendar answered with times that are none: %q, %q", event.Start.DateTime, event.End.DateTime)
	}
	_, err := sys.Publisher().Publish(ctx, events.Message{
		Type: events.EventCreated, User: d.user, Event: event.Id, Span: events.Between(start, end),
	})
	return err
}

// await waits for a fresh summary of what was there when the message was published.
// Its generation alone does not tell: on a busy machine the one before was made
// without the cache, and a job of the same calendar follows it.
func (d *demo) await(ctx context.Context, published time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, demoPatience)
	defer cancel()
	for {
		look, err := d.store.Lookup(ctx, d.user, d.day.Date, nil)
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("no fresh summary within %v of the message; run again with LOG_LEVEL=info to see why", demoPatience)
		case err != nil:
			return err
		case look.Fresh != nil && look.Fresh.Summary.FetchedAt.After(published):
			d.Result.After, d.afterTTL = *look.Fresh.Summary, look.TTL
			return nil
		}
		time.Sleep(500 * time.Microsecond)
	}
}

// measure compares a hit with making the summary anew, and counts what was asked
// of the outside up to here.
func (d *demo) measure(ctx context.Context, sys *wiring.System, reader *cache.Reader, stand *sandbox.Server) error {
	d.Result.Upstream = upstreamRequests{Google: stand.Google.Requests().ByUser[d.user], OpenAI: int(sys.ModelCalls.Load())}
	const reads = 200
	hits := make([]time.Duration, reads)
	for i := range hits {
		start := time.Now()
		if _, err := reader.Get(ctx, d.user, d.day.Date); err != nil {
			return fmt.Errorf("read the fresh summary: %w", err)
		}
		hits[i] = time.Since(start)
	}
	slices.Sort(hits)
	d.Result.HitUS = float64(hits[reads/2].Nanoseconds()) / 1000
	start := time.Now()
	if _, err := sys.Generator().Generate(ctx, d.user, d.day.Date, summarizer.Preferences{}); err != nil {
		return fmt.Errorf("make the summary without the cache: %w", err)
	}
	d.Result.RegenerateMS = float64(time.Since(start).Microseconds()) / 1000
	return nil
}

// tidy removes what the demo left in a Redis that is not its own.
func (d *demo) tidy(client redis.UniversalClient, c *demoCmd) {
	if c.RedisURL == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	wiring.RemoveRun(ctx, client, d.user, d.user)
}

// serve stays up after the story, with API and dashboard over the same summaries.
func (c *demoCmd) serve(ctx context.Context, sys *wiring.System, d *demo, out console) error {
	handler := sys.Everything(ctx, c.MetricsSettings, c.DashboardSettings)
	return serve(ctx, sys.Log, address(c.Port, c.APIToken != ""), handler, func(a net.Addr) {
		fmt.Fprintf(out.stderr, `
Still up; Ctrl-C stops it:
  curl -i http://%[1]s/v1/users/%[2]s/summaries/%[3]s
  http://%[1]s/   the operators' page
  http://%[1]s/metrics
`, a, d.user, d.day.Date)
	})
}
