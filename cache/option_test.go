package cache_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/summarizer"
)

// commitOf ends a run as the workers do: the summary says under which generation it was made.
func (b *bundle) commitOf(t *testing.T, run freshness.Run, headline string, age time.Duration) (fresh bool) {
	t.Helper()
	sum := summaryOf(run.User, headline)
	sum.Generation, sum.FetchedAt = run.Gen, sum.FetchedAt.Add(-age)
	c, err := b.store.Commit(t.Context(), run, sum)
	if err != nil {
		t.Fatal(err)
	}
	return c.Fresh
}

type got struct {
	cache.Answer
	err error
}

func ask(ctx context.Context, r *cache.Reader, user string, options ...cache.Option) <-chan got {
	c := make(chan got, 1)
	go func() {
		answer, err := r.Get(ctx, user, day, options...)
		c <- got{answer, err}
	}()
	return c
}

// Whoever insists gets what is fetched from then on. The copy that is there stays one
// for all others until then, and a run that has fetched before does not do.
func TestWhoeverInsistsGetsWhatIsFetchedFromThenOn(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, freshness.Config{})
		r := b.reader(cache.ReaderConfig{Wait: time.Minute})
		if !b.commitOf(t, b.begin(t, "u1"), "before", 0) {
			t.Fatal("no fresh copy")
		}
		insisting := ask(t.Context(), r, "u1", cache.Fresh())
		<-b.workers.asked
		wantAnswer(t, get(t, r, "u1"), cache.Hit, "before")
		run := b.begin(t, "u1") // though there is a fresh copy
		another := ask(t.Context(), r, "u1", cache.Fresh())
		for gen := run.Gen; gen == run.Gen; time.Sleep(time.Millisecond) {
			var err error
			if gen, err = b.store.Extend(t.Context(), run); err != nil {
				t.Fatal(err)
			} else if gen != run.Gen {
				break
			}
		}
		if b.commitOf(t, run, "outrun", 0) {
			t.Error("what was fetched before somebody insisted is fresh after it")
		}
		wantAnswer(t, get(t, r, "u1"), cache.Hit, "before")
		if !b.commitOf(t, b.begin(t, "u1"), "after", 0) {
			t.Error("no fresh copy of the run that began after it")
		}
		for _, c := range []<-chan got{insisting, another} {
			answer := <-c
			if answer.err != nil {
				t.Fatal(answer.err)
			}
			wantAnswer(t, answer.Answer, cache.Miss, "after")
		}
	})
}

// Where nothing newer comes in time, whoever insists is given what there is.
func TestWhoeverInsistsInVainGetsWhatThereIs(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.Mini(t).Client(t), freshness.Config{})
	r := b.reader(cache.ReaderConfig{Wait: 50 * time.Millisecond})
	b.commitOf(t, b.begin(t, "u1"), "old", time.Minute)
	answer := <-ask(t.Context(), r, "u1", cache.Fresh())
	wantAnswer(t, answer.Answer, cache.Hit, "old")
	b.invalidate(t, "u1", true)
	answer = <-ask(t.Context(), r, "u1", cache.Fresh())
	wantAnswer(t, answer.Answer, cache.Stale, "old")
	if answer = <-ask(t.Context(), r, "u2", cache.Fresh()); !errors.Is(answer.err, cache.ErrNotReady) {
		t.Errorf("with nothing at all: %v", answer.err)
	}
}

func TestAReaderSaysHowOldACopyMayBe(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.Mini(t).Client(t), freshness.Config{})
	r := b.reader(cache.ReaderConfig{Wait: 50 * time.Millisecond})
	b.commitOf(t, b.begin(t, "u1"), "old", time.Minute)
	wantAnswer(t, (<-ask(t.Context(), r, "u1", cache.MaxAge(time.Hour))).Answer, cache.Hit, "old")
	b.wantRequests(t, 0)
	wantAnswer(t, (<-ask(t.Context(), r, "u1", cache.MaxAge(time.Second))).Answer, cache.Hit, "old")
	b.wantRequests(t, 1)
	b.invalidate(t, "u1", true)
	wantAnswer(t, (<-ask(t.Context(), r, "u1", cache.MaxStale(time.Hour))).Answer, cache.Stale, "old")
	if answer := <-ask(t.Context(), r, "u1", cache.MaxStale(time.Second)); !errors.Is(answer.err, cache.ErrNotReady) {
		t.Errorf("a copy that is too old: %+v, %v", answer.Answer, answer.err)
	}
}

func TestWhoeverWantsWhatIsCachedNeverWaits(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.Mini(t).Client(t), freshness.Config{})
	generate := &generator{}
	r := b.reader(cache.ReaderConfig{Wait: time.Hour, Generator: generate})
	if answer := <-ask(t.Context(), r, "u1", cache.OnlyCached()); !errors.Is(answer.err, cache.ErrNotCached) {
		t.Errorf("with nothing: %+v, %v", answer.Answer, answer.err)
	}
	b.commitOf(t, b.begin(t, "u1"), "old", time.Minute)
	wantAnswer(t, (<-ask(t.Context(), r, "u1", cache.OnlyCached(), cache.Fresh())).Answer, cache.Hit, "old")
	b.invalidate(t, "u1", true)
	wantAnswer(t, (<-ask(t.Context(), r, "u1", cache.OnlyCached())).Answer, cache.Stale, "old")
	if n := generate.calls.Load(); n != 0 {
		t.Errorf("the generator was asked %d times", n)
	}
}

