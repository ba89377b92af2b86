package wiring

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cmd/foreday/internal/heartbeat"
	"foreday/cmd/foreday/internal/terminal"
	"foreday/events"
	"foreday/summarizer"
	"foreday/summarizer/google"
	"foreday/summarizer/novelty"
	"foreday/summarizer/openai"
	"foreday/summarizer/plan"
	"foreday/summarizer/words"
	"foreday/worker"
	"foreday/worker/quota"
	"foreday/worker/replicas"
)

// SystemSettings are all that the parts of a running foreday need.
type SystemSettings struct {
	RedisSettings  `embed:"" group:"Redis"`
	StreamSettings `embed:"" group:"Redis"`
	CacheSettings  `embed:"" group:"Summaries"`
	DaySettings    `embed:"" group:"Summaries"`
	GoogleSettings `embed:"" group:"Google Calendar"`
	ModelSettings  `embed:"" group:"Model"`
	LimitSettings  `embed:"" group:"Limits"`
	WorkerSettings `embed:"" group:"Worker"`
	LogSettings    `embed:"" group:"Logs"`
	TraceSettings  `embed:""`

	// LimitsClient is where limits are kept, if not beside the summaries.
	LimitsClient redis.UniversalClient `kong:"-"`

	// queue, ledger, ahead and secret are other names for what workers share, for those
	// who must not share it; "" is the usual one.
	queue, ledger, ahead, secret string `kong:"-"`
}

// CheckReplicas says what is wrong if replicas are to be waited for and can never be there.
func (s *SystemSettings) CheckReplicas() error {
	if s.WaitReplicas > 0 && s.RedisURL == "" {
		return BadSetting("FOREDAY_WAIT_REPLICAS", strconv.Itoa(s.WaitReplicas), "the Redis in the process has no replicas: set REDIS_URL")
	}
	return nil
}

// Isolate keeps a run of a demo or a bench and real workers on the same Redis out of
// each other's way. [RemoveRun] removes what it leaves.
func (s *SystemSettings) Isolate(run string) {
	s.Stream, s.queue = runPrefix(run)+"events", runQueue(run)
	s.ledger, s.ahead, s.secret = runPrefix(run)+"promised", runPrefix(run)+"ahead", runPrefix(run)+"secret"
	s.SampleOneIn = 0 // no witness is to look at it
}

// System is one process's parts, wired together.
type System struct {
	settings   SystemSettings
	Log        zerolog.Logger
	metrics    metrics
	gatherer   prometheus.Gatherer // of those, and of what all processes share
	Client     redis.UniversalClient
	Store      *freshness.Store
	seal       *cache.Seal
	queue      *worker.Queue
	gate       *quota.Gate
	Planner    plan.Planner           // the model if one is set up, else the deterministic one
	Summarizer *summarizer.Summarizer // nil without access to Google
	Reader     *cache.Reader          // without access to Google it has no fallback
	now        func() time.Time       // the clock that says what day it is
	left       atomic.Bool            // the worker has not ended all that it has begun
	ModelCalls atomic.Int64           // requests sent to the model, whichever it is
}

// New wires the parts over a client, which it owns from then on, also if it fails. now
// says what day it is. Without access to Google, the parts that need none work.
func New(s SystemSettings, client redis.UniversalClient, log zerolog.Logger, now func() time.Time) (sys *System, err error) {
	defer func() {
		if err != nil {
			client.Close()
		}
	}()
	seal, err := s.Seal()
	if err != nil {
		return nil, WrongUsage(err)
	}
	if err := s.CheckReplicas(); err != nil {
		return nil, err
	}
	sys = &System{settings: s, Log: log, metrics: newMetrics(), Client: client, seal: seal, now: now}
	replicas.Install(client, replicas.Config{Replicas: s.WaitReplicas, Timeout: s.WaitTimeout, Metrics: sys.metrics.replicas})
	sys.Store = freshness.NewStore(client, freshness.Config{
		SummaryTTL: s.SummaryTTL, StaleTTL: s.StaleTTL, Cooldown: s.Cooldown, Seal: seal, Ledger: s.ledger, Ahead: s.ahead, Secret: s.secret,
	})
	sys.gatherer = sys.metrics.with(newDeployment(client, sys.Store, s.StreamSettings))
	sys.queue = worker.NewQueue(client, cmp.Or(s.queue, worker.DefaultQueue))
	limitsClient := client
	if s.LimitsClient != nil {
		limitsClient = s.LimitsClient
	}
	sys.gate, err = quota.New(quota.Config{
		Client: limitsClient, Limits: s.limits(), Log: log, Metrics: sys.metrics.quota,
		Places: cmp.Or(s.Concurrency, worker.DefaultConcurrency()),
	})
	if err != nil {
		return nil, err
	}
	if err := sys.addSummarizer(); err != nil {
		sys.gate.Close() // it always returns nil
		return nil, err
	}
	sys.addReader()
	return sys, nil
}

