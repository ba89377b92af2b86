package cache_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/summarizer"
)

var (
	day    = summarizer.Date{Year: 2026, Month: 11, Day: 23}
	berlin = mustZone("Europe/Berlin")
)

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

func summaryOf(user, headline string) summarizer.Summary {
	now := time.Now().UTC().Truncate(time.Second)
	return summarizer.Summary{
		User: user, Date: day, Timezone: "Europe/Berlin", Headline: headline, Text: headline,
		Events: []summarizer.SummaryEvent{}, Writer: summarizer.PlainWriter,
		FetchedAt: now, GeneratedAt: now, Fingerprint: "f",
	}
}

// bundle is a store with workers who do what they are asked, or do not.
type bundle struct {
	store   *freshness.Store
	client  redis.UniversalClient
	workers *workers
}

func setup(t *testing.T, client redis.UniversalClient, cfg freshness.Config) *bundle {
	store := freshness.NewStore(client, cfg)
	return &bundle{store: store, client: client, workers: &workers{asked: make(chan freshness.Task, 10_000)}}
}

// reader fills in what the test leaves open. A Redis that is merely slow, as on
// a busy machine, is not to be taken for one that is away.
func (b *bundle) reader(cfg cache.ReaderConfig) *cache.Reader {
	if cfg.Requester == nil {
		cfg.Requester = b.workers
	}
	if cfg.RedisTimeout == 0 {
		cfg.RedisTimeout = 5 * time.Second
	}
	return cache.NewReader(b.store, cfg)
}

// workers queue what readers request, each token once, as the real queue does.
type workers struct {
	asked chan freshness.Task
	known sync.Map
}

func (w *workers) Request(_ context.Context, task freshness.Task) error {
	if _, known := w.known.LoadOrStore(task.Token, true); !known {
		w.asked <- task
	}
	return nil
}

func (b *bundle) begin(t *testing.T, user string) freshness.Run {
	t.Helper()
	run, how, err := b.store.Begin(t.Context(), t.Name()+rand(), user, summarizer.Day{Date: day, Zone: berlin}, true)
	if err != nil || how != freshness.BeginGo {
		t.Fatalf("Begin = %v, %v; want Go", how, err)
	}
	return run
}

var sequence atomic.Int64

func rand() string { return fmt.Sprint(sequence.Add(1)) }

// commit makes the headline the user's fresh summary.
func (b *bundle) commit(t *testing.T, user, headline string) {
	t.Helper()
	c, err := b.store.Commit(t.Context(), b.begin(t, user), summaryOf(user, headline))
	if err != nil || !c.Fresh {
		t.Fatalf("Commit = %+v, %v; want it fresh", c, err)
	}
}

// invalidate is what a message about the day does.
func (b *bundle) invalidate(t *testing.T, user string, due bool) []freshness.Task {
	t.Helper()
	out, err := b.store.Invalidate(t.Context(), []freshness.Invalidation{{
		User: user, Days: []freshness.DueDay{{Date: day, Due: due}}, Published: time.Now(),
	}})
	if err != nil || len(out) != 1 || out[0].Again {
		t.Fatalf("Invalidate = %+v, %v", out, err)
	}
	return out[0].Tasks
}

// generator stands in for what makes summaries without Redis.
type generator struct {
	calls  atomic.Int64
	prefer atomic.Pointer[summarizer.Preferences]                             // of the last call
	make   func(ctx context.Context, user string) (summarizer.Summary, error) // nil makes one at once
}

func (g *generator) Today(context.Context, string) (summarizer.Day, error) {
	g.calls.Add(1)
	return summarizer.Day{Date: day, Zone: berlin}, nil
}

func (g *generator) Generate(ctx context.Context, user string, _ summarizer.Date,
	prefer summarizer.Preferences) (summarizer.Summary, error) {
	g.calls.Add(1)
	g.prefer.Store(&prefer)
	if g.make == nil {
		return summaryOf(user, "generated"), nil
	}
	return g.make(ctx, user)
}

func get(t *testing.T, r *cache.Reader, user string) cache.Answer {
	t.Helper()
	answer, err := r.Get(t.Context(), user, day)
	if err != nil {
		t.Fatalf("Get(%s) = %v", user, err)
	}
	return answer
}