// trips counts the round trips of a client.
type trips struct{ n atomic.Int64 }

func (c *trips) DialHook(next redis.DialHook) redis.DialHook { return next }

func (c *trips) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error { c.n.Add(1); return next(ctx, cmd) }
}

func (c *trips) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error { c.n.Add(1); return next(ctx, cmds) }
}

func TestTodayCostsOneRoundTripLikeAnyDate(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC) // a new day in Berlin
	client := redistest.Mini(t).Client(t)
	b := setup(t, client, freshness.Config{})
	b.commit(t, "u1", "today")
	r := b.reader(cache.ReaderConfig{})
	for range 2 { // the first learns the zone, and marks the day as read
		answer, err := r.GetAhead(t.Context(), "u1", 0, now)
		if err != nil {
			t.Fatal(err)
		}
		wantAnswer(t, answer, cache.Hit, "today")
	}
	counter := &trips{}
	client.AddHook(counter)
	answer, err := r.GetAhead(t.Context(), "u1", 0, now)
	if err != nil {
		t.Fatal(err)
	}
	wantAnswer(t, answer, cache.Hit, "today")
	if counter.n.Load() != 1 {
		t.Errorf("it took %d round trips", counter.n.Load())
	}
	// The user has moved to where it is the day before.
	client.Set(t.Context(), "foreday:{u1}:zone", "America/New_York", 0)
	r2 := b.reader(cache.ReaderConfig{Wait: time.Millisecond})
	for _, r := range []*cache.Reader{r, r2} {
		if answer, err := r.GetAhead(t.Context(), "u1", 1, now); err != nil || answer.Summary.Date != day {
			t.Errorf("tomorrow, in New York: %s, %v", answer.Summary.Date, err)
		}
	}
}

// commitDays puts summaries of so many days of u1 into the cache.
func (b *bundle) commitDays(t *testing.T, days int) {
	t.Helper()
	for i := range days {
		run, _, err := b.store.Begin(t.Context(), rand(), "u1", summarizer.Day{Date: day.AddDays(i), Zone: berlin}, true)
		if err != nil {
			t.Fatal(err)
		}
		sum := summaryOf("u1", run.Date.String())
		sum.Date = run.Date
		if _, err := b.store.Commit(t.Context(), run, sum); err != nil {
			t.Fatal(err)
		}
	}
}

// getDays reads so many days of u1.
func getDays(t *testing.T, r *cache.Reader, days int) []cache.Answer {
	t.Helper()
	answers, err := r.GetDays(t.Context(), "u1", day, days)
	if err != nil {
		t.Fatal(err)
	}
	return answers
}

// What somebody else wrote into the place of one day's summary is nothing to the others.
func TestADayWhoseKeyIsOfAnotherKindSpoilsNoOther(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, freshness.Config{})
		b.commitDays(t, 3)
		key, staleKey := freshness.FreshKey("u1", day.AddDays(1)), "foreday:{u1}:stale:"+day.AddDays(1).String()
		old := client.Get(t.Context(), key).Val()
		client.Del(t.Context(), key, staleKey)
		client.LPush(t.Context(), key, "of somebody else")
		for _, local := range []bool{false, true} {
			r := b.reader(cache.ReaderConfig{Wait: time.Millisecond, LocalHits: local})
			for range 2 { // the second time, the others are known
				answers, err := r.GetDays(t.Context(), "u1", day, 3)
				var none cache.DaysError
				if !errors.As(err, &none) || len(none.Unwrap()) != 1 || !errors.Is(none[1], cache.ErrUnavailable) {
					t.Fatalf("the error is %v", err)
				}
				if !freshness.IsWrongType(none[1]) {
					t.Errorf("of the day itself, the error is %v", none[1])
				}
				wantAnswer(t, answers[0], cache.Hit, day.String())
				wantAnswer(t, answers[2], cache.Hit, day.AddDays(2).String())
			}
		}
		client.Set(t.Context(), staleKey, old, time.Hour)
		answers := getDays(t, b.reader(cache.ReaderConfig{}), 3)
		wantAnswer(t, answers[1], cache.Stale, day.AddDays(1).String())
		if answers[1].Detail == "" {
			t.Error("the stale copy does not say why there is no other")
		}
	})
}

func TestDaysThatAreThereCostOneRoundTrip(t *testing.T) {
	t.Parallel()
	client := redistest.Mini(t).Client(t)
	b := setup(t, client, freshness.Config{})
	b.commitDays(t, 3)
	r := b.reader(cache.ReaderConfig{Wait: time.Millisecond})
	getDays(t, r, 3)
	counter := &trips{}
	client.AddHook(counter)
	for i, answer := range getDays(t, r, 3) {
		wantAnswer(t, answer, cache.Hit, day.AddDays(i).String())
	}
	if counter.n.Load() != 1 {
		t.Errorf("three days took %d round trips", counter.n.Load())
	}
	answers, err := r.GetDays(t.Context(), "u1", day, 4)
	var none cache.DaysError
	if !errors.Is(err, cache.ErrNotReady) || !errors.As(err, &none) || len(none) != 4 || len(none.Unwrap()) != 1 || none[3] == nil {
		t.Errorf("with a day that nobody makes: %v", err)
	}
	for i, answer := range answers[:3] {
		wantAnswer(t, answer, cache.Hit, day.AddDays(i).String())
	}
	if answers[3].Status != "" {
		t.Errorf("a day that nobody makes is %s", answers[3].Status)
	}
}
