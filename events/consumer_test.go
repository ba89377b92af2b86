package events_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"foreday/cache/redistest"
	"foreday/events"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
)

// patience is how long a test waits for what should take milliseconds.
const patience = 20 * time.Second

// quick are settings with which nothing in a test takes long.
func quick() events.ConsumerConfig {
	return events.ConsumerConfig{
		Block:      20 * time.Millisecond,
		ClaimIdle:  500 * time.Millisecond,
		ClaimEvery: 10 * time.Millisecond,
		TrimEvery:  10 * time.Millisecond,
	}
}

// consume runs a consumer until the test ends or stop is called, which returns
// when Run has.
func consume(t *testing.T, client redis.UniversalClient, cfg events.ConsumerConfig, h events.HandlerFunc) (stop func()) {
	t.Helper()
	return consumeWith(t, client, cfg, h)
}

func consumeWith(t *testing.T, client redis.UniversalClient, cfg events.ConsumerConfig, h events.Handler) (stop func()) {
	t.Helper()
	consumer, err := events.NewConsumer(client, cfg)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- consumer.Run(ctx, h) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Run returned %v", err)
			}
		case <-time.After(patience):
			t.Error("Run did not return")
		}
	})
	t.Cleanup(stop)
	return stop
}

// into returns a handler that passes each delivery on.
func into(got chan<- events.Delivery) events.HandlerFunc {
	return func(_ context.Context, batch []events.Delivery) error {
		for _, d := range batch {
			got <- d
		}
		return nil
	}
}

// receive returns the next n deliveries.
func receive[T any](t *testing.T, got <-chan T, n int) []T {
	t.Helper()
	all := make([]T, n)
	late := time.After(patience)
	for i := range all {
		select {
		case all[i] = <-got:
		case <-late:
			t.Fatalf("only %d of %d arrived", i, n)
		}
	}
	return all
}

// eventually waits until what no signal tells has come about.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for late := time.Now().Add(patience); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(late) {
			t.Fatalf("never came about: %s", what)
		}
	}
}

func created(user string) events.Message {
	start := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC)
	return events.Message{Type: events.EventCreated, User: user, Event: "4kq2v7", Span: events.Between(start, start.Add(time.Hour))}
}

func publish(t *testing.T, client redis.UniversalClient, users ...string) {
	t.Helper()
	messages := make([]events.Message, len(users))
	for i, user := range users {
		messages[i] = created(user)
	}
	if _, err := events.NewPublisher(client, events.PublisherConfig{}).PublishAll(t.Context(), messages); err != nil {
		t.Fatal(err)
	}
}

func numbered(n int) []string {
	users := make([]string, n)
	for i := range users {
		users[i] = fmt.Sprint("u", i)
	}
	return users
}

func users(deliveries []events.Delivery) []string {
	names := make([]string, len(deliveries))
	for i, d := range deliveries {
		names[i] = d.User
	}
	return names
}

// pending returns how many messages of the group are not acknowledged.
func pending(t *testing.T, client redis.UniversalClient) int64 {
	t.Helper()
	p, err := client.XPending(t.Context(), events.DefaultStream, events.DefaultGroup).Result()
	if err != nil {
		t.Fatal(err)
	}
	return p.Count
}

