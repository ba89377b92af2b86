package worker_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/events"
	"foreday/summarizer"
	"foreday/worker"
)

// tokens returns the promises that are open.
func (b *bench) tokens() []freshness.Token {
	b.Helper()
	entries, err := b.client.ZRange(b.Context(), "foreday:promised", 0, -1).Result()
	if err != nil {
		b.Fatal(err)
	}
	tokens := make([]freshness.Token, len(entries))
	for i, entry := range entries {
		if tokens[i], err = freshness.ParseToken(entry); err != nil {
			b.Fatal(err)
		}
	}
	return tokens
}

// overdue makes all promises due for a look now, instead of in some seconds.
func (b *bench) overdue() {
	b.Helper()
	if err := b.ledger.Track(b.Context(), -time.Millisecond, b.tokens()...); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) sweep() {
	b.Helper()
	s := &worker.Sweeper{Ledger: b.ledger, Queue: b.queue, Log: zerolog.Nop()}
	if _, err := s.Sweep(b.Context()); err != nil {
		b.Fatal(err)
	}
}

func TestAJobThatWasLostIsPutBackBySweeping(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(b *bench){
		"deleted by an operator": func(b *bench) {
			if err := b.inspector.DeleteTask(refreshQueue, b.theJob().ID); err != nil {
				b.Fatal(err)
			}
		},
		"with its whole queue": func(b *bench) {
			for _, key := range redistest.Keys(b, b.client, "asynq:*") {
				b.client.Del(b.Context(), key)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
				b := setup(t, client)
				b.google.AddUser("ada", berlin)
				event := b.insert("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
				b.deliver(created("ada", event))
				lost := b.theJob().ID
				lose(b)
				b.deliver(created("ada", event)) // further messages count on the job

				b.overdue()
				b.sweep()
				if tokens := b.tokens(); len(tokens) != 1 || tokens[0].String() == lost {
					t.Errorf("tokens %q are promised, want one other than %s", tokens, lost)
				}
				p := b.work()
				b.awaitFresh("ada", today, holding("Dentist"))
				b.settled()
				// An inspector does not find queues that were lost, nor their jobs.
				b.eventually("a refresh counted", func() bool { return p.refreshes("written") == 1 })
				if n := p.refreshes(allOutcomes...); n != 1 {
					t.Errorf("%d refreshes, want one", n)
				}
			})
		})
	}
}

// The whole way, with nothing made to go faster.
func TestAJobThatWasLostUnderARunningWorkerIsDoneWithinSeconds(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.New(t).Client(t))
	b.google.AddUser("ada", berlin)
	b.deliver(changed("ada"))
	if err := b.inspector.PauseQueue(refreshQueue); err != nil {
		t.Fatal(err)
	}
	p := b.work()
	b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
	b.acknowledged()
	if err := b.inspector.DeleteTask(refreshQueue, b.theJob().ID); err != nil {
		t.Fatal(err)
	}
	if err := b.inspector.UnpauseQueue(refreshQueue); err != nil {
		t.Fatal(err)
	}
	lost := time.Now()
	b.awaitFresh("ada", today, holding("Dentist"))
	if took := time.Since(lost); took > 15*time.Second {
		t.Errorf("it took %v", took)
	}
	b.settled()
	if n := p.counted("foreday_takeovers_total", ""); n != 1 {
		t.Errorf("%d takeovers were counted, want one", n)
	}
}

func TestAJobThatWaitsIsLeftAloneBySweeping(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.deliver(changed("ada"))
		waiting := b.theJob().ID
		b.overdue()
		b.sweep()
		if id := b.theJob().ID; id != waiting {
			t.Errorf("job %s took the place of %s", id, waiting)
		}
		if tokens := b.tokens(); len(tokens) != 1 {
			t.Errorf("%q are promised, want one", tokens)
		}
	})
}

