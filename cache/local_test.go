package cache_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/summarizer"
)

// listening is a Reader with in-process hits.
func (b *bundle) listening(t *testing.T) *cache.Reader {
	r := b.reader(cache.ReaderConfig{LocalHits: true, Wait: 10 * time.Millisecond})
	ctx, stop := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() { r.KeepLocal(ctx) })
	t.Cleanup(func() { stop(); done.Wait() })
	return r
}

// awaitHits waits until reads come from the process, and returns what counts the others.
func awaitHits(t *testing.T, r *cache.Reader, client redis.UniversalClient) *trips {
	t.Helper()
	counter := &trips{}
	client.AddHook(counter)
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		get(t, r, "u1") // from Redis, if need be
		before := counter.n.Load()
		get(t, r, "u1")
		if counter.n.Load() == before {
			return counter
		}
		if time.Now().After(deadline) {
			t.Fatal("no hit in the process")
		}
	}
}

func TestAHitInTheProcessAsksNothingOfRedisAndEndsWhenItIsTold(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	client := server.Client(t)
	b := setup(t, client, freshness.Config{})
	b.commit(t, "u1", "before")
	r := b.listening(t)
	awaitHits(t, r, client)
	answer := get(t, r, "u1")
	answer.Summary.Events = append(answer.Summary.Events, summarizer.SummaryEvent{Title: "the caller's"})
	if again := get(t, r, "u1"); again.TTL <= 0 || again.TTL > time.Hour || len(again.Summary.Events) != 0 {
		t.Errorf("fresh for %v, with %d events", again.TTL, len(again.Summary.Events))
	}
	b.invalidate(t, "u1", true)
	for began := time.Now(); get(t, r, "u1").Status == cache.Hit; time.Sleep(time.Millisecond) {
		if time.Since(began) > 500*time.Millisecond {
			t.Fatal("a copy that was dropped in Redis is a hit after half a second")
		}
	}
	b.commit(t, "u1", "after")
	wantAnswer(t, get(t, r, "u1"), cache.Hit, "after")
}

// However the word of a drop is lost, no copy is a hit for longer than a second.
func TestNoHitInTheProcessIsASecondOld(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	client := server.Client(t)
	b := setup(t, client, freshness.Config{})
	b.commit(t, "u1", "before")
	r := b.listening(t)
	awaitHits(t, r, client)
	get(t, r, "u1")
	dropped := time.Now()
	client.Del(t.Context(), "foreday:{u1}:summary:"+day.String()) // and nobody says so
	for get2 := get(t, r, "u1"); get2.Status == cache.Hit || get2.Status == cache.Miss; time.Sleep(5 * time.Millisecond) {
		if time.Since(dropped) > time.Second {
			t.Fatal("a copy that is gone from Redis is a hit after a second")
		}
		get2, _ = r.Get(t.Context(), "u1", day)
	}
}

// afterReads does something each time a copy was read, before the reader has it.
type afterReads struct{ do func() }

func (h *afterReads) DialHook(next redis.DialHook) redis.DialHook { return next }

func (h *afterReads) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := next(ctx, cmd)
		h.do()
		return err
	}
}

func (h *afterReads) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		err := next(ctx, cmds)
		h.do()
		return err
	}
}

// A copy that is dropped while it is on its way to the reader is none that may be given
// again: the word of it has come already.
func TestWhatIsReadDuringADropIsNotKept(t *testing.T) {
	t.Parallel()
	server := redistest.New(t)
	client, others := server.Client(t), server.Client(t)
	b := setup(t, client, freshness.Config{})
	b.commit(t, "u1", "before")
	r := b.listening(t)
	counter := awaitHits(t, r, client)
	time.Sleep(time.Second) // the copy of the process counts no more
	var once sync.Once
	client.AddHook(&afterReads{func() {
		once.Do(func() {
			word := others.Subscribe(t.Context(), freshness.DroppedChannel)
			defer word.Close()
			if _, err := word.Receive(t.Context()); err != nil {
				t.Error(err)
			}
			elsewhere := setup(t, others, freshness.Config{})
			elsewhere.invalidate(t, "u1", true)
			if _, err := word.ReceiveMessage(t.Context()); err != nil {
				t.Error(err)
			}
			time.Sleep(100 * time.Millisecond) // the reader has it, too
		})
	}})
	wantAnswer(t, get(t, r, "u1"), cache.Hit, "before") // as it was when Redis was asked
	before := counter.n.Load()
	if answer := get(t, r, "u1"); answer.Status == cache.Hit || counter.n.Load() == before {
		t.Errorf("after the drop: %s, and Redis was asked %d times", answer.Status, counter.n.Load()-before)
	}
}

// today is served from the process like any date, and by the user's zone of the moment.
func TestTodayIsAHitInTheProcessToo(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC) // a new day in Berlin
	client := redistest.New(t).Client(t)
	b := setup(t, client, freshness.Config{})
	b.commit(t, "u1", "today")
	r := b.listening(t)
	counter := awaitHits(t, r, client)
	read := func() cache.Answer {
		answer, err := r.GetAhead(t.Context(), "u1", 0, now)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	read() // learns the zone
	before := counter.n.Load()
	wantAnswer(t, read(), cache.Hit, "today")
	if n := counter.n.Load() - before; n != 0 {
		t.Errorf("it took %d round trips", n)
	}
	client.Set(t.Context(), "foreday:{u1}:zone", "America/New_York", 0)
	time.Sleep(time.Second)
	get(t, r, "u1") // the copy of that date is in the process
	if answer, err := r.GetAhead(t.Context(), "u1", 0, now, cache.OnlyCached()); err == nil {
		t.Errorf("today in New York is %s", answer.Summary.Date)
	}
}

// With Redis away, what was read of today, or of several days, is there as well.
func TestWithRedisAwayTheLastCopiesAreGiven(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC)
	for name, read := range map[string]func(*cache.Reader, ...cache.Option) (cache.Answer, error){
		"a date": func(r *cache.Reader, o ...cache.Option) (cache.Answer, error) {
			return r.Get(t.Context(), "u1", day, o...)
		},
		"today": func(r *cache.Reader, o ...cache.Option) (cache.Answer, error) {
			return r.GetAhead(t.Context(), "u1", 0, now, o...)
		},
		"days": func(r *cache.Reader, o ...cache.Option) (cache.Answer, error) {
			answers, err := r.GetDays(t.Context(), "u1", day, 1, o...)
			return answers[0], err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mini := redistest.Mini(t)
			b := setup(t, mini.Client(t), freshness.Config{})
			r := b.reader(cache.ReaderConfig{RedisTimeout: 100 * time.Millisecond})
			for _, headline := range []string{"first", "last"} {
				b.invalidate(t, "u1", true)
				b.commitOf(t, b.begin(t, "u1"), headline, 0)
				for range 2 { // the second time, today's zone is known
					if answer, err := read(r); err != nil || answer.Status != cache.Hit {
						t.Fatalf("%+v, %v", answer, err)
					}
				}
			}
			mini.Close()
			for _, options := range [][]cache.Option{nil, {cache.OnlyCached()}} {
				answer, err := read(r, options...)
				if err != nil {
					t.Fatal(err)
				}
				wantAnswer(t, answer, cache.Bypass, "last")
			}
			if answer, err := read(r, cache.Fresh()); !errors.Is(err, cache.ErrUnavailable) {
				t.Errorf("whoever wants it anew: %+v, %v", answer, err)
			}
		})
	}
}
