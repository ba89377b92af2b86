package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"foreday/cache/freshness"
	"foreday/cmd/foreday/internal/wiring"
	"foreday/events"
	"foreday/summarizer"
	"foreday/worker"
)

// The workload of bench ingest: messages of events that take place today, in a
// random order of users (PCG, seed 1), put on the stream beforehand. What is
// timed is from the first read to the last acknowledgement, with everything due
// invalidated, tracked and enqueued; no refresh runs. Each drain is done
// rounds times, in turn with its yardstick; the median counts.
const (
	ingestMessages = 300_000 // of the drains over few users
	ingestDistinct = 20_000  // where each message is for another user
	ingestRounds   = 3
	fillAtOnce     = 32 // summaries that are made at once beforehand
)

func benchIngest(b *bench) error {
	var raw, hot100, hot1000, distinct, perEvent []float64
	for round := range ingestRounds {
		for _, part := range []struct {
			name    string
			rates   *[]float64
			measure func(*ingestRun) (time.Duration, error)
			users   int
			n       int
		}{
			{"raw drain", &raw, (*ingestRun).drainRaw, 1000, ingestMessages},
			{"100 users", &hot100, (*ingestRun).drain, 100, ingestMessages},
			{"1,000 users", &hot1000, (*ingestRun).drain, 1000, ingestMessages},
			{"distinct users", &distinct, (*ingestRun).drain, ingestDistinct, ingestDistinct},
			{"one by one", &perEvent, (*ingestRun).drainPerEvent, ingestDistinct, ingestDistinct},
		} {
			b.progress.At(part.name, float64(round)/ingestRounds)
			run := &ingestRun{bench: b, users: part.users, n: part.n}
			took, err := run.on(part.measure)
			if err != nil {
				return fmt.Errorf("%s: %w", part.name, err)
			}
			*part.rates = append(*part.rates, float64(part.n)/took.Seconds())
		}
	}
	b.metrics["raw_drain_per_s"] = median(raw)
	b.metrics["hot100_per_s"], b.metrics["hot100_ratio"] = median(hot100), medianRatio(hot100, raw)
	b.metrics["hot1000_per_s"], b.metrics["hot1000_ratio"] = median(hot1000), medianRatio(hot1000, raw)
	b.metrics["distinct_per_s"], b.metrics["per_event_per_s"] = median(distinct), median(perEvent)
	b.metrics["distinct_vs_per_event"] = medianRatio(distinct, perEvent)
	b.metrics["batch"] = wiring.ConsumeBatch
	return nil
}

// ingestRun is one drain of one workload.
type ingestRun struct {
	*bench
	users, n int
	name     string // of everything it uses in Redis
}

// on fills the stream, measures, and cleans up.
func (r *ingestRun) on(measure func(*ingestRun) (time.Duration, error)) (time.Duration, error) {
	r.name = fmt.Sprintf("bench%d", rand.Uint32())
	defer r.tidy()
	if err := r.fill(); err != nil {
		return 0, err
	}
	runtime.GC()
	return measure(r)
}

func (r *ingestRun) stream() string    { return "foreday:" + r.name + ":events" }
func (r *ingestRun) queue() string     { return "foreday:" + r.name }
func (r *ingestRun) user(n int) string { return fmt.Sprintf("%s-%d", r.name, n) }

