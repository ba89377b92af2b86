package worker

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cache"
)

const (
	// pollEvery is how often an idle worker looks for jobs all the same: a wake-up may be
	// lost, and asynq's own tools send none.
	pollEvery = time.Second
	// pollDeferred is the same for deferred jobs: of those of ours, the ledger knows, too.
	pollDeferred = 5 * time.Second
	// listenPause is how long it waits before it listens again.
	listenPause = 100 * time.Millisecond
	// quietFor is after what silence a subscription is asked for a sign of life.
	quietFor = 5 * time.Second
	// errorPause is how long a worker waits that could not look: asynq would not.
	errorPause = 50 * time.Millisecond
)

// idleClient is the client of the job server of one queue. asynq only polls; of what it
// asks, idleClient holds back that of which the answer is known:
//
//   - for pending jobs, after it found none: until the next wake-up;
//   - for deferred jobs whose time has come: until the time of the first one, or the next
//     wake-up.
//
// A wake-up is a message on the queue's channel, from whoever has put a job there. While
// none can be heard, asynq polls at its own pace.
type idleClient struct {
	redis.UniversalClient
	queue   string
	also    []string      // what else it is subscribed to
	woken   chan struct{} // holds one wake-up
	wakeUps atomic.Int64  // so far
	hearing atomic.Bool

	taking context.Context // ends when no more jobs are taken
	stop   context.CancelFunc
	ended  chan struct{} // nobody listens any more

	rest  time.Duration       // before the next look for pending jobs
	first map[string]firstJob // by the key of asynq's set
}

// firstJob is what is known of the first job of a set of deferred ones.
type firstJob struct {
	due     float64 // in Unix seconds, as asynq has it
	asked   time.Time
	wakeUps int64 // before
}

// newIdleClient returns one that listens until it is closed, and is subscribed to other
// channels of the same node as well.
func newIdleClient(client redis.UniversalClient, queue string, log zerolog.Logger, also ...string) *idleClient {
	c := &idleClient{
		UniversalClient: client, queue: queue, also: also, woken: make(chan struct{}, 1), first: map[string]firstJob{},
		ended: make(chan struct{}),
	}
	c.taking, c.stop = context.WithCancel(context.Background())
	go c.listen(c.taking, log.With().Str("queue", queue).Logger())
	return c
}

// close answers all further looks for pending jobs, and the one that is held back, with
// none.
func (c *idleClient) close() {
	c.stop()
	<-c.ended
}

// wake tells all workers that there is something in a queue. Whoever misses it polls.
func wake(ctx context.Context, client redis.UniversalClient, queue string) {
	cmd := redis.NewIntCmd(ctx, "publish", wakeChannel(queue), "")
	cmd.SetFirstKeyPos(1) // a cluster would take any node, which may be dead
	_ = client.Process(ctx, cmd)
}

// wakeChannel has the hash tag of the queue's keys: on a cluster, both have the same node.
func wakeChannel(queue string) string { return queueKey(queue, "wake") }

// queueKey is how asynq names what it keeps of a queue.
func queueKey(queue, what string) string { return "asynq:{" + queue + "}:" + what }

// EvalSha runs one of asynq's scripts, which are told apart by their keys.
func (c *idleClient) EvalSha(ctx context.Context, sha string, keys []string, args ...any) *redis.Cmd {
	return c.script(ctx, keys, func() *redis.Cmd { return c.UniversalClient.EvalSha(ctx, sha, keys, args...) })
}

// Eval is EvalSha for a script that Redis does not know yet.
func (c *idleClient) Eval(ctx context.Context, text string, keys []string, args ...any) *redis.Cmd {
	return c.script(ctx, keys, func() *redis.Cmd { return c.UniversalClient.Eval(ctx, text, keys, args...) })
}

func (c *idleClient) script(ctx context.Context, keys []string, run func() *redis.Cmd) *redis.Cmd {
	pending := queueKey(c.queue, "pending")
	switch {
	case keys[0] == pending:
		return c.dequeue(ctx, pending, run)
	case len(keys) == 2 && keys[1] == pending:
		return c.forward(ctx, keys[0], run)
	}
	cmd := run()
	if cmd.Err() == nil && (slices.Contains(keys, pending) || slices.Contains(keys, queueKey(c.queue, "retry"))) {
		wake(ctx, c.UniversalClient, c.queue) // a job was handed back
	}
	return cmd
}

// dequeue takes a pending job.
func (c *idleClient) dequeue(ctx context.Context, pending string, run func() *redis.Cmd) *redis.Cmd {
	nothing := redis.NewCmdResult(nil, redis.Nil)
	if c.rest == errorPause || c.rest == pollEvery && c.hearing.Load() {
		select {
		case <-c.taking.Done():
		case <-c.woken:
		case <-time.After(c.rest):
			if n, err := c.Exists(ctx, pending).Result(); err == nil && n == 0 {
				return nothing
			}
		}
	}
	if c.taking.Err() != nil {
		return nothing
	}
	cmd := run()
	switch err := cmd.Err(); {
	case err == nil, redis.HasErrorPrefix(err, "NOSCRIPT"):
		c.rest = 0
	case errors.Is(err, redis.Nil):
		c.rest = pollEvery
	default:
		c.rest = errorPause
	}
	return cmd
}

// forward makes deferred jobs of a set pending whose time has come.
func (c *idleClient) forward(ctx context.Context, set string, run func() *redis.Cmd) *redis.Cmd {
	first, now := c.first[set], time.Now()
	if !c.hearing.Load() || first.wakeUps != c.wakeUps.Load() || now.Sub(first.asked) > pollDeferred {
		first = firstJob{math.Inf(1), now, c.wakeUps.Load()}
		jobs, err := c.ZRangeWithScores(ctx, set, 0, 0).Result()
		if err != nil {
			return redis.NewCmdResult(nil, err)
		}
		if len(jobs) > 0 {
			first.due = jobs[0].Score
		}
		c.first[set] = first
	}
	if float64(now.Unix()) < first.due {
		return redis.NewCmdResult(int64(0), nil)
	}
	delete(c.first, set)
	cmd := run()
	if n, err := cmd.Int(); err == nil && n > 0 {
		wake(ctx, c.UniversalClient, c.queue)
	}
	return cmd
}

// listen hears wake-ups until ctx ends.
func (c *idleClient) listen(ctx context.Context, log zerolog.Logger) {
	defer close(c.ended)
	for said := false; ctx.Err() == nil; {
		err := cache.Listen(ctx, c.UniversalClient, quietFor, func(string) {
			c.hearing.Store(true)
			said = false
			c.wakeUps.Add(1)
			select {
			case c.woken <- struct{}{}:
			default:
			}
		}, append([]string{wakeChannel(c.queue)}, c.also...)...)
		// Mostly it is only the connection that was cut: the next try will do.
		if !c.hearing.Swap(false) && !said && ctx.Err() == nil {
			log.Warn().Err(err).Msg("cannot hear of new jobs: polling for them until it can")
			said = true
		}
		pause(ctx, listenPause)
	}
}
