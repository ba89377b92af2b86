package worker_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/events"
	"foreday/summarizer"
	"foreday/worker"
)

// consume runs a consumer over the ingester alone, until the test ends.
func (b *bench) consume() { b.Helper(); b.consumeWith(b.ingester) }

func (b *bench) consumeWith(handler events.Handler) {
	b.Helper()
	consumer, err := events.NewConsumer(b.client, events.ConsumerConfig{Block: 20 * time.Millisecond})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- consumer.Run(ctx, handler) }()
	b.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
}

// watched is an ingester that tells what it does, and whose retries end only when
// they may.
type watched struct {
	*worker.Ingester
	applied chan<- string
	retries chan<- struct{}
	end     <-chan struct{}
}

func (w watched) Handle(ctx context.Context, batch []events.Delivery) error {
	err := w.Ingester.Handle(ctx, batch)
	unfinished := (*events.Unfinished)(nil)
	if err != nil && !errors.As(err, &unfinished) {
		return err
	}
	for _, d := range batch {
		if unfinished == nil || unfinished.Users[d.User] == nil {
			w.applied <- d.User
		}
	}
	return err
}

func (w watched) Retry(ctx context.Context, batch []events.Delivery) error {
	select {
	case w.retries <- struct{}{}:
	default:
	}
	err := w.Ingester.Retry(ctx, batch)
	select {
	case <-w.end:
	case <-ctx.Done():
	}
	return err
}

// await returns what comes within the test's patience.
func await[T any](t *testing.T, from <-chan T, what string) (got T) {
	t.Helper()
	select {
	case got = <-from:
	case <-time.After(patience):
		t.Fatalf("never came about: %s", what)
	}
	return got
}

// spoil puts a key of the wrong type in the place of one.
func (b *bench) spoil(key string) {
	b.Helper()
	redistest.Admin(b, b.client).Del(b.Context(), key)
	if err := redistest.Admin(b, b.client).LPush(b.Context(), key, "not what belongs here").Err(); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) set(user string, date summarizer.Date) {
	b.Helper()
	if err := b.client.Set(b.Context(), "foreday:{"+user+"}:summary:"+date.String(), "{}", time.Hour).Err(); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) has(user string, date summarizer.Date) bool {
	return b.client.Exists(b.Context(), "foreday:{"+user+"}:summary:"+date.String()).Val() == 1
}

// One user's key is of the wrong type. Their messages become dead letters that say
// why, no fresh copy of theirs is left, and the others of the batch are applied.
func TestWhatIsWrongWithOneUsersKeysIsTheirsAlone(t *testing.T) {
	t.Parallel()
	for _, spoilt := range []string{"day:" + today.String(), "days", "zone"} {
		t.Run(spoilt, func(t *testing.T) {
			t.Parallel()
			redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
				b := setup(t, client)
				b.spoil("foreday:{eve}:" + spoilt)
				b.set("eve", today)
				b.set("ada", today)
				if spoilt != "days" {
					b.client.ZAdd(t.Context(), "foreday:{eve}:days", redis.Z{Score: float64(time.Now().Add(time.Hour).Unix()), Member: today.String()})
				}
				b.publish(changed("eve"))
				b.publish(changed("ada"))
				b.consume()
				b.acknowledged()
				letters, err := events.NewDeadLetters(client, "", "").List(t.Context(), "", 10)
				if err != nil || len(letters) != 1 || letters[0].Fields["user"] != "eve" || !strings.Contains(letters[0].Reason, "of another kind") {
					t.Errorf("dead letters %+v, %v, want one of eve that says of another kind", letters, err)
				}
				if b.has("ada", today) || b.has("eve", today) {
					t.Error("a copy that the messages made stale is fresh still")
				}
				if tokens := b.tokens(); len(tokens) == 0 || tokens[0].User != "ada" {
					t.Errorf("promised: %v, want ada's days", tokens)
				}
			})
		})
	}
}

// More days are known of a user than one script could touch, or Lua's stack hold.
func TestAllOfVeryManyDaysAreInvalidatedAndNobodyWaits(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		const days = 10_000 // more than Lua unpacks
		b := setup(t, client)
		first := summarizer.Date{Year: 1990, Month: 1, Day: 1}
		for at := 0; at < days; at += 1000 {
			_, err := client.Pipelined(t.Context(), func(p redis.Pipeliner) error {
				for i := at; i < at+1000; i++ {
					// Several days share a score, and a page ends among them.
					p.ZAdd(t.Context(), "foreday:{eve}:days", redis.Z{Score: float64(4e9 + i/3000), Member: first.AddDays(i).String()})
					p.Set(t.Context(), "foreday:{eve}:summary:"+first.AddDays(i).String(), "{}", time.Hour)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for range 20 {
			b.publish(changed("eve"))
		}
		b.set("ada", today)
		retries, applied, end := make(chan struct{}, 1), make(chan string, 10), make(chan struct{})
		b.consumeWith(watched{b.ingester, applied, retries, end})
		await(t, retries, "eve's messages are retried")
		b.publish(changed("ada"))
		if user := await(t, applied, "ada's message is applied while eve's are worked on"); user != "ada" || b.has("ada", today) {
			t.Errorf("the messages of %s were applied", user)
		}
		close(end)
		b.acknowledged()
		for i := range days {
			if i%7 == 0 && b.has("eve", first.AddDays(i)) {
				t.Fatalf("day %d of %d is fresh still", i, days)
			}
		}
		if n := client.XLen(t.Context(), events.DefaultDeadStream).Val(); n != 0 {
			t.Errorf("%d dead letters", n)
		}
	})
}

// Each attempt foresees what a redelivered message may ask for; the ledger grows by
// the first alone.
func TestTryingAgainAddsNothingToTheLedger(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.spoil("foreday:{eve}:zone")
		in := freshness.Invalidation{User: "eve", Redelivered: true, Published: time.Now()}
		for i := range 50 {
			in.Days = append(in.Days, freshness.DueDay{Date: today.AddDays(i)})
		}
		for range 20 {
			out, err := b.store.Invalidate(t.Context(), []freshness.Invalidation{in})
			if err != nil || out[0].Err == nil || !freshness.IsDataError(out[0].Err) {
				t.Fatalf("Invalidate = %+v, %v, want an error of the user's data", out, err)
			}
		}
		// The attempts may span two of the stretches in which names stay the same.
		if n, err := b.ledger.Len(t.Context()); err != nil || n < 50 || n > 200 {
			t.Errorf("%d entries, %v, want those of 50 days once or twice", n, err)
		}
	})
}