func wantAnswer(t *testing.T, got cache.Answer, status cache.Status, headline string) {
	t.Helper()
	if got.Status != status || got.Summary.Headline != headline {
		t.Errorf("got %s %q, want %s %q", got.Status, got.Summary.Headline, status, headline)
	}
}

func (b *bundle) wantRequests(t *testing.T, n int) {
	t.Helper()
	if got := len(b.workers.asked); got != n {
		t.Errorf("%d refreshes were requested, want %d", got, n)
	}
}

func TestAFreshSummaryIsAHitAndAsksNothingOfTheWorkers(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, freshness.Config{SummaryTTL: time.Hour})
		b.commit(t, "u1", "Dentist")
		answer := get(t, b.reader(cache.ReaderConfig{}), "u1")
		wantAnswer(t, answer, cache.Hit, "Dentist")
		if answer.TTL < 59*time.Minute || answer.TTL > time.Hour {
			t.Errorf("TTL = %v, want nearly an hour", answer.TTL)
		}
		b.wantRequests(t, 0)
	})
}

func TestAnInvalidatedSummaryIsGivenAsStaleAndANewOneRequested(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, freshness.Config{})
		r := b.reader(cache.ReaderConfig{})
		b.commit(t, "u1", "old")
		b.invalidate(t, "u1", false)
		wantAnswer(t, get(t, r, "u1"), cache.Stale, "old")
		wantAnswer(t, get(t, r, "u1"), cache.Stale, "old")
		b.wantRequests(t, 1)
		b.commit(t, "u1", "new")
		wantAnswer(t, get(t, r, "u1"), cache.Hit, "new")
	})
}

func TestAReaderMakesTheDayDueForWhatComesAfter(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, freshness.Config{})
		b.commit(t, "unread", "x")
		b.commit(t, "read", "x")
		wantAnswer(t, get(t, b.reader(cache.ReaderConfig{}), "read"), cache.Hit, "x")
		if tasks := b.invalidate(t, "unread", false); len(tasks) != 0 {
			t.Errorf("a day that nobody reads is regenerated: %+v", tasks)
		}
		if tasks := b.invalidate(t, "read", false); len(tasks) != 1 {
			t.Errorf("a day that was read gave %d tasks, want 1", len(tasks))
		}
	})
}

func TestAReaderWithNothingWaitsForTheWorkers(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, freshness.Config{})
		r := b.reader(cache.ReaderConfig{Wait: time.Minute})
		got := make(chan cache.Answer)
		go func() {
			answer, err := r.Get(t.Context(), "u1", day)
			if err != nil {
				t.Error(err)
			}
			got <- answer
		}()
		task := <-b.workers.asked
		if task.Token.User != "u1" || task.Token.Date != day || task.Action != freshness.ActEnqueue {
			t.Errorf("requested %+v, want u1's day enqueued", task)
		}
		b.commit(t, "u1", "made")
		wantAnswer(t, <-got, cache.Miss, "made")
	})
}

func TestManyReadersOfOneMissingDayCauseOneRefresh(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		const readers, shared = 100, 2 * time.Second // for so long, readers share a job that has not begun
		b := setup(t, client, freshness.Config{})
		r := b.reader(cache.ReaderConfig{Wait: time.Minute})
		began := time.Now()
		var done sync.WaitGroup
		for range readers {
			done.Go(func() {
				answer, err := r.Get(t.Context(), "u1", day)
				if err != nil || answer.Summary.Headline != "made" {
					t.Errorf("got %+v, %v", answer, err)
				}
			})
		}
		<-b.workers.asked
		b.commit(t, "u1", "made")
		done.Wait()
		if more, slow := len(b.workers.asked), int(time.Since(began)/shared); more > slow {
			t.Errorf("besides one, %d refreshes were requested within %v", more, time.Since(began))
		}
	})
}

// pipelines counts those that a client sends.
type pipelines struct{ n atomic.Int64 }

func (p *pipelines) DialHook(next redis.DialHook) redis.DialHook          { return next }
func (p *pipelines) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }

func (p *pipelines) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		p.n.Add(1)
		return next(ctx, cmds)
	}
}

