package cache_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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

// hits reports whether reads come from the process.
func hits(t *testing.T, r *cache.Reader, counter *trips) bool {
	t.Helper()
	get(t, r, "u1") // from Redis, if need be
	before := counter.n.Load()
	get(t, r, "u1")
	return counter.n.Load() == before
}

func TestAHitInTheProcessAsksNothingOfRedisAndEndsWhenItIsTold(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client := server.Client(t)
	b := setup(t, client, freshness.Config{})
	b.commit(t, "u1", "before")
	r := b.listening(t)
	counter := &trips{}
	client.AddHook(counter)
	for deadline := time.Now().Add(5 * time.Second); !hits(t, r, counter); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no hit in the process")
		}
	}
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
	server := redistest.Start(t)
	client := server.Client(t)
	b := setup(t, client, freshness.Config{})
	b.commit(t, "u1", "before")
	r := b.listening(t)
	counter := &trips{}
	client.AddHook(counter)
	for deadline := time.Now().Add(5 * time.Second); !hits(t, r, counter); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no hit in the process")
		}
	}
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

// Many readers, copies that are dropped and made anew all the time: whoever reads after
// some milliseconds never gets the one before. What was read before a drop and comes to be
// kept after it would break that.
func TestWhatIsReadDuringADropIsNotKept(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	b := setup(t, server.Client(t), freshness.Config{})
	r := b.listening(t)
	var floor atomic.Int64 // no copy of a lower generation may be a hit
	var readers sync.WaitGroup
	stop := make(chan struct{})
	var late atomic.Int64
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				least := floor.Load()
				if a, err := r.Get(t.Context(), "u1", day, cache.OnlyCached()); err == nil && a.Status == cache.Hit && a.Summary.Generation < least {
					late.Add(1)
				}
			}
		})
	}
	for range 30 {
		run := b.begin(t, "u1")
		b.commitOf(t, run, "x", 0)
		time.Sleep(5 * time.Millisecond)
		b.invalidate(t, "u1", true)
		time.Sleep(100 * time.Millisecond) // for the word to arrive, on a busy machine too
		floor.Store(run.Gen + 1)
	}
	close(stop)
	readers.Wait()
	if n := late.Load(); n > 0 {
		t.Errorf("%d hits in the process were of copies dropped 100 ms before", n)
	}
}