// Close gives back what the system holds.
func (sys *System) Close() {
	closers := []func() error{sys.gate.Close, sys.Client.Close}
	if sys.left.Load() {
		closers = closers[:1]
	}
	CloseInTime(sys.Log, closers...)
}

func (sys *System) addSummarizer() (err error) {
	if sys.Planner, err = sys.planner(); err != nil {
		return err
	}
	access, err := sys.settings.Access(sys.Client)
	if err != nil || access == nil {
		return err
	}
	source, err := NewSource(sys.settings.GoogleSettings, access, sys.gate.Google(newTransport()), sys.Log)
	if err != nil {
		return err
	}
	sys.Summarizer = &summarizer.Summarizer{
		Source: source,
		Routines: novelty.NewLearner(novelty.Config{
			Source: source, Store: sys.Store.Routines(), TTL: sys.settings.RoutineTTL,
			Failed: func(user string, err error) {
				sys.Log.Warn().Err(err).Str("user", user).Msg("what is usual is learnt without Redis")
			},
		}),
		Writer:   words.Writer{Planner: sys.Planner},
		Fallback: words.Writer{Planner: plan.Default{}},
		Zone:     sys.settings.Zone.OrUTC(),
		Language: string(sys.settings.Language),
		Now:      time.Now,
		Failed: func(user string, err error) {
			sys.Log.Warn().Err(err).Str("user", user).Msg("the model failed; planned without it")
		},
	}
	return nil
}

// NewSource reads calendars through transport, nil for one without limits.
func NewSource(s GoogleSettings, access google.Access, transport http.RoundTripper, log zerolog.Logger) (*google.Source, error) {
	source, err := google.New(google.Config{
		Endpoint: s.GoogleEndpoint, Access: access, Transport: transport, MaxPages: s.pages,
		Skipped: func(e *google.Error) { log.Warn().Err(e).Msg("left out of a summary") },
	})
	if err != nil {
		return nil, fmt.Errorf("set up Google Calendar: %w", err)
	}
	return source, nil
}

// planner is the model if one is set up, else the deterministic one.
func (sys *System) planner() (plan.Planner, error) {
	s := sys.settings.ModelSettings
	if !s.Wanted() {
		return plan.Default{}, nil
	}
	w, err := openai.New(openai.Config{
		APIKey: s.APIKey, BaseURL: s.BaseURL, Model: s.Model, MaxTokens: s.MaxTokens, ReasoningEffort: s.Effort,
		Transport: sys.gate.OpenAI(countingTransport{newTransport(), &sys.ModelCalls}),
		Refused:   func(r openai.Reason) { sys.metrics.refused.WithLabelValues(string(r)).Inc() },
	})
	if err != nil {
		return nil, WrongUsage(fmt.Errorf("OPENAI_BASE_URL, OPENAI_MODEL: %w", err))
	}
	return w, nil
}

// countingTransport counts what is sent.
type countingTransport struct {
	http.RoundTripper
	sent *atomic.Int64
}

// RoundTrip sends the request.
func (t countingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	t.sent.Add(1)
	return t.RoundTripper.RoundTrip(r)
}

// newTransport carries calls to one upstream: many at once to one host, with
// limits on how long a connection and the first byte may take.
func newTransport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 64
	t.ResponseHeaderTimeout = time.Minute
	return t
}