func addRaw(t *testing.T, client redis.UniversalClient, fields ...string) string {
	t.Helper()
	id, err := client.XAdd(t.Context(), &redis.XAddArgs{Stream: events.DefaultStream, Values: fields}).Result()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// readAndDie reads the next message as a consumer that is gone right after.
func readAndDie(t *testing.T, client redis.UniversalClient, consumer string) {
	t.Helper()
	client.XGroupCreateMkStream(t.Context(), events.DefaultStream, events.DefaultGroup, "0")
	_, err := client.XReadGroup(t.Context(), &redis.XReadGroupArgs{
		Group: events.DefaultGroup, Consumer: consumer, Streams: []string{events.DefaultStream, ">"}, Count: 1,
	}).Result()
	if err != nil {
		t.Fatal(err)
	}
}

func TestMessagesThatMakeNoSenseDoNotHoldUpTheRest(t *testing.T) {
	t.Parallel()
	redistest.Each(t, setsAsideWhatMakesNoSense)
}

func TestAClusterWorksTheSame(t *testing.T) {
	t.Parallel()
	setsAsideWhatMakesNoSense(t, redistest.Cluster(t, 3).Client(t))
}

func setsAsideWhatMakesNoSense(t *testing.T, client redis.UniversalClient) {
	bad := map[string]string{ // the ID of each bad message, and what its reason must say
		addRaw(t, client, "type", "event.created", "event", "e", "start", "2026-11-23T15:00:00Z", "end",
			"2026-11-23T16:00:00Z"): "field user is missing",
		addRaw(t, client, "type", "event.created", "user", "u", "event", "e", "start", "2026-11-23T15:00:00Z", "end",
			"2026-11-23T14:00:00Z"): `field end "2026-11-23T14:00:00Z" is before start`,
		addRaw(t, client, "type", "event.created", "user", "u", "event", "e", "start", "2026-11-23T15:00:00+25:00", "end",
			"2026-11-23T16:00:00Z"): "offset +25:00",
	}
	publish(t, client, numbered(1000)...)
	cfg := quick()
	reg := prometheus.NewRegistry()
	cfg.Metrics = events.NewMetrics(reg)
	got := make(chan events.Delivery, 2000)
	stop := consume(t, client, cfg, into(got))

	deliveries := receive(t, got, 1000)
	if !slices.Equal(users(deliveries), numbered(1000)) {
		t.Error("the good messages did not arrive in order")
	}
	for _, d := range deliveries {
		if d.Redelivered || time.Since(d.Published).Abs() > time.Minute {
			t.Fatalf("the first delivery of a new message says %+v", d)
		}
	}
	eventually(t, "an empty stream with all acknowledged", func() bool {
		return pending(t, client) == 0 && client.XLen(t.Context(), events.DefaultStream).Val() == 0
	})
	stop()

	letters, err := events.NewDeadLetters(client, "", "").List(t.Context(), "", 10)
	if err != nil || len(letters) != 3 {
		t.Fatalf("%d dead letters, want 3: %v", len(letters), err)
	}
	for _, letter := range letters {
		reason, known := bad[letter.MessageID]
		if !known || !strings.Contains(letter.Reason, reason) || letter.Fields["event"] != "e" || time.Since(letter.At).Abs() > time.Minute {
			t.Errorf("dead letter %+v, want the reason to say %q", letter, reason)
		}
		delete(bad, letter.MessageID)
	}
	want := `
		# HELP foreday_events_total Messages acknowledged, by outcome: applied, or dead if they made no sense or could not be applied.
		# TYPE foreday_events_total counter
		foreday_events_total{outcome="applied"} 1000
		foreday_events_total{outcome="dead"} 3
	`
	if err := testutil.GatherAndCompare(reg, strings.NewReader(want), "foreday_events_total"); err != nil {
		t.Error(err)
	}
}

func TestTheBacklogIsWhatWaits(t *testing.T) {
	t.Parallel()
	redistest.Each(t, showsWhatWaits)
	t.Run("cluster", func(t *testing.T) { showsWhatWaits(t, redistest.Cluster(t, 3).Client(t)) })
}

func showsWhatWaits(t *testing.T, client redis.UniversalClient) {
	backlog := func() events.Backlog {
		b, err := events.ReadBacklog(t.Context(), client, events.DefaultStream, events.DefaultGroup, events.DefaultDeadStream)
		if err != nil {
			t.Error(err)
		}
		return b
	}
	if b := backlog(); b != (events.Backlog{}) {
		t.Errorf("without a stream: %+v", b)
	}
	addRaw(t, client, "type", "?")
	publish(t, client, numbered(7)...)
	if b := backlog(); b.Waiting != 8 {
		t.Errorf("without a group: %+v", b)
	}
	for range 2 {
		readAndDie(t, client, "dead") // of the bad message and the first good one
	}
	cfg := quick()
	cfg.ClaimEvery = time.Hour // the first claim comes before the first trim
	cfg.ClaimIdle = time.Hour
	cfg.Batch = 1
	release := make(chan bool)
	stop := consume(t, client, cfg, func(ctx context.Context, _ []events.Delivery) error {
		<-release
		return nil
	})
	if b := backlog(); b.Waiting != 8 {
		t.Errorf("with nothing acknowledged: %+v", b)
	}
	close(release)
	eventually(t, "what the dead consumer holds waits", func() bool { return backlog() == events.Backlog{Waiting: 2, Pending: 2} })
	stop()
	cfg.ClaimEvery, cfg.ClaimIdle = 0, time.Millisecond
	consume(t, client, cfg, func(context.Context, []events.Delivery) error { return nil })
	eventually(t, "the bad one is a dead letter", func() bool { return backlog() == events.Backlog{Dead: 1} })
}

func TestAMessageIsAcknowledgedOnlyAfterItWasHandled(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		publish(t, client, "u1", "u2")
		handled := make(chan int64, 1)
		consume(t, client, quick(), func(_ context.Context, batch []events.Delivery) error {
			handled <- pending(t, client) - int64(len(batch))
			return nil
		})
		if extra := <-handled; extra != 0 {
			t.Errorf("while a batch was handled, the pending list was %+d off its length", extra)
		}
		eventually(t, "acknowledgement", func() bool { return pending(t, client) == 0 })
	})
}