// fill gives each user a fresh summary of today, and publishes the messages.
func (r *ingestRun) fill() error {
	store, day := r.store(), summarizer.Day{Date: summarizer.DateOf(time.Now().UTC()), Zone: time.UTC}
	var group errgroup.Group
	group.SetLimit(fillAtOnce)
	for n := range r.users {
		group.Go(func() error {
			run, begun, err := store.Begin(r.ctx, "fill", r.user(n), day, true)
			if err != nil || begun != freshness.BeginGo {
				return errors.Join(err, r.ctx.Err(), fmt.Errorf("begin: %v", begun))
			}
			sum := summarizer.Summary{User: r.user(n), Date: day.Date, Timezone: "UTC", Headline: "Nothing out of the ordinary.",
				Events: []summarizer.SummaryEvent{}, Writer: summarizer.PlainWriter, Generation: run.Gen}
			_, err = store.Commit(r.ctx, run, sum)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(1, 1))
	start := day.Start().Add(15 * time.Hour)
	messages := make([]events.Message, r.n)
	for i := range messages {
		user := i
		if r.users < r.n {
			user = random.IntN(r.users)
		}
		messages[i] = events.Message{
			Type: events.EventCreated, User: r.user(user), Event: fmt.Sprintf("event%d", i), Span: events.Between(start, start.Add(time.Hour)),
		}
	}
	_, err := events.NewPublisher(r.client, events.PublisherConfig{Stream: r.stream()}).PublishAll(r.ctx, messages)
	return err
}

func (r *ingestRun) store() *freshness.Store {
	return freshness.NewStore(r.client, freshness.Config{Ledger: "foreday:" + r.name + ":promised"})
}

// drainRaw reads and acknowledges, and does nothing else.
func (r *ingestRun) drainRaw() (time.Duration, error) {
	start := time.Now()
	err := r.readAll(func(redis.XMessage) error { return nil })
	return time.Since(start), err
}

// readAll reads and acknowledges all messages, after doing something with each.
func (r *ingestRun) readAll(do func(redis.XMessage) error) error {
	const group = "plain"
	if err := r.client.XGroupCreate(r.ctx, r.stream(), group, "0").Err(); err != nil {
		return err
	}
	for left := r.n; left > 0; {
		streams, err := r.client.XReadGroup(r.ctx, &redis.XReadGroupArgs{
			Group: group, Consumer: "c", Streams: []string{r.stream(), ">"}, Count: wiring.ConsumeBatch,
		}).Result()
		if err != nil {
			return err
		}
		ids := make([]string, len(streams[0].Messages))
		for i, m := range streams[0].Messages {
			if err := do(m); err != nil {
				return err
			}
			ids[i] = m.ID
		}
		if err := r.client.XAck(r.ctx, r.stream(), group, ids...).Err(); err != nil {
			return err
		}
		left -= len(ids)
	}
	return nil
}

// drain is foreday's own way.
func (r *ingestRun) drain() (time.Duration, error) {
	ctx, cancel := context.WithCancel(r.ctx)
	defer cancel()
	ingester := worker.NewIngester(r.store(), worker.NewQueue(r.client, r.queue()), time.UTC, 2, time.Now)
	var handled atomic.Int64
	consumer, err := events.NewConsumer(r.client, events.ConsumerConfig{
		Stream: r.stream(), Group: "foreday", DeadStream: "foreday:" + r.name + ":dead", Batch: wiring.ConsumeBatch,
	})
	if err != nil {
		return 0, err
	}
	ended := make(chan error, 1)
	start := time.Now()
	go func() {
		ended <- consumer.Run(ctx, events.HandlerFunc(func(ctx context.Context, batch []events.Delivery) error {
			if err := ingester.Handle(ctx, batch); err != nil {
				return err
			}
			handled.Add(int64(len(batch)))
			return nil
		}))
	}()
	for handled.Load() < int64(r.n) || r.pending() > 0 {
		select {
		case err := <-ended:
			return 0, errors.Join(err, r.ctx.Err(), errors.New("the consumer ended early"))
		case <-time.After(time.Millisecond):
		}
	}
	took := time.Since(start)
	cancel()
	return took, <-ended
}

// pending returns how many messages are read and not acknowledged, -1 if unknown.
func (r *ingestRun) pending() int64 {
	p, err := r.client.XPending(r.ctx, r.stream(), "foreday").Result()
	if err != nil {
		return -1
	}
	return p.Count
}

// drainPerEvent is the plain design: each message becomes one job, enqueued one
// by one, and the job drops the old copy.
func (r *ingestRun) drainPerEvent() (time.Duration, error) {
	var dropped atomic.Int64
	server := asynq.NewServerFromRedisClient(r.client, asynq.Config{
		Concurrency: 16, TaskCheckInterval: 5 * time.Millisecond, Queues: map[string]int{r.queue(): 1}, LogLevel: asynq.FatalLevel,
	})
	key := func(user string) string {
		return "foreday:{" + user + "}:summary:" + summarizer.DateOf(time.Now().UTC()).String()
	}
	err := server.Start(asynq.HandlerFunc(func(ctx context.Context, t *asynq.Task) error {
		if err := r.client.Del(ctx, key(string(t.Payload()))).Err(); err != nil {
			return err
		}
		dropped.Add(1)
		return nil
	}))
	if err != nil {
		return 0, err
	}
	defer server.Shutdown()
	jobs := asynq.NewClientFromRedisClient(r.client)
	start := time.Now()
	err = r.readAll(func(m redis.XMessage) error {
		user, _ := m.Values["user"].(string)
		_, err := jobs.EnqueueContext(r.ctx, asynq.NewTask("drop", []byte(user)), asynq.Queue(r.queue()))
		return err
	})
	if err != nil {
		return 0, err
	}
	for dropped.Load() < int64(r.n) {
		if r.ctx.Err() != nil {
			return 0, r.ctx.Err()
		}
		time.Sleep(time.Millisecond)
	}
	return time.Since(start), nil
}

// tidy removes everything of this run.
func (r *ingestRun) tidy() {
	wiring.RemoveRun(context.WithoutCancel(r.ctx), r.client, r.name, r.name+"-*")
}

func median(values []float64) float64 {
	return slices.Sorted(slices.Values(values))[len(values)/2]
}

// medianRatio is the median of a over b, round by round.
func medianRatio(a, b []float64) float64 {
	ratios := make([]float64, len(a))
	for i := range a {
		ratios[i] = a[i] / b[i]
	}
	return median(ratios)
}