// Hundreds who wait look again and again, a dozen times each within two seconds. They do so at
// the same moments, for a few round trips; nobody's trouble with a key is another's.
func TestTheManyWhoWaitLookTogether(t *testing.T) {
	t.Parallel()
	const readers = 320
	client := redistest.Start(t).Client(t)
	b := setup(t, client, freshness.Config{})
	seen := &pipelines{}
	client.AddHook(seen)
	r := b.reader(cache.ReaderConfig{Wait: 2 * time.Second})
	var waiting sync.WaitGroup
	for i := range readers {
		waiting.Go(func() {
			answer, err := r.Get(t.Context(), fmt.Sprintf("u%d", i), day)
			switch {
			case i == 0 && (err != nil || answer.Status != cache.Miss):
				t.Errorf("the one whose summary was made got %v, %v", answer.Status, err)
			case i == 1 && (err == nil || !strings.Contains(err.Error(), "WRONGTYPE")):
				t.Errorf("the one whose key is of the wrong type got %v", err)
			case i > 1 && !errors.Is(err, cache.ErrNotReady):
				t.Errorf("reader %d got %v", i, err)
			}
		})
	}
	for range readers {
		<-b.workers.asked
	}
	first := seen.n.Load()
	if err := client.LPush(t.Context(), freshness.FreshKey("u1", day), "no such thing").Err(); err != nil {
		t.Fatal(err)
	}
	b.commit(t, "u0", "made")
	waiting.Wait()
	if n := seen.n.Load() - first; n > 3*readers {
		t.Errorf("%d who waited looked with %d round trips", readers, n)
	}
}

func TestAReaderWhoHasWaitedEnoughIsToldSo(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.Mini(t).Client(t), freshness.Config{})
	r := b.reader(cache.ReaderConfig{Wait: 30 * time.Millisecond})
	if _, err := r.Get(t.Context(), "u1", day); !errors.Is(err, cache.ErrNotReady) {
		t.Errorf("got %v, want ErrNotReady", err)
	}
}

func TestAReaderWhoHasWaitedEnoughIsServedByTheGenerator(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.Mini(t).Client(t), freshness.Config{})
	r := b.reader(cache.ReaderConfig{Wait: 30 * time.Millisecond, Generator: &generator{}})
	wantAnswer(t, get(t, r, "u1"), cache.Miss, "generated")
}

func TestReadersWhoGiveUpWaitingDoNotMakeRedisLookDown(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.Mini(t).Client(t), freshness.Config{})
	r := b.reader(cache.ReaderConfig{Generator: &generator{}})
	b.commit(t, "u1", "fresh")
	for range 10 {
		gone, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
		if _, err := r.Get(gone, "u1", day); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want DeadlineExceeded", err)
		}
		cancel()
	}
	wantAnswer(t, get(t, r, "u1"), cache.Hit, "fresh")
}

func TestARedisThatDiesIsBypassedAndUsedAgainOnceItIsBack(t *testing.T) {
	t.Parallel()
	server := redistest.New(t, redistest.WithAppendOnly())
	client, err := cache.Connect(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	b := setup(t, client, freshness.Config{})
	g := &generator{}
	r := b.reader(cache.ReaderConfig{Generator: g, RedisTimeout: 500 * time.Millisecond})
	b.commit(t, "u1", "cached")
	wantAnswer(t, get(t, r, "u1"), cache.Hit, "cached")

	server.Kill(t)
	const reads = 5
	for range reads {
		began := time.Now()
		wantAnswer(t, get(t, r, "u1"), cache.Bypass, "cached") // the copy of this process
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("a read took %v without Redis, though that is given up after 500ms", took)
		}
	}
	for range reads {
		answer, err := r.Get(t.Context(), "u1", day, cache.Fresh())
		if err != nil {
			t.Fatal(err)
		}
		wantAnswer(t, answer, cache.Bypass, "generated")
	}
	if n := g.calls.Load(); n != reads {
		t.Errorf("the generator was asked %d times, want %d", n, reads)
	}

	server.Restart(t)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if answer := get(t, r, "u1"); answer.Status == cache.Hit {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("Redis is back, and still bypassed")
		}
	}
}

func TestARedisThatHangsIsGivenUpInTime(t *testing.T) {
	t.Parallel()
	client, err := cache.Connect("redis://" + silentServer(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	b := setup(t, client, freshness.Config{})
	r := b.reader(cache.ReaderConfig{Generator: &generator{}, RedisTimeout: 100 * time.Millisecond})
	began := time.Now()
	for range 10 { // a timeout for each of the first few, and none once it is known
		wantAnswer(t, get(t, r, "u1"), cache.Bypass, "generated")
	}
	if took := time.Since(began); took > 10*time.Second { // without a bound, a look takes that long
		t.Errorf("ten reads took %v, though each look is bounded by 100ms", took)
	}
}

// silentServer takes connections and never says a word.
func silentServer(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var open []net.Conn
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			open = append(open, conn)
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
		for _, conn := range open {
			_ = conn.Close()
		}
	})
	return l.Addr().String()
}

