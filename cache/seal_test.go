package cache_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cache/redistest"
)

func newSeal(t *testing.T) *cache.Seal {
	t.Helper()
	seal, err := cache.NewSeal(cache.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	return seal
}

func TestSealedSummariesAreReadBackAndCannotBeReadInRedis(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, freshness.Config{Seal: newSeal(t)})
		b.commit(t, "u1", "Dentist")
		fresh, stale, err := b.store.Peek(t.Context(), "u1", day)
		if err != nil || fresh == nil || stale == nil || fresh.Headline != "Dentist" || stale.Headline != "Dentist" {
			t.Fatalf("Peek = %+v, %+v, %v", fresh, stale, err)
		}
		for _, key := range []string{"foreday:{u1}:summary:2026-11-23", "foreday:{u1}:stale:2026-11-23"} {
			value, err := client.Get(t.Context(), key).Result()
			if err != nil || value == "" {
				t.Fatalf("GET %s = %q, %v", key, value, err)
			}
			if strings.Contains(value, "Dentist") || strings.Contains(value, "u1") {
				t.Errorf("%s can be read by anyone: %q", key, value)
			}
		}
	})
}

func TestOneSummaryIsNeverSealedTheSameTwice(t *testing.T) {
	t.Parallel()
	client := redistest.Mini(t).Client(t)
	b := setup(t, client, freshness.Config{Seal: newSeal(t)})
	b.commit(t, "u1", "same")
	first := client.Get(t.Context(), "foreday:{u1}:summary:2026-11-23").Val()
	b.invalidate(t, "u1", true)
	b.commit(t, "u1", "same")
	if second := client.Get(t.Context(), "foreday:{u1}:summary:2026-11-23").Val(); first == second {
		t.Error("the same bytes twice tell who reads Redis that nothing has changed")
	}
}

// Whoever can write to Redis, but has no key, must not be able to show one
// user's summary to another, or an old day's as today's.
func TestASealedSummaryIsBoundToItsUserAndDate(t *testing.T) {
	t.Parallel()
	client := redistest.Mini(t).Client(t)
	b := setup(t, client, freshness.Config{Seal: newSeal(t)})
	b.commit(t, "u1", "private")
	sealed := client.Get(t.Context(), "foreday:{u1}:summary:2026-11-23").Val()
	client.Set(t.Context(), "foreday:{u2}:summary:2026-11-23", sealed, 0)
	client.Set(t.Context(), "foreday:{u1}:summary:2026-11-24", sealed, 0)

	if fresh, _, err := b.store.Peek(t.Context(), "u2", day); fresh != nil || err != nil {
		t.Errorf("another user was given %+v, %v", fresh, err)
	}
	if fresh, _, err := b.store.Peek(t.Context(), "u1", day.AddDays(1)); fresh != nil || err != nil {
		t.Errorf("for another day, was given %+v, %v", fresh, err)
	}
}

func TestASealedSummaryThatWasTamperedWithIsNotRead(t *testing.T) {
	t.Parallel()
	client := redistest.Mini(t).Client(t)
	b := setup(t, client, freshness.Config{Seal: newSeal(t)})
	b.commit(t, "u1", "private")
	const key = "foreday:{u1}:summary:2026-11-23"
	sealed := client.Get(t.Context(), key).Val()
	for name, value := range map[string]string{
		"a bit flipped": sealed[:40] + string(sealed[40]^1) + sealed[41:],
		"cut off":       sealed[:len(sealed)-1],
		"too short":     sealed[:5],
		"in clear":      `{"user":"u1","date":"2026-11-23","headline":"forged"}`,
	} {
		client.Set(t.Context(), key, value, 0)
		if fresh, _, err := b.store.Peek(t.Context(), "u1", day); fresh != nil || err != nil {
			t.Errorf("%s: was given %+v, %v", name, fresh, err)
		}
	}
}

func TestAKeyIs32BytesInBase64(t *testing.T) {
	t.Parallel()
	of := func(n int) string { return base64.StdEncoding.EncodeToString(make([]byte, n)) }
	for name, key := range map[string]string{
		"empty": "", "16 bytes": of(16), "24 bytes": of(24), "31 bytes": of(31), "33 bytes": of(33), "64 bytes": of(64),
		"not base64": strings.Repeat("!", 44), "hex": strings.Repeat("0f", 32),
	} {
		if _, err := cache.NewSeal(key); err == nil {
			t.Errorf("%s: was taken", name)
		} else if key != "" && strings.Contains(err.Error(), key) {
			t.Errorf("%s: the error shows the key: %v", name, err)
		}
	}
	if _, err := cache.NewSeal(of(32)); err != nil {
		t.Error(err)
	}
	if first, second := cache.NewKey(), cache.NewKey(); first == second {
		t.Error("two new keys are the same")
	}
}

// Nor may they show the day as it was before the calendar changed.
func TestAnOldStaleCopyCannotBePassedOffAsFresh(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, freshness.Config{Seal: newSeal(t)})
		b.commit(t, "u1", "before")
		b.invalidate(t, "u1", true)
		const freshKey, staleKey = "foreday:{u1}:summary:2026-11-23", "foreday:{u1}:stale:2026-11-23"
		client.Set(t.Context(), freshKey, client.Get(t.Context(), staleKey).Val(), 0)
		fresh, stale, err := b.store.Peek(t.Context(), "u1", day)
		if fresh != nil || err != nil {
			t.Errorf("as fresh, was given %+v, %v", fresh, err)
		}
		if stale == nil || stale.Headline != "before" {
			t.Errorf("the stale copy in its own place is %+v", stale)
		}
	})
}

// A program that was just brought up to date finds what the one before it sealed
// for user and date alone: such a copy is as good as absent, and made anew.
func TestACopySealedByTheVersionBeforeCountsAsAbsent(t *testing.T) {
	t.Parallel()
	client, seal := redistest.Mini(t).Client(t), newSeal(t)
	b := setup(t, client, freshness.Config{Seal: seal})
	before := seal.Close([]byte(`{"user":"u1","date":"2026-11-23","headline":"before"}`), "u1", "2026-11-23")
	for _, key := range []string{"foreday:{u1}:summary:2026-11-23", "foreday:{u1}:stale:2026-11-23"} {
		client.Set(t.Context(), key, before, 0)
	}
	if fresh, stale, err := b.store.Peek(t.Context(), "u1", day); fresh != nil || stale != nil || err != nil {
		t.Errorf("Peek = %+v, %+v, %v", fresh, stale, err)
	}
	b.invalidate(t, "u1", true)
	b.commit(t, "u1", "after")
	if fresh, _, err := b.store.Peek(t.Context(), "u1", day); err != nil || fresh == nil || fresh.Headline != "after" {
		t.Errorf("after a run, Peek = %+v, %v", fresh, err)
	}
}