// commands is a hook that looks at what is sent to Redis, one command after the other.
type commands func(cmd redis.Cmder)

func (commands) DialHook(next redis.DialHook) redis.DialHook { return next }

func (c commands) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		c(cmd)
		return next(ctx, cmd)
	}
}

func (c commands) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		for _, cmd := range cmds {
			c(cmd)
		}
		return next(ctx, cmds)
	}
}

// tiles are redelivered messages of a user whose spans, of 62 days each, follow one
// another from 1900 to 2200.
func tiles(user string) []events.Delivery {
	start := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	var batch []events.Delivery
	for i := range 1772 {
		from := start.AddDate(0, 0, 62*i)
		batch = append(batch, events.Delivery{Redelivered: true, Published: time.Now(), Message: events.Message{
			Type: events.EventCreated, User: user, Event: fmt.Sprint("e", i), Span: events.Days(from, from.AddDate(0, 0, 62)),
		}})
	}
	return batch
}

// knows has it that so many days of the user are known.
func (b *bench) knows(user string, days int) {
	b.Helper()
	first := summarizer.Date{Year: 1990, Month: 1, Day: 1}
	for at := 0; at < days; at += 1000 {
		var known []redis.Z
		for i := at; i < at+1000; i++ {
			known = append(known, redis.Z{Score: float64(4e9), Member: first.AddDays(i).String()})
		}
		if err := b.client.ZAdd(b.Context(), "foreday:{"+user+"}:days", known...).Err(); err != nil {
			b.Fatal(err)
		}
	}
}

// handle has the messages of a batch applied, of users for whom a busy machine is too
// slow as well: like a consumer, it tries again.
func (b *bench) handle(batch []events.Delivery) {
	b.Helper()
	err := b.ingester.Handle(b.Context(), batch)
	unfinished := (*events.Unfinished)(nil)
	if err != nil && !errors.As(err, &unfinished) {
		b.Fatal(err)
	}
	if unfinished == nil {
		return
	}
	for user, err := range unfinished.Users {
		if !errors.Is(err, context.DeadlineExceeded) {
			b.Fatal(err)
		}
		theirs := slices.DeleteFunc(slices.Clone(batch), func(d events.Delivery) bool { return d.Message.User != user })
		for tries := 0; err != nil; tries++ {
			if err = b.ingester.Retry(b.Context(), theirs); err != nil && (tries == 5 || !errors.Is(err, context.DeadlineExceeded)) {
				b.Fatal(err)
			}
		}
	}
}

// A command is as long as Redis does nothing else.
func TestNoCommandIsLongWhateverUsersSend(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.New(t).Client(t))
	b.knows("eve", 10_000)
	b.spoil("foreday:{mallory}:days")
	var longest atomic.Int64
	b.client.AddHook(commands(func(cmd redis.Cmder) {
		for n := int64(len(cmd.Args())); ; {
			if most := longest.Load(); n <= most || longest.CompareAndSwap(most, n) {
				return
			}
		}
	}))
	var batch []events.Delivery
	for n := range 9 {
		batch = append(batch, tiles(fmt.Sprint("u", n))...)
	}
	b.handle(batch)
	if err := b.ingester.Retry(t.Context(), []events.Delivery{{Message: changed("eve"), Redelivered: true,
		Published: time.Now()}}); err != nil {
		t.Error(err)
	}
	if err := b.ingester.GiveUp(t.Context(), []events.Delivery{{Message: changed("mallory")}}); err != nil {
		t.Error(err)
	}
	if n := longest.Load(); n > 2500 {
		t.Errorf("a command had %d arguments", n)
	}
}

// A worker that is told to stop does not first work through a century.
func TestWorkOnManyDaysEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		work    func(*worker.Ingester, context.Context, []events.Delivery) error
		prepare func(*bench)
	}{
		"retried":  {(*worker.Ingester).Retry, func(b *bench) { b.knows("eve", 10_000) }},
		"given up": {(*worker.Ingester).GiveUp, func(b *bench) { b.spoil("foreday:{eve}:days") }}, // it may be any day
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
				b := setup(t, client)
				c.prepare(b)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				var sent atomic.Int64
				client.AddHook(commands(func(redis.Cmder) {
					if sent.Add(1) == 10 {
						cancel()
					}
				}))
				err := c.work(b.ingester, ctx, []events.Delivery{{Message: changed("eve"), Published: time.Now()}})
				if !errors.Is(err, context.Canceled) || sent.Load() > 15 {
					t.Errorf("it ended with %v after %d commands, and was told to after 10", err, sent.Load())
				}
			})
		})
	}
}

// Thousands of spans that tile three centuries are no more work than a few.
func TestManyLongSpansOfOneUserHoldNobodyUp(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.handle(tiles("eve"))
		if n, err := b.ledger.Len(t.Context()); err != nil || n > 1000 {
			t.Errorf("%d ledger entries, %v, want a few hundred at most", n, err)
		}
	})
}