// Entries that stand for nothing any more: the sweep strikes them off, and harms
// nobody else's.
func TestPromisesThatAreKeptAreStruckOffBySweeping(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.deliver(changed("ada"))
		waiting := b.tokens()[0]
		gone := []freshness.Token{{User: "ada", Date: today, ID: "1"}, {User: "bob", Date: today, ID: "2"}}
		if err := b.ledger.Track(t.Context(), -time.Second, gone...); err != nil {
			t.Fatal(err)
		}
		b.sweep() // ada's of old leads to the one that waits
		b.sweep()
		if tokens := b.tokens(); len(tokens) != 1 || tokens[0] != waiting {
			t.Errorf("%q are promised, want %s", tokens, waiting)
		}
		if job := b.theJob(); job.ID != waiting.String() {
			t.Errorf("job %s waits, want %s", job.ID, waiting)
		}
	})
}

func TestARunThatIsAliveIsLeftAloneBySweeping(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		p := b.work()
		waiting, open := b.modelDoor.hold("")
		defer open()
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.await("the model asked", waiting)
		b.overdue()
		b.sweep()
		open()
		b.awaitFresh("ada", today, holding("Dentist"))
		b.settled()
		if n := p.refreshes(allOutcomes...); n != 1 {
			t.Errorf("%d refreshes, want one", n)
		}
	})
}

func TestAWorkerThatWasTakenForDeadStopsItsWork(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, func(s *settings) { s.cache.Lease = time.Second })
		b.google.AddUser("ada", berlin)
		p := b.work()
		waiting, open := b.modelDoor.hold("")
		defer open()
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.await("the model asked", waiting)

		var run freshness.Run
		b.eventually("the run taken over", func() bool {
			client.HSet(t.Context(), "foreday:{ada}:day:2026-11-23", "lease", 1) // it ended long ago
			var begun freshness.Begun
			var err error
			run, begun, err = b.store.Begin(t.Context(), "another", "ada", summarizer.Day{Date: today, Zone: berlin}, true)
			return err == nil && begun == freshness.BeginGo
		})
		b.eventually("the first one stopped", func() bool { return p.refreshes("busy") == 1 })
		if c, err := b.store.Commit(t.Context(), run, summarizer.Summary{User: "ada", Date: today}); err != nil || !c.Fresh {
			t.Errorf("Commit of the other = %+v, %v", c, err)
		}
	})
}

func TestAJobThatIsDoneTwiceDoesItsWorkOnce(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		b.deliver(changed("ada"))
		r, token := b.refresher(nil), b.tokens()[0]
		if err := r.Refresh(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		first, _ := b.peek("ada", today)
		asked := b.google.Requests().Total
		if err := r.Refresh(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		if again, _ := b.peek("ada", today); first == nil || again == nil || again.Generation != first.Generation {
			t.Errorf("first %+v, then %+v", first, again)
		}
		if n := b.google.Requests().Total; n != asked {
			t.Errorf("Google was asked %d times more", n-asked)
		}
	})
}

func TestADayThatIsOverBeforeItsJobRunsIsNotSummarised(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		b.deliver(changed("ada"))
		b.now = b.now.AddDate(0, 0, 1)
		p := b.work()
		b.settled()
		if fresh, stale := b.peek("ada", today); fresh != nil || stale != nil || p.refreshes("idle") != 1 {
			t.Errorf("fresh copy %v, stale copy %v, %d idle; want nothing, and one idle", fresh, stale, p.refreshes("idle"))
		}
	})
}

func TestWithoutRedisNothingIsTakenForDone(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	b := setup(t, server.Client(t))
	b.google.AddUser("ada", berlin)
	server.Stop(t)
	token := freshness.Token{User: "ada", Date: today, ID: "1"}
	for what, do := range map[string]func(context.Context) error{
		"a batch was applied": func(ctx context.Context) error {
			return b.ingester.Handle(ctx, []events.Delivery{{Message: changed("ada"), Published: time.Now()}})
		},
		"a refresh was done": func(ctx context.Context) error { return b.refresher(nil).Refresh(ctx, token) },
		"promises were looked at": func(ctx context.Context) error {
			_, err := (&worker.Sweeper{Ledger: b.ledger, Queue: b.queue, Log: b.log}).Sweep(ctx)
			return err
		},
		"a job was queued": func(ctx context.Context) error {
			return b.queue.Request(ctx, freshness.Task{Token: token, Action: freshness.ActEnqueue})
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond) // the client tries for seconds
			defer cancel()
			if err := do(ctx); err == nil {
				t.Error(what)
			}
		})
	}
}

// failing signals that a command on a key found no Redis, however often the client
// tried.
type failing struct {
	key    string
	signal chan struct{}
}