// withoutRedis is a bundle whose Redis is nowhere.
func withoutRedis(t *testing.T) *bundle {
	mini := redistest.Mini(t)
	client := mini.Client(t)
	mini.Close()
	return setup(t, client, freshness.Config{})
}

func TestWithoutRedisAndGeneratorAReaderIsToldSo(t *testing.T) {
	t.Parallel()
	_, err := withoutRedis(t).reader(cache.ReaderConfig{RedisTimeout: 100 * time.Millisecond}).Get(t.Context(), "u1", day)
	if !errors.Is(err, cache.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
}

func TestReadersOfOneDayShareWhatTheGeneratorMakes(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	g := &generator{make: func(_ context.Context, user string) (summarizer.Summary, error) {
		<-release
		return summaryOf(user, "shared"), nil
	}}
	r := withoutRedis(t).reader(cache.ReaderConfig{Generator: g, RedisTimeout: 100 * time.Millisecond})

	// The first reader starts it and goes away; it goes on for the others.
	first, leave := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, err := r.Get(first, "u1", day)
		gone <- err
	}()
	for g.calls.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	leave()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("the reader who left got %v, want Canceled", err)
	}

	var done sync.WaitGroup
	for range 20 {
		done.Go(func() {
			answer, err := r.Get(t.Context(), "u1", day)
			if err != nil || answer.Status != cache.Bypass || answer.Summary.Headline != "shared" {
				t.Errorf("got %+v, %v", answer, err)
			}
		})
	}
	time.AfterFunc(300*time.Millisecond, func() { close(release) })
	done.Wait()
	if n := g.calls.Load(); n > 2 { // a reader who came too late starts another
		t.Errorf("the generator was asked %d times for one day", n)
	}
}

// There is no queue that would keep who asks again and again from calling.
func TestWithoutRedisWhatFailedForAUserIsNotTriedAgainAtOnce(t *testing.T) {
	t.Parallel()
	var tried atomic.Int64
	g := &generator{make: func(_ context.Context, user string) (summarizer.Summary, error) {
		if user == "u1" {
			tried.Add(1)
			return summarizer.Summary{}, summarizer.ErrTemporary
		}
		return summaryOf(user, "made"), nil
	}}
	r := withoutRedis(t).reader(cache.ReaderConfig{Generator: g, RedisTimeout: 100 * time.Millisecond})
	for range 50 {
		if _, err := r.Get(t.Context(), "u1", day); !errors.Is(err, summarizer.ErrTemporary) {
			t.Fatalf("got %v, want what it failed with", err)
		}
		wantAnswer(t, get(t, r, "u2"), cache.Bypass, "made")
	}
	if n := tried.Load(); n > 10 {
		t.Errorf("50 reads in a row had it tried %d times", n)
	}
}

func TestAGeneratorsPanicIsAnErrorForItsReaders(t *testing.T) {
	t.Parallel()
	g := &generator{make: func(context.Context, string) (summarizer.Summary, error) { panic("no such luck") }}
	r := withoutRedis(t).reader(cache.ReaderConfig{Generator: g, RedisTimeout: 100 * time.Millisecond})
	if _, err := r.Get(t.Context(), "u1", day); err == nil || !strings.Contains(err.Error(), "panic: of type string in cache/") {
		t.Errorf("got %v, want the panic as an error", err)
	}
}

func TestLackOfAccessIsReportedInsteadOfTriedAgain(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, freshness.Config{FaultTTL: time.Hour})
		r := b.reader(cache.ReaderConfig{Wait: time.Minute})
		if _, err := b.store.Release(t.Context(), b.begin(t, "u1"), freshness.Failure{Fault: freshness.FaultAccess}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Get(t.Context(), "u1", day); !errors.Is(err, summarizer.ErrAccess) {
			t.Errorf("got %v, want ErrAccess", err)
		}
		b.wantRequests(t, 0)
	})
}