func TestABatchThatFailsComesAgainUntilItDoesNot(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		publish(t, client, numbered(5)...)
		type attempt struct {
			users       []string
			redelivered bool
			pending     int64
		}
		attempts := make(chan attempt, 10)
		failures := 2
		cfg := quick()
		cfg.ClaimIdle = time.Hour
		consume(t, client, cfg, func(_ context.Context, batch []events.Delivery) error {
			attempts <- attempt{users(batch), batch[0].Redelivered, pending(t, client)}
			if failures--; failures >= 0 {
				return errors.New("not now")
			}
			return nil
		})
		for i := range 3 {
			got := <-attempts
			if !slices.Equal(got.users, numbered(5)) || got.redelivered != (i > 0) || got.pending != 5 {
				t.Errorf("attempt %d was %+v", i+1, got)
			}
		}
		eventually(t, "acknowledgement", func() bool { return pending(t, client) == 0 })
	})
}

func TestWhatADeadConsumerLeftGoesToAnother(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		publish(t, client, "left", "new")
		readAndDie(t, client, "dead")
		got := make(chan events.Delivery, 10)
		consume(t, client, quick(), into(got))
		redelivered := map[string]bool{}
		for _, d := range receive(t, got, 2) {
			redelivered[d.User] = d.Redelivered
		}
		if !maps.Equal(redelivered, map[string]bool{"left": true, "new": false}) {
			t.Errorf("user and whether redelivered: %v", redelivered)
		}
		eventually(t, "acknowledgement", func() bool { return pending(t, client) == 0 })
	})
}

func TestAConsumerThatReturnsUnderItsNameTakesUpAtOnceWhatItLeft(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		publish(t, client, "left", "new")
		readAndDie(t, client, "worker-1")
		cfg := quick()
		cfg.Name, cfg.ClaimIdle = "worker-1", time.Hour
		got := make(chan events.Delivery, 10)
		consume(t, client, cfg, into(got))
		deliveries := receive(t, got, 2)
		if deliveries[0].User != "left" || !deliveries[0].Redelivered || deliveries[1].User != "new" || deliveries[1].Redelivered {
			t.Errorf("got %+v", deliveries)
		}
	})
}

func TestEntriesDeletedWhilePendingAreLetGo(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		gone := addRaw(t, client, created("gone").Values()...)
		readAndDie(t, client, "worker-1")
		if err := client.XDel(t.Context(), events.DefaultStream, gone).Err(); err != nil {
			t.Fatal(err)
		}
		publish(t, client, "here")
		cfg := quick()
		cfg.Name = "worker-1"
		got := make(chan events.Delivery, 10)
		consume(t, client, cfg, into(got))
		if d := receive(t, got, 1)[0]; d.User != "here" {
			t.Errorf("got %+v", d)
		}
		eventually(t, "a group that waits for nothing", func() bool {
			groups, err := client.XInfoGroups(t.Context(), events.DefaultStream).Result()
			return err == nil && groups[0].Pending == 0
		})
	})
}

