package worker_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
	"google.golang.org/api/calendar/v3"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/events"
	"foreday/summarizer"
	"foreday/summarizer/google"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/novelty"
	"foreday/summarizer/openai"
	"foreday/summarizer/openai/openaitest"
	"foreday/summarizer/plan"
	"foreday/summarizer/words"
	"foreday/worker"
)

// patience is how long a test waits for what should take milliseconds.
const patience = 30 * time.Second

// The queues by the names that operators see.
const (
	readQueue    = worker.DefaultQueue + ":read"
	refreshQueue = worker.DefaultQueue + ":refresh"
)

var (
	berlin = zone("Europe/Berlin")
	today  = summarizer.Date{Year: 2026, Month: 11, Day: 23}
	// morning is what the clocks say that tell what day it is.
	morning = at("2026-11-23 09:00")
)

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// at reads a time of Berlin.
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, berlin)
	if err != nil {
		panic(err)
	}
	return t
}

// settings are what a test may want otherwise.
type settings struct {
	cache       freshness.Config
	likely      *time.Location // of users not seen before
	refreshDays int
	now         time.Time // says what day it is
	concurrency int
	sampleOneIn int
	shutdown    time.Duration
	// googleTransport carries the Source's requests; nil is the usual way.
	googleTransport http.RoundTripper
	modelTransport  http.RoundTripper // the Writer's, likewise
	refused         func(openai.Reason)
	metadataTTL     time.Duration // how long a Source remembers zones
	// access is each process's way to the calendars; nil is the stand-in's broker.
	access func(*bench) (google.Access, error)
	log    zerolog.Logger
}

// bench is all that foreday's workers need, as real as it gets on one machine:
// the stand-ins for Google and the model are reached over HTTP.
type bench struct {
	patience time.Duration // if it is more than usual
	*testing.T
	settings
	client     redis.UniversalClient
	store      *freshness.Store
	ledger     *freshness.Ledger
	queue      *worker.Queue
	ingester   *worker.Ingester
	reader     *cache.Reader
	inspector  *asynq.Inspector
	publisher  *events.Publisher
	google     *googletest.Server
	googleDoor *door
	googleURL  string
	model      *openaitest.Server
	modelDoor  *door
	modelURL   string
}

// setup starts the stand-ins and wires the parts; no worker runs yet. Only today
// is refreshed ahead of readers, runs may follow each other at once, and users
// live in Berlin unless told otherwise.
func setup(t *testing.T, client redis.UniversalClient, changes ...func(*settings)) *bench {
	t.Helper()
	b := &bench{T: t, client: client, settings: settings{
		likely: berlin, refreshDays: 1, now: morning, concurrency: 4, shutdown: 5 * time.Second, log: zerolog.Nop(),
	}}
	for _, change := range changes {
		change(&b.settings)
	}
	b.google = googletest.New(googletest.Config{})
	b.googleDoor = &door{handler: b.google}
	b.googleURL = serve(t, b.googleDoor)
	b.model = openaitest.New(openaitest.Config{})
	b.modelDoor = &door{handler: b.model}
	b.modelURL = serve(t, b.modelDoor)

	b.store = freshness.NewStore(client, b.cache)
	b.ledger = b.store.Ledger()
	b.queue = worker.NewQueue(client, worker.DefaultQueue)
	b.ingester = worker.NewIngester(b.store, b.queue, b.likely, b.refreshDays, b.clock)
	b.reader = cache.NewReader(b.store, cache.ReaderConfig{
		Requester: b.queue, Wait: patience, RedisTimeout: patience, Log: zerolog.Nop(),
	})
	b.inspector = asynq.NewInspectorFromRedisClient(client)
	b.publisher = events.NewPublisher(client, events.PublisherConfig{})
	return b
}