// Who reads again and again what cannot be had costs no more than a look for a fresh copy,
// and gets that as soon as there is one.
func TestAFaultThatWasToldIsNotAskedForAgainAtOnce(t *testing.T) {
	t.Parallel()
	for fault, want := range map[freshness.Fault]error{
		freshness.FaultAccess: summarizer.ErrAccess, freshness.FaultCalendar: summarizer.ErrTemporary,
	} {
		redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
			b := setup(t, client, freshness.Config{FaultTTL: time.Hour})
			r := b.reader(cache.ReaderConfig{Wait: 10 * time.Millisecond})
			run := b.begin(t, "u1")
			if _, err := b.store.Release(t.Context(), run, freshness.Failure{Fault: fault, Again: time.Hour}); err != nil {
				t.Fatal(err)
			}
			for i := range 2 {
				if _, err := r.Get(t.Context(), "u1", day); !errors.Is(err, want) {
					t.Errorf("read %d: got %v, want %v", i+1, err, want)
				}
				if err := client.Del(t.Context(), "foreday:{u1}:day:"+day.String()).Err(); err != nil { // what told of the fault
					t.Fatal(err)
				}
			}
			b.wantRequests(t, 0)
			if _, err := r.Get(t.Context(), "u1", day, cache.Fresh()); !errors.Is(err, cache.ErrNotReady) {
				t.Errorf("who insists got %v, want ErrNotReady", err)
			}
			b.wantRequests(t, 1)
			b.commit(t, "u1", "at last")
			wantAnswer(t, get(t, r, "u1"), cache.Hit, "at last")
		})
	}
}

// Who takes no stale copy is told of the fault; whoever takes one still gets it.
func TestAFaultThatAChoosyReaderWasToldKeepsNoStaleCopyFromOthers(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.Mini(t).Client(t), freshness.Config{FaultTTL: time.Hour})
	r := b.reader(cache.ReaderConfig{Wait: 10 * time.Millisecond})
	b.commit(t, "u1", "old")
	b.invalidate(t, "u1", true)
	if _, err := b.store.Release(t.Context(), b.begin(t, "u1"), freshness.Failure{Fault: freshness.FaultAccess}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Get(t.Context(), "u1", day, cache.MaxStale(time.Nanosecond)); !errors.Is(err, summarizer.ErrAccess) {
		t.Errorf("who takes no stale copy got %v, want no access", err)
	}
	wantAnswer(t, get(t, r, "u1"), cache.Stale, "old")
}

func TestLackOfAccessThatIsFoundMeanwhileEndsTheWait(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.Mini(t).Client(t), freshness.Config{FaultTTL: time.Hour})
	r := b.reader(cache.ReaderConfig{Wait: time.Minute})
	got := make(chan error)
	go func() {
		_, err := r.Get(t.Context(), "u1", day)
		got <- err
	}()
	<-b.workers.asked
	if _, err := b.store.Release(t.Context(), b.begin(t, "u1"), freshness.Failure{Fault: freshness.FaultAccess}); err != nil {
		t.Fatal(err)
	}
	if err := <-got; !errors.Is(err, summarizer.ErrAccess) {
		t.Errorf("got %v, want ErrAccess", err)
	}
}

func TestLackOfAccessIsForgottenAfterAWhile(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, freshness.Config{FaultTTL: time.Millisecond})
		if _, err := b.store.Release(t.Context(), b.begin(t, "u1"), freshness.Failure{Fault: freshness.FaultAccess}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond) // by the clock of Redis, which no test can set
		_, err := b.reader(cache.ReaderConfig{Wait: 10 * time.Millisecond}).Get(t.Context(), "u1", day)
		if errors.Is(err, summarizer.ErrAccess) {
			t.Error("the fault is still reported")
		}
		b.wantRequests(t, 1)
	})
}

func TestWithoutAccessAnOlderSummaryIsStillGiven(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, freshness.Config{FaultTTL: time.Hour})
		b.commit(t, "u1", "old")
		b.invalidate(t, "u1", true)
		if _, err := b.store.Release(t.Context(), b.begin(t, "u1"), freshness.Failure{Fault: freshness.FaultAccess}); err != nil {
			t.Fatal(err)
		}
		wantAnswer(t, get(t, b.reader(cache.ReaderConfig{}), "u1"), cache.Stale, "old")
	})
}