func (f failing) DialHook(next redis.DialHook) redis.DialHook { return next }
func (f failing) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}
func (f failing) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := next(ctx, cmd)
		if err != nil && !errors.As(err, new(redis.Error)) && slices.Contains(cmd.Args(), any(f.key)) {
			select {
			case f.signal <- struct{}{}:
			default:
			}
		}
		return err
	}
}

func TestASummaryIsHeldReadyWhileRedisIsAway(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.WithAppendOnly()) // whose pool is looked into
	client := server.Client(t)
	inVain := failing{key: "foreday:{ada}:summary:2026-11-23", signal: make(chan struct{}, 1)}
	client.AddHook(inVain)
	b := setup(t, client, func(s *settings) { s.cache.Lease = patience })
	b.google.AddUser("ada", berlin)
	p := b.work()
	waiting, open := b.modelDoor.hold("")
	defer open()
	b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
	b.await("the model asked", waiting)
	b.acknowledged()

	server.Kill(t)
	open()
	b.await("the commit failed", inVain.signal)
	server.Restart(t)
	// After many failed dials, the pool has none that it lacks dialed until a probe
	// of its own gets through: it must have them all.
	b.eventually("Redis within reach", func() bool {
		var all errgroup.Group
		for range 10 * client.Options().PoolSize {
			all.Go(func() error { return client.Ping(t.Context()).Err() })
		}
		return all.Wait() == nil
	})
	b.awaitFresh("ada", today, holding("Dentist"))
	// The commit gets through first of all. What follows it at once, asynq's own word
	// that the job is done among it, may not: then the job comes again, later, and finds
	// that nothing is left to do.
	b.eventually("nothing promised any more", func() bool { return len(promises(b.tokens())) == 0 })
	if n := b.model.Counts().Requests; n != 1 {
		t.Errorf("the model was asked %d times, want once", n)
	}
	if made, all := p.refreshes("written"), p.refreshes(allOutcomes...)-p.refreshes("done"); made != 1 || all != 1 {
		t.Errorf("%d refreshes made a summary, of %d that had something to do; want one", made, all)
	}
}

// Of a day whose run has died, a later token may be pending by now: it is looked at
// in the same sweep.
func TestASweepPutsBackWhatCameDuringTheRunOfADeadWorker(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		b.deliver(created("ada", b.insert("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")))
		first := b.tokens()[0]
		if err := b.inspector.DeleteTask(refreshQueue, b.theJob().ID); err != nil { // it is the dead worker's
			t.Fatal(err)
		}
		if _, begun, err := b.store.Begin(t.Context(), "dead", "ada", summarizer.Day{Date: today, Zone: berlin}, true); err != nil ||
			begun != freshness.BeginGo {
			t.Fatalf("Begin = %v, %v", begun, err)
		}
		b.deliver(created("ada", b.insert("ada", "Piano tuner", "2026-11-23 17:00", "2026-11-23 18:00")))
		if len(b.tokens()) != 2 || len(b.jobs()) != 0 {
			t.Fatalf("%q are promised, %d jobs wait; want two, and none", b.tokens(), len(b.jobs()))
		}
		client.HSet(t.Context(), "foreday:{ada}:day:2026-11-23", "lease", 1) // it ended long ago
		if err := b.ledger.Track(t.Context(), -time.Millisecond, first); err != nil {
			t.Fatal(err)
		}
		b.sweep()
		if tokens := b.tokens(); len(tokens) != 1 || tokens[0].String() != b.theJob().ID {
			t.Errorf("%q are promised, want the one job", tokens)
		}
	})
}

func TestAJobThatFailedForGoodDoesNotStandInTheWayOfTheNextMessage(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		b.deliver(changed("ada"))
		if err := b.inspector.ArchiveTask(refreshQueue, b.theJob().ID); err != nil {
			t.Fatal(err)
		}
		b.overdue()
		b.sweep()
		if job := b.theJob(); job.State != asynq.TaskStateArchived || len(b.tokens()) > 0 {
			t.Errorf("the job is %v and %q are promised; want it archived, and nothing promised", job.State, b.tokens())
		}
		b.work()
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.awaitFresh("ada", today, holding("Dentist"))
	})
}