func TestConsumersShareTheWork(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		const n = 600
		got := make(chan events.Delivery, 2*n)
		cfg := quick()
		cfg.Batch, cfg.ClaimIdle = 10, time.Minute
		for range 3 {
			consume(t, client, cfg, into(got))
		}
		publish(t, client, numbered(n)...)
		names := users(receive(t, got, n))
		eventually(t, "acknowledgement", func() bool { return pending(t, client) == 0 })
		slices.Sort(names)
		if names = slices.Compact(names); len(names) != n || len(got) > 0 {
			t.Errorf("%d of %d users heard of, %d messages handled twice", len(names), n, len(got))
		}
	})
}

func TestAGroupThatIsGoneIsMadeAgainAndNothingOnTheStreamIsLost(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		got := make(chan events.Delivery, 10)
		consume(t, client, quick(), into(got))
		publish(t, client, "before")
		receive(t, got, 1)

		redistest.Clear(t, client)
		publish(t, client, "after")
		if d := receive(t, got, 1)[0]; d.User != "after" {
			t.Errorf("after the flush came %+v", d)
		}
	})
}

func TestMessagesOfAGroupThatWasLostCountAsRedelivered(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		got := make(chan events.Delivery, 10)
		enter, leave := make(chan bool), make(chan bool)
		consume(t, client, quick(), func(ctx context.Context, batch []events.Delivery) error {
			enter <- true
			<-leave
			return into(got)(ctx, batch)
		})
		publish(t, client, "u")
		<-enter
		// The group goes while its message is in hand, so none knows of it.
		if err := redistest.Admin(t, client).XGroupDestroy(t.Context(), events.DefaultStream, events.DefaultGroup).Err(); err != nil {
			t.Fatal(err)
		}
		leave <- true
		receive(t, got, 1)
		<-enter
		leave <- true
		if d := receive(t, got, 1)[0]; d.User != "u" || !d.Redelivered {
			t.Errorf("from the new group came %+v", d)
		}
	})
}

func TestARestartOfRedisLosesNothingAndIsLoggedOnce(t *testing.T) {
	t.Parallel()
	server := redistest.New(t, redistest.WithAppendOnly())
	client := server.Client(t)
	var log lockedBuffer
	cfg := quick()
	cfg.Log = zerolog.New(&log).Level(zerolog.InfoLevel)
	got := make(chan events.Delivery, 100)
	consume(t, client, cfg, into(got))
	publish(t, client, "before")
	receive(t, got, 1)

	server.Kill(t)
	eventually(t, "a line about the outage", func() bool { return strings.Contains(log.String(), "held up") })
	server.Restart(t)
	publish(t, client, "after")
	for receive(t, got, 1)[0].User != "after" { // what was not acknowledged comes again
	}
	eventually(t, "acknowledgement", func() bool { return pending(t, client) == 0 })
	if lines := strings.Split(strings.TrimSpace(log.String()), "\n"); len(lines) != 2 || !strings.Contains(lines[1], "goes on") {
		t.Errorf("one outage was logged as %s", strings.Join(lines, "\n"))
	}
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func TestAnIdleConsumerStopsAtOnceAndLeavesNoTrace(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		took := fastest(func() time.Duration {
			got := make(chan events.Delivery, 1)
			stop := consume(t, client, events.ConsumerConfig{}, into(got))
			publish(t, client, "u")
			receive(t, got, 1)
			began := time.Now()
			stop()
			return time.Since(began)
		})
		if took > 500*time.Millisecond {
			t.Errorf("stopping took %v", took)
		}
		left, err := client.XInfoConsumers(t.Context(), events.DefaultStream, events.DefaultGroup).Result()
		if err != nil || len(left) != 0 {
			t.Errorf("consumers left in the group: %+v, %v", left, err)
		}
	})
}