// It is tried again now and then, and by messages; nobody is told meanwhile that a new
// summary is on its way.
func TestAStaleCopySaysThatAccessWasDeniedUntilTheCalendarIsRead(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, freshness.Config{FaultTTL: time.Millisecond})
		r := b.reader(cache.ReaderConfig{})
		wantFault := func(when string, want freshness.Fault) {
			t.Helper()
			for range 3 {
				time.Sleep(2 * time.Millisecond) // longer than it is told to those who have nothing
				if got := get(t, r, "u1"); got.Status != cache.Stale || got.Fault != want {
					t.Errorf("%s: %s, because of %q, want %q", when, got.Status, got.Fault, want)
				}
			}
		}
		b.commit(t, "u1", "old")
		b.invalidate(t, "u1", true)
		wantFault("before anybody knows", freshness.NoFault)
		run := b.begin(t, "u1")
		wantFault("while it is found out", freshness.NoFault)
		for range 2 {
			if _, err := b.store.Release(t.Context(), run, freshness.Failure{Fault: freshness.FaultAccess}); err != nil {
				t.Fatal(err)
			}
			wantFault("once it is", freshness.FaultAccess)
			b.invalidate(t, "u1", true)
			run = b.begin(t, "u1")
			wantFault("while it is tried again", freshness.FaultAccess)
		}
		b.invalidate(t, "u1", true) // the run was in vain, but had access
		if _, err := b.store.Commit(t.Context(), run, summaryOf("u1", "new")); err != nil {
			t.Fatal(err)
		}
		wantFault("once it was read", freshness.NoFault)
	})
}

