package worker

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cache/freshness"
	"foreday/events"
	"foreday/summarizer"
	"foreday/summarizer/loggable"
	"foreday/worker/quota"
)

// Config sets up a Worker. What is not said otherwise is required.
type Config struct {
	Client    redis.UniversalClient // owned by the caller
	Consumer  *events.Consumer
	Ingester  *Ingester
	Refresher *Refresher
	// Concurrency is how many refreshes run at once, and as many again for readers
	// who wait; they mostly wait for others. Default DefaultConcurrency.
	Concurrency int
	// ShutdownTimeout is how long Run lets running refreshes finish after its
	// context is done, before it hands them back to the queue. Default 5s.
	ShutdownTimeout time.Duration
	Metrics         *Metrics
	Log             zerolog.Logger
}

// DefaultConcurrency is eight refreshes for each CPU. More at once would, where the
// services answer fast, only make each take longer, and a long run is more often
// overtaken by the next message.
func DefaultConcurrency() int { return 8 * runtime.GOMAXPROCS(0) }

// pickUp is how long asynq waits after it found no jobs before it wants to look again.
// How often it then does is decided by its [idleClient].
const pickUp = 5 * time.Millisecond

// forwardEvery is how often it wants to look through jobs that were deferred, likewise.
const forwardEvery = 250 * time.Millisecond

// ErrLeft says that Run has ended, and not all that it has begun: the client must not be
// closed, which asynq would take for a message. It is no failure.
var ErrLeft = errors.New("what was under way is left to other workers")

var errShutdown = errors.New("the worker is shutting down")

// handBack is how long, after ShutdownTimeout, what was interrupted has to give back
// what it holds.
const handBack = 2 * time.Second

// Run consumes messages and does refreshes until ctx is done. Then it stops in
// this order:
//
//  1. the consumer finishes and acknowledges its batch, and reads no more;
//  2. no further jobs are taken from the queues;
//  3. running refreshes may finish, for at most ShutdownTimeout from ctx's end;
//  4. those that have not are interrupted: each gives its lease and its token
//     back, and another worker picks it up at once.
//
// Whatever has not ended 2 s after that waits for a Redis that does not answer. Run
// returns [ErrLeft] without it: the process must end in time, and others take over what it
// holds.
func Run(ctx context.Context, cfg Config) error {
	if cfg.Concurrency == 0 {
		cfg.Concurrency = DefaultConcurrency()
	}
	if cfg.ShutdownTimeout == 0 {
		cfg.ShutdownTimeout = 5 * time.Second
	}
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, cfg) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(cfg.ShutdownTimeout + handBack):
		cfg.Log.Warn().Msg("redis does not answer: what is under way is left to other workers")
		return ErrLeft
	}
}

func run(ctx context.Context, cfg Config) error {
	interrupted, interrupt := context.WithCancel(context.WithoutCancel(ctx))
	defer interrupt()
	cfg.Refresher = cfg.Refresher.traced()
	servers, err := startServers(interrupted, cfg)
	if err != nil {
		return err
	}
	var background sync.WaitGroup
	sweeper := &Sweeper{
		Ledger: cfg.Refresher.Store.Ledger(), Queue: cfg.Refresher.Queue, Metrics: cfg.Metrics, Log: cfg.Log, Process: cfg.Refresher.Process,
	}
	consuming, stop := context.WithCancel(ctx)
	defer stop()
	background.Go(func() { sweeper.Run(consuming) })
	ahead := &RefreshAhead{
		Store: cfg.Refresher.Store, RefreshDays: cfg.Refresher.RefreshDays, Busy: cfg.Refresher.Queue.Busy,
		Enqueue: cfg.Refresher.Queue.Enqueue, Now: cfg.Refresher.Now, Log: cfg.Log,
	}
	background.Go(func() { ahead.Run(consuming) })
	context.AfterFunc(consuming, func() { time.AfterFunc(cfg.ShutdownTimeout, interrupt) })

	err = cfg.Consumer.Run(ctx, cfg.Ingester)
	stop() // the consumer may have ended without being told
	shutdown(servers)
	background.Wait()
	return err
}

// startServers starts a job server for each queue. One for both would, for each
// job, ask Redis for the one queue and then for the other, and for the next job
// only after that: it could take but half as many in a second. And a reader's job
// would wait until one of the others ends.
func startServers(interrupted context.Context, cfg Config) ([]jobServer, error) {
	var servers []jobServer
	log := newAsynqLogger(cfg.Log)
	for _, queue := range cfg.Refresher.Queue.Names() {
		var also []string
		if cfg.Refresher.Process != "" && queue == cfg.Refresher.Queue.refresh {
			also = append(also, presenceChannel(queue, cfg.Refresher.Process))
		}
		client := newIdleClient(cfg.Client, queue, cfg.Log, also...)
		server := asynq.NewServerFromRedisClient(client, serverConfig(cfg, queue, log))
		servers = append(servers, jobServer{server, client})
		if err := server.Start(handler(interrupted, cfg.Refresher)); err != nil {
			shutdown(servers)
			return nil, fmt.Errorf("start the job server of queue %s: %w", queue, err)
		}
	}
	return servers, nil
}

// jobServer is a server with the client that it alone uses.
type jobServer struct {
	*asynq.Server
	client *idleClient
}

// shutdown has all servers take no more jobs, and then waits for those they run.
func shutdown(servers []jobServer) {
	for _, s := range servers {
		s.client.close()
		s.Stop()
	}
	var running sync.WaitGroup
	for _, s := range servers {
		running.Go(s.Shutdown)
	}
	running.Wait()
}

func serverConfig(cfg Config, queue string, log asynq.Logger) asynq.Config {
	return asynq.Config{
		Concurrency:              cfg.Concurrency,
		Queues:                   map[string]int{queue: 1},
		TaskCheckInterval:        pickUp,
		DelayedTaskCheckInterval: forwardEvery,
		// The time asynq allows itself must outlast ours, so that a job is
		// handed back by its own hand.
		ShutdownTimeout: cfg.ShutdownTimeout + handBack,
		RetryDelayFunc:  retryDelay,
		IsFailure:       isFailure,
		Logger:          log,
		LogLevel:        asynq.WarnLevel,
	}
}

// handler runs jobs, each on behalf of its user: those of the read queue with
// the urgency of somebody who waits. They stop early when interrupted is done: a
// context of our own, because asynq counts the end of its context as a failure
// and does not wait for the job to give back what it holds.
func handler(interrupted context.Context, r *Refresher) asynq.Handler {
	return asynq.HandlerFunc(func(ctx context.Context, task *asynq.Task) (err error) {
		defer loggable.Recovered(&err)
		token, err := freshness.ParseToken(string(task.Payload()))
		if err != nil {
			return fmt.Errorf("job of type %q: %w: %w", task.Type(), err, asynq.SkipRetry)
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(interrupted, cancel)()
		who := quota.Caller{User: token.User, Job: token.String(), Priority: quota.Ahead}
		if queue, _ := asynq.GetQueueName(ctx); queue == r.Queue.read {
			who.Priority = quota.Reader
		}
		err = r.Refresh(summarizer.HoldingPlace(quota.For(ctx, who)), token)
		if err == nil {
			return nil
		}
		return r.deferJob(ctx, token, err)
	})
}