// A worker that was killed says nothing any more: all that others see is that its
// lease is not extended.
func TestTheRunOfADeadWorkerIsTakenOver(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, func(s *settings) { s.cache.Lease = 500 * time.Millisecond })
		b.google.AddUser("ada", berlin)
		b.deliver(created("ada", b.insert("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")))
		if err := b.inspector.DeleteTask(refreshQueue, b.theJob().ID); err != nil { // it is the dead worker's
			t.Fatal(err)
		}
		dead, begun, err := b.store.Begin(t.Context(), "dead", "ada", summarizer.Day{Date: today, Zone: berlin}, true)
		if err != nil || begun != freshness.BeginGo {
			t.Fatalf("Begin = %v, %v", begun, err)
		}
		b.overdue()
		p := b.work()
		sum := b.awaitFresh("ada", today, holding("Dentist"))
		b.settled()
		if p.counted("foreday_takeovers_total", "") == 0 {
			t.Error("no takeover was counted")
		}

		// Should it have been slow instead, what it comes with is not wanted.
		c, err := b.store.Commit(t.Context(), dead, summarizer.Summary{User: "ada", Date: today})
		if err != nil || c.Fresh {
			t.Errorf("Commit of the run taken over = %+v, %v", c, err)
		}
		if fresh, stale := b.peek("ada", today); fresh == nil || stale == nil || fresh.Generation != sum.Generation ||
			stale.Generation != sum.Generation {
			t.Error("it replaced the copy of the run that took over")
		}
	})
}

// A worker that died after it had invalidated the day, and before it had queued
// the job, leaves a token that stands for nothing.
func TestAMessageThatIsDeliveredAgainQueuesTheJobThatItsFirstConsumerDidNot(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		out, err := b.store.Invalidate(t.Context(), []freshness.Invalidation{{
			User: "ada", Days: []freshness.DueDay{{Date: today, Due: true}}, Published: time.Now(), SetZone: berlin.String(),
		}})
		if err != nil || len(out) != 1 || len(out[0].Tasks) != 1 {
			t.Fatalf("Invalidate = %+v, %v", out, err)
		}
		again := events.Delivery{Message: changed("ada"), Published: time.Now(), Redelivered: true}
		if err := b.ingester.Handle(t.Context(), []events.Delivery{again}); err != nil {
			t.Fatal(err)
		}
		want := out[0].Tasks[0].Token
		if id := b.theJob().ID; id != want.String() || !slices.Contains(b.tokens(), want) {
			t.Errorf("job %s is queued and %q are promised, want %s", id, b.tokens(), want)
		}
	})
}

func TestAWorkerThatIsStoppedHandsItsRefreshesBack(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, func(s *settings) { s.shutdown = 200 * time.Millisecond })
		b.google.AddUser("ada", berlin)
		stopped := b.work()
		waiting, open := b.modelDoor.hold("")
		defer open()
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.await("the model asked", waiting)
		if took := stopped.stop(); took > b.shutdown+8*time.Second {
			t.Errorf("stopping took %v", took)
		}
		if job := b.theJob(); job.Retried != 0 {
			t.Errorf("the job counts as failed %d times", job.Retried)
		}
		if n := stopped.refreshes("deferred"); n != 1 {
			t.Errorf("%d refreshes were put off, want one", n)
		}

		open()
		other := b.work()
		b.awaitFresh("ada", today, holding("Dentist"))
		b.settled()
		if n := other.counted("foreday_takeovers_total", ""); n > 0 {
			t.Error("the other worker had to find it by sweeping")
		}
	})
}

func TestAWorkerThatIsStoppedFinishesWhatItCanInTime(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.New(t).Client(t))
	b.google.AddUser("ada", berlin)
	p := b.work()
	waiting, open := b.modelDoor.hold("")
	defer open()
	b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
	b.await("the model asked", waiting)
	time.AfterFunc(100*time.Millisecond, open)
	p.stop()
	if fresh, _ := b.peek("ada", today); fresh == nil || !holding("Dentist")(*fresh) {
		t.Errorf("when it had stopped, the fresh copy was %v", fresh)
	}
	if len(b.jobs()) > 0 || len(b.tokens()) > 0 {
		t.Errorf("when it had stopped, there were %d jobs, and %q were promised", len(b.jobs()), b.tokens())
	}
}