func TestAConsumerStopsAtOnceWhileRedisIsAway(t *testing.T) {
	t.Parallel()
	took := fastest(func() time.Duration {
		server := redistest.New(t)
		client := server.Client(t)
		var log lockedBuffer
		cfg := quick()
		cfg.Log = zerolog.New(&log)
		stop := consume(t, client, cfg, into(nil))
		eventually(t, "a consumer", func() bool {
			return len(client.XInfoConsumers(t.Context(), events.DefaultStream, events.DefaultGroup).Val()) == 1
		})
		server.Kill(t)
		eventually(t, "a line about the outage", func() bool { return log.String() != "" })
		began := time.Now()
		stop()
		return time.Since(began)
	})
	if took > 500*time.Millisecond {
		t.Errorf("stopping took %v", took)
	}
}

// fastest returns the shortest of three tries: a busy machine makes any of them
// slow, but hardly all.
func fastest(try func() time.Duration) time.Duration { return min(try(), try(), try()) }

func TestAConsumerThatIsStoppedFinishesTheBatchInHand(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		publish(t, client, numbered(5)...)
		enter, leave := make(chan bool, 1), make(chan bool)
		stop := consume(t, client, quick(), func(ctx context.Context, _ []events.Delivery) error {
			enter <- true
			<-leave
			return ctx.Err()
		})
		<-enter
		stopped := make(chan bool)
		go func() { stop(); close(stopped) }()
		time.AfterFunc(50*time.Millisecond, func() { leave <- true })
		<-stopped
		if n := pending(t, client); n != 0 {
			t.Errorf("%d messages were left pending", n)
		}
	})
}

func TestAStoppedConsumerDoesNotWaitForAHandlerBeyondItsTimeout(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		publish(t, client, "u")
		cfg := quick()
		cfg.StopTimeout, cfg.ClaimIdle = 20*time.Millisecond, time.Hour
		enter := make(chan bool, 1)
		stop := consume(t, client, cfg, func(ctx context.Context, _ []events.Delivery) error {
			enter <- true
			<-ctx.Done()
			return ctx.Err()
		})
		<-enter
		stop()
		if n := pending(t, client); n != 1 {
			t.Errorf("%d messages are pending, want the one not handled", n)
		}
	})
}

func TestRunSaysAtOnceThatAKeyIsNoStream(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		redistest.Admin(t, client).Set(t.Context(), events.DefaultStream, "x", 0)
		consumer, err := events.NewConsumer(client, events.ConsumerConfig{})
		if err != nil {
			t.Fatal(err)
		}
		err = consumer.Run(t.Context(), into(nil))
		if err == nil || !strings.Contains(err.Error(), "WRONGTYPE") || !strings.Contains(err.Error(), events.DefaultStream) {
			t.Errorf("Run returned %v", err)
		}
	})
}

// A password that was changed, or rights that were forgotten, are put right in Redis.
func TestAConsumerThatIsRefusedSaysSoAndGoesOnOnceItIsNot(t *testing.T) {
	t.Parallel()
	for says, user := range map[string]string{
		"WRONGPASS": "user app on >other ~* &* +@all",
		"NOPERM":    "user app on >right ~* +@read +hello +client",
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t, redistest.WithConfig(user))
			admin := server.Client(t)
			c := redis.NewClient(&redis.Options{Addr: server.Addr(), Username: "app", Password: "right"})
			t.Cleanup(func() { _ = c.Close() })
			var log lockedBuffer
			cfg := quick()
			cfg.Log = zerolog.New(&log)
			got := make(chan events.Delivery, 1)
			consume(t, c, cfg, into(got))
			eventually(t, "a line about it", func() bool { return strings.Contains(log.String(), says) })
			if err := admin.Do(t.Context(), "ACL", "SETUSER", "app", "resetpass", ">right", "~*", "&*", "+@all").Err(); err != nil {
				t.Fatal(err)
			}
			publish(t, admin, "u1")
			receive(t, got, 1)
			if n := strings.Count(log.String(), says); n != 1 {
				t.Errorf("it was said %d times:\n%s", n, log.String())
			}
		})
	}
}

func TestSettingsThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]events.ConsumerConfig{
		"Block":      {Block: time.Minute},
		"Batch":      {Batch: -1},
		"ClaimIdle":  {ClaimIdle: -1},
		"DeadStream": {Stream: "s", DeadStream: "s"},
	} {
		if _, err := events.NewConsumer(nil, cfg); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%+v: %v; want an error that names %s", cfg, err, name)
		}
	}
}
