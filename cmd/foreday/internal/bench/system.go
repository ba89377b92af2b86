package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"
	"google.golang.org/api/calendar/v3"

	"foreday/cache"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/events"
	"foreday/summarizer"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/google/googletest/sample"
	"foreday/summarizer/openai/openaitest"
	"foreday/summarizer/sandbox"
)

// system is a whole foreday in this process, over the bench's Redis and
// stand-ins: users with a made-up year each, and one event on today's afternoon
// that the workload moves about. No limits, no cooldown.
type system struct {
	*wiring.System
	bench     *bench
	name      string
	settings  wiring.SystemSettings
	day       summarizer.Day
	stand     *sandbox.Server
	publisher *events.Publisher
	users     []benchUser

	noHits  atomic.Int64 // among what should be hits
	stop    context.CancelFunc
	stopped chan error
}

// benchUser is a user with the event that is edited.
type benchUser struct {
	id    string
	event string
	edits int
}

// newSystem starts everything but the worker.
func newSystem(b *bench, users int, model openaitest.Config) (*system, error) {
	stand, err := sandbox.Start(0, googletest.Config{}, model)
	if err != nil {
		return nil, err
	}
	s := &system{bench: b, name: fmt.Sprintf("bench%d", rand.Uint32()), stand: stand, stopped: make(chan error, 1)}
	s.day = summarizer.Day{Date: summarizer.DateOf(time.Now().UTC()), Zone: time.UTC}
	for n := range users {
		u := benchUser{id: fmt.Sprintf("%s-%d", s.name, n)}
		stand.Google.AddUser(u.id, time.UTC)
		if err := stand.Google.Import(u.id, "primary", sample.Year(uint64(n), s.day.Date, time.UTC)); err != nil {
			return nil, err
		}
		event, err := stand.Google.Insert(u.id, "primary", edited(s.day, 0))
		if err != nil {
			return nil, err
		}
		u.event = event.Id
		s.users = append(s.users, u)
	}
	settings := wiring.SystemSettings{
		StreamSettings: wiring.StreamSettings{Group: events.DefaultGroup},
		CacheSettings:  wiring.CacheSettings{SummaryTTL: time.Hour, StaleTTL: 24 * time.Hour},
		DaySettings:    wiring.DaySettings{RefreshDays: 2, RoutineTTL: 24 * time.Hour},
	}
	if !wantOwnRedis[b.Name] { // else worker processes are to find it by the usual names
		settings.Isolate(s.name)
	}
	settings.GoogleSettings.UseSandbox(stand.URL)
	settings.ModelSettings.UseSandbox(stand.URL)
	s.settings = settings
	return s, s.open()
}

// open puts together a foreday that has nothing in memory.
func (s *system) open() error {
	client, err := cache.Connect(s.bench.RedisURL)
	if err != nil {
		return err
	}
	if s.System, err = wiring.New(s.settings, client, zerolog.Nop(), time.Now); err != nil {
		return err
	}
	s.publisher = s.System.Publisher()
	return nil
}

// restart goes on with another worker, which knows what Redis does.
func (s *system) restart() error {
	s.stopWorker()
	s.System.Close()
	if err := s.open(); err != nil {
		return err
	}
	return s.start()
}

// edited is an event of the day after so many edits.
func edited(day summarizer.Day, edits int) *calendar.Event {
	start := day.Start().Add(12*time.Hour + time.Duration(edits%100)*5*time.Minute)
	return &calendar.Event{
		Summary: fmt.Sprintf("Appointment %d", edits),
		Start:   &calendar.EventDateTime{DateTime: start.Format(time.RFC3339)},
		End:     &calendar.EventDateTime{DateTime: start.Add(time.Hour).Format(time.RFC3339)},
	}
}

// start runs a worker, and waits until every user has a fresh summary.
func (s *system) start() error {
	var ctx context.Context
	ctx, s.stop = context.WithCancel(s.bench.ctx)
	go func() { s.stopped <- s.RunWorker(ctx) }()
	return s.warm()
}

func (s *system) warm() error {
	var group errgroup.Group
	group.SetLimit(16)
	for _, u := range s.users {
		group.Go(func() error {
			_, err := s.Reader.Get(s.bench.ctx, u.id, s.day.Date)
			return err
		})
	}
	return group.Wait()
}

// edit changes the n-th user's event and publishes that, and returns when.
func (s *system) edit(n int) (time.Time, error) {
	u := &s.users[n]
	before := edited(s.day, u.edits)
	u.edits++
	after := edited(s.day, u.edits)
	if err := s.stand.Google.Update(u.id, "primary", u.event, after); err != nil {
		return time.Time{}, err
	}
	published := time.Now()
	_, err := s.publisher.Publish(s.bench.ctx, events.Message{
		Type: events.EventUpdated, User: u.id, Event: u.event, Span: span(after), Was: span(before),
	})
	return published, err
}

func span(e *calendar.Event) events.Span {
	start, _ := time.Parse(time.RFC3339, e.Start.DateTime) // our own
	end, _ := time.Parse(time.RFC3339, e.End.DateTime)
	return events.Between(start, end)
}

// stopWorker stops the worker, if it runs.
func (s *system) stopWorker() {
	if s.stop != nil {
		s.stop()
		<-s.stopped
		s.stop = nil
	}
}

// close stops the worker, if it runs, and removes everything from Redis.
func (s *system) close() {
	s.stopWorker()
	wiring.RemoveRun(context.WithoutCancel(s.bench.ctx), s.Client, s.name, s.name+"-*")
	s.System.Close()
	s.stand.Close()
}