// ConsumeBatch is the most messages that are applied and acknowledged together.
// Batches grow only as far as messages wait; the larger, the more messages of
// one user are applied as one. Reading this many keeps Redis busy for some 25 ms.
const ConsumeBatch = 16_000

// RunWorker runs the consuming side until ctx is done. It needs the way to the
// calendars.
func (sys *System) RunWorker(ctx context.Context) error {
	consumer, err := events.NewConsumer(sys.Client, events.ConsumerConfig{
		Stream: sys.settings.Stream, Group: sys.settings.Group, Batch: ConsumeBatch, Log: sys.Log, Metrics: sys.metrics.events,
	})
	if err != nil {
		return WrongUsage(err)
	}
	tracer, stopTracing, err := sys.settings.startTracing(sys.Log)
	if err != nil {
		return err
	}
	defer stopTracing()
	ingester := worker.NewIngester(sys.Store, sys.queue, sys.settings.Zone.OrUTC(), sys.settings.RefreshDays, sys.now)
	ingester.Log, ingester.Tracer = sys.Log, tracer
	if sys.settings.WaitReplicas > 0 {
		ingester.ReplicaTimeout = sys.settings.WaitTimeout
	}
	err = worker.Run(ctx, worker.Config{
		Client:   sys.Client,
		Consumer: consumer,
		Ingester: ingester,
		Refresher: &worker.Refresher{
			Store: sys.Store, Queue: sys.queue, Summarizer: sys.Summarizer, RefreshDays: sys.settings.RefreshDays,
			SampleOneIn: sys.settings.SampleOneIn, Metrics: sys.metrics.worker, Log: sys.Log, Tracer: tracer, Now: sys.now,
			Process: heartbeat.Process(),
		},
		Concurrency: sys.settings.Concurrency,
		Metrics:     sys.metrics.worker,
		Log:         sys.Log,
	})
	if errors.Is(err, worker.ErrLeft) {
		sys.left.Store(true)
		return nil
	}
	return err
}

// Beat tells how this process does, which runs that command, until ctx is done. works says
// whether it runs a worker.
func (sys *System) Beat(ctx context.Context, command string, works bool) {
	heartbeat.Run(ctx, sys.Client, command, works, sys.metrics.registry)
}

// Witness returns one that compares copies with their calendars. It needs the way to those.
func (sys *System) Witness() *worker.Witness {
	return &worker.Witness{Store: sys.Store, Source: sys.Summarizer.Source, Metrics: sys.metrics.witness, Log: sys.Log}
}

// RunWitness has one look until ctx is done.
func (sys *System) RunWitness(ctx context.Context) error {
	sys.Witness().Run(ctx)
	return nil
}

// Generator makes summaries without the cache.
func (sys *System) Generator() worker.Direct {
	return worker.Direct{Summarizer: sys.Summarizer, Now: sys.now}
}

func (sys *System) addReader() {
	cfg := cache.ReaderConfig{
		Requester: sys.queue, LocalHits: sys.settings.LocalHits, Metrics: sys.metrics.cache, Log: sys.Log,
	}
	if sys.Summarizer != nil {
		cfg.Generator = sys.Generator()
	}
	sys.Reader = cache.NewReader(sys.Store, cfg)
}

// Publisher puts messages on the stream of the settings.
func (sys *System) Publisher() *events.Publisher {
	return events.NewPublisher(sys.Client, events.PublisherConfig{Stream: sys.settings.Stream})
}

// Logger writes to w: for people if it is a terminal, unless told otherwise.
func (s LogSettings) Logger(w io.Writer, usual zerolog.Level) zerolog.Logger {
	level := usual
	if s.LogLevel != "" {
		level, _ = zerolog.ParseLevel(string(s.LogLevel)) // it was checked when it was read
	}
	if s.LogFormat == "console" || s.LogFormat == "" && terminal.Is(w) {
		w = zerolog.ConsoleWriter{Out: w, TimeFormat: time.TimeOnly, NoColor: !terminal.Coloured(w)}
	} else {
		w = terminal.Visible{Writer: w} // IDs are strangers', and people look at logs
	}
	return zerolog.New(w).Level(level).With().Timestamp().Logger()
}