// What lies under a day's key and is not the user's summary of that day must not
// be given to anyone, nor keep a real one from being made.
func TestAnUnreadableCopyIsAMissAndIsReplaced(t *testing.T) {
	t.Parallel()
	mallorys := `{"user":"mallory","date":"2026-11-23","headline":"not yours","events":[]}`
	otherDays := `{"user":"u1","date":"2026-11-24","headline":"not today","events":[]}`
	for name, value := range map[string]string{
		"no JSON":               "\x00\x01 nothing",
		"cut off":               mallorys[:20],
		"another user's":        mallorys,
		"another day's":         otherDays,
		"JSON of another shape": `["u1"]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
				b := setup(t, client, freshness.Config{})
				b.wantReplaced(t, value)
			})
		})
	}
	t.Run("sealed with another key", func(t *testing.T) {
		t.Parallel()
		redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
			setup(t, client, freshness.Config{Seal: newSeal(t)}).commit(t, "u1", "secret")
			sealed := client.Get(t.Context(), "foreday:{u1}:summary:2026-11-23").Val()
			b := setup(t, client, freshness.Config{Seal: newSeal(t)})
			b.wantReplaced(t, sealed)
		})
	})
}

func (b *bundle) wantReplaced(t *testing.T, value string) {
	t.Helper()
	b.client.Set(t.Context(), "foreday:{u1}:summary:2026-11-23", value, time.Hour)
	b.client.Set(t.Context(), "foreday:{u1}:stale:2026-11-23", value, time.Hour)
	got := make(chan cache.Answer)
	go func() {
		answer, err := b.reader(cache.ReaderConfig{Wait: time.Minute}).Get(t.Context(), "u1", day)
		if err != nil {
			t.Error(err)
		}
		got <- answer
	}()
	select {
	case <-b.workers.asked:
		b.commit(t, "u1", "mine")
	case answer := <-got:
		t.Fatalf("was given %+v", answer)
	case <-time.After(20 * time.Second):
		t.Fatal("no refresh was requested")
	}
	wantAnswer(t, <-got, cache.Miss, "mine")
}

func TestTodayIsTheUsersOwn(t *testing.T) {
	t.Parallel()
	// The evening before in New York, a new day in Berlin.
	now := time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC)
	b := setup(t, redistest.Mini(t).Client(t), freshness.Config{})
	r := b.reader(cache.ReaderConfig{})
	b.commit(t, "u1", "x") // in Europe/Berlin

	got, err := r.Today(t.Context(), "u1", now)
	if err != nil || got.Date != day || got.Zone.String() != "Europe/Berlin" {
		t.Errorf("Today of a user with summaries = %v, %v", got, err)
	}
	got, err = r.Today(t.Context(), "nobody", now)
	if err != nil || got.Date != day.AddDays(-1) || got.Zone != time.UTC {
		t.Errorf("Today of an unknown user = %v, %v; want UTC's", got, err)
	}
	got, err = b.reader(cache.ReaderConfig{Generator: &generator{}}).Today(t.Context(), "nobody", now)
	if err != nil || got.Date != day {
		t.Errorf("Today of a user known to the calendar alone = %v, %v", got, err)
	}
}

func TestReadsAreCountedByWhereTheAnswerCameFrom(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewRegistry()
	b := setup(t, redistest.Mini(t).Client(t), freshness.Config{})
	r := b.reader(cache.ReaderConfig{Metrics: cache.NewMetrics(reg), Generator: &generator{}, Wait: 10 * time.Millisecond})
	get(t, r, "missing")
	b.commit(t, "u1", "x")
	get(t, r, "u1")
	get(t, r, "u1")
	b.invalidate(t, "u1", false)
	get(t, r, "u1")
	want := `
# HELP foreday_cache_reads_total Summaries read, by where the answer came from.
# TYPE foreday_cache_reads_total counter
foreday_cache_reads_total{result="bypass"} 0
foreday_cache_reads_total{result="hit"} 2
foreday_cache_reads_total{result="miss"} 1
foreday_cache_reads_total{result="stale"} 1
`
	if err := testutil.GatherAndCompare(reg, strings.NewReader(want)); err != nil {
		t.Error(err)
	}
}

// Where the workers have noted their key, not even the first copy is discarded that a process
// with another one meets.
func TestWithAnotherKeyThanTheNotedOneNothingIsDiscarded(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		seal := newSeal(t)
		b := setup(t, client, freshness.Config{Seal: seal})
		if err := cache.AgreeOnKey(t.Context(), client, seal); err != nil {
			t.Fatal(err)
		}
		b.commitDays(t, 3)
		for name, other := range map[string]*cache.Seal{"another": newSeal(t), "none": nil} {
			r := cache.NewReader(freshness.NewStore(client, freshness.Config{Seal: other}), cache.ReaderConfig{Requester: b.workers})
			if answers, err := r.GetDays(t.Context(), "u1", day, 3); !errors.Is(err, freshness.ErrUnreadable) {
				t.Errorf("%s: of three days, got %+v, %v", name, answers, err)
			}
			if answer, err := r.Get(t.Context(), "u1", day); !errors.Is(err, freshness.ErrUnreadable) {
				t.Errorf("%s: then, got %+v, %v", name, answer, err)
			}
		}
		for i, answer := range getDays(t, b.reader(cache.ReaderConfig{}), 3) {
			wantAnswer(t, answer, cache.Hit, day.AddDays(i).String())
		}
	})
}

// A process with another key than the workers': it reads nothing of what they make.
func TestWithAnotherKeyNobodyWaitsAndNothingIsDestroyed(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, freshness.Config{})
		seal, err := cache.NewSeal(cache.NewKey())
		if err != nil {
			t.Fatal(err)
		}
		var log strings.Builder
		r := cache.NewReader(freshness.NewStore(client, freshness.Config{Seal: seal}), cache.ReaderConfig{
			Requester: b.workers, Wait: time.Hour, RedisTimeout: time.Minute, Log: zerolog.New(&log),
			Generator: &generator{make: func(context.Context, string) (summarizer.Summary, error) { return summaryOf("u1", "made here"), nil }},
		})
		got := make(chan cache.Answer)
		go func() {
			answer, err := r.Get(t.Context(), "u1", day)
			if err != nil {
				t.Error(err)
			}
			got <- answer
		}()
		<-b.workers.asked
		b.commit(t, "u1", "the workers'")
		if answer := <-got; answer.Status != cache.Bypass || answer.Fault != freshness.FaultKey || answer.Summary.Headline != "made here" {
			t.Errorf("got %+v", answer)
		}
		for range 3 {
			if answer := get(t, r, "u1"); answer.Fault != freshness.FaultKey {
				t.Errorf("got %+v", answer)
			}
		}
		wantAnswer(t, get(t, b.reader(cache.ReaderConfig{}), "u1"), cache.Hit, "the workers'")
		if n := strings.Count(log.String(), "FOREDAY_KEY"); n != 1 {
			t.Errorf("the log says so %d times, want once:\n%s", n, log.String())
		}
	})
}