// Whatever waits for Redis then is left behind: others take over what it holds.
func TestAWorkerThatIsStoppedDoesNotWaitForARedisThatHangs(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := redis.NewClient(&redis.Options{Addr: server.Addr(), ReadTimeout: -1, WriteTimeout: -1})
	t.Cleanup(func() { _ = client.Close() })
	b := setup(t, client, func(s *settings) { s.shutdown = 200 * time.Millisecond })
	b.google.AddUser("ada", berlin)
	p := b.work()
	waiting, open := b.modelDoor.hold("")
	b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
	b.await("the model asked", waiting)
	server.Freeze(t)
	open()
	if took := p.stop(); took > b.shutdown+10*time.Second {
		t.Errorf("stopping took %v", took)
	}
	server.Thaw(t)
	b.eventually("the end of what was left behind", func() bool {
		running, err := b.inspector.Servers()
		return err == nil && len(running) == 0
	})
}

func TestAWorkerThatMayNotReadTheStreamSaysSoAndEnds(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.New(t).Client(t))
	if err := redistest.Admin(t, b.client).Set(t.Context(), events.DefaultStream, "no stream", 0).Err(); err != nil {
		t.Fatal(err)
	}
	consumer, err := events.NewConsumer(b.client, events.ConsumerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		ended <- worker.Run(t.Context(), worker.Config{
			Client: b.client, Consumer: consumer, Ingester: b.ingester, Refresher: b.refresher(nil), Log: b.log,
		})
	}()
	select {
	case err := <-ended:
		if err == nil || !strings.Contains(err.Error(), events.DefaultStream) {
			t.Errorf("Run returned %v", err)
		}
	case <-time.After(patience):
		t.Error("Run did not return")
	}
}

func TestAWorkerThatRedisKeepsWaitingSaysThatItLeftSomething(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	b := setup(t, server.Client(t))
	consumer, err := events.NewConsumer(b.client, events.ConsumerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- worker.Run(ctx, worker.Config{
			Client: b.client, Consumer: consumer, Ingester: b.ingester, Refresher: b.refresher(nil),
			ShutdownTimeout: time.Millisecond, Log: b.log,
		})
	}()
	b.eventually("it reads the stream", func() bool {
		groups, err := b.client.XInfoGroups(t.Context(), events.DefaultStream).Result()
		return err == nil && len(groups) == 1 && groups[0].Consumers == 1
	})
	server.Freeze(t)
	stop()
	if err := <-ended; !errors.Is(err, worker.ErrLeft) {
		t.Errorf("Run returned %v, want %v", err, worker.ErrLeft)
	}
	server.Thaw(t)
	// Until then, the client is in use.
	b.eventually("its job servers have ended", func() bool {
		n, err := b.client.ZCard(t.Context(), "asynq:servers").Result()
		return err == nil && n == 0
	})
}

func TestWithoutRedisReadersAreAnsweredAllTheSame(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	b := setup(t, server.Client(t))
	b.google.AddUser("ada", auckland)
	b.insert("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00") // 03:00 of the next day in Auckland
	direct := worker.Direct{Summarizer: b.summarizer(), Now: b.clock}
	reader := cache.NewReader(b.store, cache.ReaderConfig{Requester: b.queue, Generator: direct, Log: zerolog.Nop()})
	server.Stop(t)

	day, err := reader.Today(t.Context(), "ada", morning)
	if err != nil || day.Date != today || day.Zone.String() != "Pacific/Auckland" {
		t.Errorf("today is %v, %v", day, err)
	}
	answer, err := reader.Get(t.Context(), "ada", today.AddDays(1))
	if err != nil || answer.Status != cache.Bypass || !holding("Dentist")(answer.Summary) {
		t.Errorf("the reader got %+v, %v", answer, err)
	}
	if _, err := direct.Today(t.Context(), "nobody"); !errors.Is(err, summarizer.ErrAccess) {
		t.Errorf("the day of somebody without a calendar: %v, want ErrAccess", err)
	}
	if _, err := direct.Generate(t.Context(), "nobody", today, summarizer.Preferences{}); !errors.Is(err, summarizer.ErrAccess) {
		t.Errorf("the summary of somebody without a calendar: %v, want ErrAccess", err)
	}
}
