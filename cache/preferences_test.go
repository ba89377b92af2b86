package cache_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/summarizer"
)

var threshold = 0.4

var prefer = summarizer.Preferences{
	Selection: summarizer.Selection{Include: []string{"ada@example.org"}, Exclude: []string{"primary"}}, Threshold: &threshold,
}

func announced(context.Context) error { return nil }

func TestPreferencesAreKeptSealedWithoutEnd(t *testing.T) {
	t.Parallel()
	for name, seal := range map[string]*cache.Seal{"sealed": newSeal(t), "in clear": nil} {
		t.Run(name, func(t *testing.T) {
			redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
				b := setup(t, client, freshness.Config{Seal: seal})
				if got, err := b.store.Preferences(t.Context(), "u1"); err != nil || !got.IsZero() {
					t.Errorf("of a user who has set nothing: %+v, %v", got, err)
				}
				if err := b.store.SetPreferences(t.Context(), "u1", prefer, announced); err != nil {
					t.Fatal(err)
				}
				if got, err := b.store.Preferences(t.Context(), "u1"); err != nil || !reflect.DeepEqual(got, prefer) {
					t.Errorf("got %+v, %v; want %+v", got, err, prefer)
				}
				kept := client.Get(t.Context(), "foreday:{u1}:settings").Val()
				if strings.Contains(kept, "ada@example.org") != (seal == nil) {
					t.Errorf("kept is %q", kept)
				}
				if ttl := redistest.Admin(t, client).TTL(t.Context(), "foreday:{u1}:settings").Val(); ttl != -1 {
					t.Errorf("they live for %v", ttl)
				}
				client.Set(t.Context(), "foreday:{u2}:settings", kept, 0)
				if _, err := b.store.Preferences(t.Context(), "u2"); errors.Is(err, freshness.ErrUnreadable) != (seal != nil) {
					t.Errorf("another's, for one's own: %v", err)
				}
			})
		})
	}
}

func TestPreferencesAreAnnouncedOnceTheyAreKeptAndWheneverTheyAreSet(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.Mini(t).Client(t), freshness.Config{})
	times := 0
	for range 2 {
		err := b.store.SetPreferences(t.Context(), "u1", prefer, func(ctx context.Context) error {
			times++
			if got, err := b.store.Preferences(ctx, "u1"); err != nil || !reflect.DeepEqual(got, prefer) {
				t.Errorf("when they are announced they are %+v, %v", got, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if times != 2 {
		t.Errorf("announced %d times, want 2", times)
	}
	full := errors.New("the stream is full")
	if err := b.store.SetPreferences(t.Context(), "u1", prefer, func(context.Context) error { return full }); !errors.Is(err, full) {
		t.Errorf("an announcement that failed: %v", err)
	}
	wrong := summarizer.Preferences{Selection: summarizer.Selection{Include: []string{""}}}
	err := b.store.SetPreferences(t.Context(), "u1", wrong, func(context.Context) error {
		t.Error("what makes no sense is announced")
		return nil
	})
	if !errors.As(err, new(*summarizer.FieldError)) {
		t.Errorf("what makes no sense: %v", err)
	}
}

func TestARunBeginsWithThePreferencesOfItsTime(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, freshness.Config{Seal: newSeal(t)})
		begin := func() freshness.Run {
			run, begun, err := b.store.Begin(t.Context(), "o1", "u1", summarizer.Day{Date: day, Zone: berlin}, true)
			if err != nil || begun != freshness.BeginGo {
				t.Fatalf("Begin = %v, %v", begun, err)
			}
			return run
		}
		if run := begin(); !run.Preferences.IsZero() || run.Unreadable != nil {
			t.Errorf("of a user who has set nothing: %+v", run)
		}
		if err := b.store.SetPreferences(t.Context(), "u1", prefer, announced); err != nil {
			t.Fatal(err)
		}
		if run := begin(); !reflect.DeepEqual(run.Preferences, prefer) || run.Unreadable != nil {
			t.Errorf("after they were set: %+v", run)
		}
		client.Set(t.Context(), "foreday:{u1}:settings", "{}", 0)
		if run := begin(); !run.Preferences.IsZero() || !errors.Is(run.Unreadable, freshness.ErrUnreadable) {
			t.Errorf("of what cannot be read: %+v", run)
		}
	})
}

// While Redis is away, readers get what was last known to be wanted.
func TestWithoutRedisSummariesAreMadeByThePreferencesLastKnown(t *testing.T) {
	t.Parallel()
	for name, learn := range map[string]func(*testing.T, *bundle, *cache.Reader){
		"from a hit": func(t *testing.T, b *bundle, r *cache.Reader) {
			b.commit(t, "u1", "fresh")
			wantAnswer(t, get(t, r, "u1"), cache.Hit, "fresh")
		},
		"from a stale copy": func(t *testing.T, b *bundle, r *cache.Reader) {
			b.commit(t, "u1", "old")
			b.invalidate(t, "u1", true)
			wantAnswer(t, get(t, r, "u1"), cache.Stale, "old")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mini := redistest.Mini(t)
			b := setup(t, mini.Client(t), freshness.Config{})
			g := &generator{}
			r := b.reader(cache.ReaderConfig{Generator: g, RedisTimeout: 100 * time.Millisecond})
			if err := b.store.SetPreferences(t.Context(), "u1", prefer, announced); err != nil {
				t.Fatal(err)
			}
			learn(t, b, r)
			mini.Close()
			for user, want := range map[string]summarizer.Preferences{"u1": prefer, "u2": {}} {
				answer, err := r.Get(t.Context(), user, day, cache.Fresh())
				if err != nil {
					t.Fatal(err)
				}
				wantAnswer(t, answer, cache.Bypass, "generated")
				if got := g.prefer.Load(); !reflect.DeepEqual(*got, want) {
					t.Errorf("%s: made by %+v, want %+v", user, *got, want)
				}
			}
		})
	}
}