func serve(t *testing.T, handler http.Handler) (url string) {
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func (b *bench) clock() time.Time { return b.now }

// summarizer returns a new one, with a memory of its own, as each process has it.
func (b *bench) summarizer() *summarizer.Summarizer {
	b.Helper()
	if b.access == nil {
		b.access = throughBroker
	}
	access, err := b.access(b)
	if err != nil {
		b.Fatal(err)
	}
	source, err := google.New(google.Config{
		Endpoint: b.googleURL, Access: access, Transport: b.googleTransport, MetadataTTL: b.metadataTTL,
	})
	if err != nil {
		b.Fatal(err)
	}
	planner, err := openai.New(openai.Config{BaseURL: b.modelURL + "/v1", Transport: b.modelTransport, Refused: b.refused})
	if err != nil {
		b.Fatal(err)
	}
	return &summarizer.Summarizer{
		Source: source, Routines: novelty.NewLearner(novelty.Config{Source: source, Store: b.store.Routines()}),
		Writer: words.Writer{Planner: planner}, Fallback: words.Writer{Planner: plan.Default{}}, Zone: b.likely, Now: time.Now,
	}
}

func throughBroker(b *bench) (google.Access, error) {
	return google.Broker(b.googleURL+googletest.BrokerPath, nil, 0, nil)
}

// refresher returns one with a summarizer of its own.
func (b *bench) refresher(metrics *worker.Metrics) *worker.Refresher {
	b.Helper()
	return &worker.Refresher{
		Store: b.store, Queue: b.queue, Summarizer: b.summarizer(), RefreshDays: b.refreshDays,
		SampleOneIn: b.sampleOneIn, Metrics: metrics, Log: b.log, Now: b.clock, Process: "here:1",
	}
}

// process is one worker process.
type process struct {
	*bench
	metrics *prometheus.Registry
	stop    func() time.Duration // returns when Run has, and how long that took
}

// work starts a worker process that runs until the test ends, or is stopped.
func (b *bench) work() *process {
	b.Helper()
	consumer, err := events.NewConsumer(b.client, events.ConsumerConfig{Block: 20 * time.Millisecond, Log: b.log})
	if err != nil {
		b.Fatal(err)
	}
	p := &process{bench: b, metrics: prometheus.NewRegistry()}
	metrics := worker.NewMetrics(p.metrics)
	cfg := worker.Config{
		Client: b.client, Consumer: consumer, Ingester: b.ingester, Refresher: b.refresher(metrics),
		Concurrency: b.concurrency, ShutdownTimeout: b.shutdown, Metrics: metrics, Log: b.log,
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- worker.Run(ctx, cfg) }()
	p.stop = sync.OnceValue(func() time.Duration {
		began := time.Now()
		cancel()
		select {
		case err := <-ended:
			if err != nil && !errors.Is(err, worker.ErrLeft) {
				b.Errorf("Run returned %v", err)
			}
		case <-time.After(patience):
			b.Error("Run did not return")
		}
		return time.Since(began)
	})
	b.Cleanup(func() { p.stop() })
	return p
}

// counted returns a counter's value, or how often a histogram was told something,
// of all labels or of those that say the outcome.
func (p *process) counted(name, outcome string) int {
	p.Helper()
	families, err := p.metrics.Gather()
	if err != nil {
		p.Fatal(err)
	}
	total := 0.
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, m := range family.GetMetric() {
			said := outcome == ""
			for _, l := range m.GetLabel() {
				said = said || l.GetName() == "outcome" && l.GetValue() == outcome
			}
			if said {
				total += m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return int(total)
}

// allOutcomes are the ways in which a refresh can end.
var allOutcomes = []string{
	"written", "unchanged", "degraded", "superseded", "done", "busy", "idle", "deferred", "no_access", "failed",
}

// refreshes returns how many refreshes ended so.
func (p *process) refreshes(outcomes ...string) int {
	n := 0
	for _, o := range outcomes {
		n += p.counted("foreday_refreshes_total", o)
	}
	return n
}

// insert puts an event into the user's calendar. Start and end are times of
// Berlin, or dates.
func (b *bench) insert(user, title, start, end string) *calendar.Event {
	b.Helper()
	event, err := b.google.Insert(user, "primary", &calendar.Event{Summary: title, Start: stamp(start), End: stamp(end)})
	if err != nil {
		b.Fatal(err)
	}
	return event
}

func stamp(s string) *calendar.EventDateTime {
	if _, err := summarizer.ParseDate(s); err == nil {
		return &calendar.EventDateTime{Date: s}
	}
	return &calendar.EventDateTime{DateTime: at(s).Format(time.RFC3339), TimeZone: berlin.String()}
}

// create does what an app does: it makes the event, then says so.
func (b *bench) create(user, title, start, end string) *calendar.Event {
	b.Helper()
	event := b.insert(user, title, start, end)
	b.publish(created(user, event))
	return event
}

// publish leaves it to the worker to drop the fresh copy.
func (b *bench) publish(m events.Message) {
	b.Helper()
	if err := b.client.XAdd(b.Context(), &redis.XAddArgs{Stream: events.DefaultStream, Values: m.Values()}).Err(); err != nil {
		b.Fatal(err)
	}
}

func created(user string, e *calendar.Event) events.Message {
	return events.Message{Type: events.EventCreated, User: user, Event: e.Id, Span: spanOf(e)}
}

func changed(user string) events.Message {
	return events.Message{Type: events.CalendarChanged, User: user}
}

func spanOf(e *calendar.Event) events.Span {
	if e.Start.Date != "" {
		start, _ := time.Parse(time.DateOnly, e.Start.Date)
		end, _ := time.Parse(time.DateOnly, e.End.Date)
		return events.Days(start, end)
	}
	start, _ := time.Parse(time.RFC3339, e.Start.DateTime)
	end, _ := time.Parse(time.RFC3339, e.End.DateTime)
	return events.Between(start, end)
}

// deliver hands messages straight to the ingester, as a consumer would.
func (b *bench) deliver(messages ...events.Message) {
	b.Helper()
	batch := make([]events.Delivery, len(messages))
	for i, m := range messages {
		batch[i] = events.Delivery{Message: m, Published: time.Now()}
	}
	if err := b.ingester.Handle(b.Context(), batch); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) peek(user string, date summarizer.Date) (fresh, stale *summarizer.Summary) {
	b.Helper()
	fresh, stale, err := b.store.Peek(context.Background(), user, date)
	if err != nil {
		b.Fatal(err)
	}
	return fresh, stale
}

// awaitFresh returns the fresh summary of the day, once there is one that will do.
func (b *bench) awaitFresh(user string, date summarizer.Date, will func(summarizer.Summary) bool) summarizer.Summary {
	b.Helper()
	var got summarizer.Summary
	b.eventually("a fresh summary of "+user+", "+date.String(), func() bool {
		fresh, _ := b.peek(user, date)
		if fresh != nil && will(*fresh) {
			got = *fresh
			return true
		}
		return false
	})
	return got
}

// holding accepts summaries of a day with exactly these novel events.
func holding(titles ...string) func(summarizer.Summary) bool {
	return func(s summarizer.Summary) bool { return slices.Equal(titlesOf(s), titles) }
}

func later(than summarizer.Summary) func(summarizer.Summary) bool {
	return func(s summarizer.Summary) bool { return s.Generation > than.Generation }
}

func titlesOf(s summarizer.Summary) []string {
	titles := make([]string, len(s.Events))
	for i, e := range s.Events {
		titles[i] = e.Title
	}
	return titles
}

// settled waits until nothing is left to do: every message is acknowledged, no
// job waits, and the ledger is empty.
func (b *bench) settled() {
	b.Helper()
	b.eventually("everything settled", func() bool {
		b.acknowledged()
		return len(promises(b.tokens())) == 0 && len(b.jobs()) == 0
	})
}

// promises leaves out the entries that only vouch for days, beforehand: they stay
// for half a minute, whatever comes of it. Their IDs are no numbers.
func promises(tokens []freshness.Token) []freshness.Token {
	return slices.DeleteFunc(tokens, func(t freshness.Token) bool {
		_, err := strconv.ParseInt(t.ID, 10, 64)
		return err != nil
	})
}

// acknowledged waits until every message published so far is.
func (b *bench) acknowledged() {
	b.Helper()
	last, err := b.client.XRevRangeN(b.Context(), events.DefaultStream, "+", "-", 1).Result()
	if err != nil {
		b.Fatal(err)
	}
	if len(last) == 0 {
		return // all were, and were trimmed
	}
	b.eventually("all messages acknowledged", func() bool {
		groups, err := b.client.XInfoGroups(b.Context(), events.DefaultStream).Result()
		if err != nil || len(groups) != 1 {
			return false
		}
		return groups[0].LastDeliveredID >= last[0].ID && groups[0].Pending == 0
	})
}

// jobs returns the jobs of both queues, whatever their state.
func (b *bench) jobs() []*asynq.TaskInfo {
	b.Helper()
	var all []*asynq.TaskInfo
	seen := map[string]bool{} // a job that goes from one list to another meanwhile is in both
	for _, queue := range []string{readQueue, refreshQueue} {
		for _, list := range []func(string, ...asynq.ListOption) ([]*asynq.TaskInfo, error){
			b.inspector.ListPendingTasks, b.inspector.ListActiveTasks, b.inspector.ListScheduledTasks,
			b.inspector.ListRetryTasks, b.inspector.ListArchivedTasks,
		} {
			jobs, err := list(queue)
			if err != nil && !errors.Is(err, asynq.ErrQueueNotFound) {
				b.Fatal(err)
			}
			for _, job := range jobs {
				if id := job.Queue + " " + job.ID; !seen[id] {
					seen[id] = true
					all = append(all, job)
				}
			}
		}
	}
	return all
}

// theJob returns the only job there is.
func (b *bench) theJob() *asynq.TaskInfo {
	b.Helper()
	jobs := b.jobs()
	if len(jobs) != 1 {
		b.Fatalf("there are %d jobs, want one", len(jobs))
	}
	return jobs[0]
}

// eventually waits until what no signal tells has come about.
func (b *bench) eventually(what string, ok func() bool) {
	b.Helper()
	for late := time.Now().Add(max(patience, b.patience)); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(late) {
			b.Fatalf("never came about: %s", what)
		}
	}
}

// door stands before a server. It lets requests through unless it is shut.
type door struct {
	handler http.Handler

	mu   sync.Mutex
	shut func(path string) (open <-chan struct{})
	// knock is called with each request's path before it goes in; nil is allowed.
	knock func(path string)
}

// hold shuts the door to paths that end so. Each request that comes to stand
// before it is told on waiting; open lets all of them in, and those to come.
func (d *door) hold(suffix string) (waiting <-chan struct{}, open func()) {
	came, opened := make(chan struct{}, 1000), make(chan struct{})
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shut = func(path string) <-chan struct{} {
		if !strings.HasSuffix(path, suffix) {
			return nil
		}
		came <- struct{}{}
		return opened
	}
	return came, sync.OnceFunc(func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.shut = nil
		close(opened)
	})
}

func (d *door) onKnock(knock func(path string)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.knock = knock
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The server notices that a client has gone only once the body was read.
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	d.mu.Lock()
	shut, knock := d.shut, d.knock
	d.mu.Unlock()
	if knock != nil {
		knock(r.URL.Path)
	}
	if shut != nil {
		if opened := shut(r.URL.Path); opened != nil {
			select {
			case <-opened:
			case <-r.Context().Done():
				return
			}
		}
	}
	d.handler.ServeHTTP(w, r)
}

// await waits for a signal.
func (b *bench) await(what string, signal <-chan struct{}) {
	b.Helper()
	select {
	case <-signal:
	case <-time.After(patience):
		b.Fatalf("waited in vain: %s", what)
	}
}
