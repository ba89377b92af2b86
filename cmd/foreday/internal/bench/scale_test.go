package bench

import (
	"io"
	"testing"

	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/cmd/foreday/internal/terminal"
)

// What is copied to a user is what a run of theirs would have left: a hit, which a run renews.
func TestTheCopiesOfBenchScaleAreSummariesLikeOthers(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t).Client(t)
	s := &scaling{bench: &bench{ctx: t.Context(), client: client}, store: freshness.NewStore(client, freshness.Config{})}
	for n := range 7 {
		if err := s.run(n); err != nil {
			t.Fatal(err)
		}
	}
	date := s.day().Date
	if err := redis.NewScript(scaleCopies).Run(t.Context(), client, nil, 7, 20, date.String()).Err(); err != nil {
		t.Fatal(err)
	}
	reader := cache.NewReader(s.store, cache.ReaderConfig{})
	for n := 7; n < 20; n++ {
		answer, err := reader.Get(t.Context(), s.user(n), date)
		if err != nil || answer.Status != cache.Hit || answer.Summary.User != s.user(n) || answer.Summary.NovelEvents != n%7 || answer.TTL <= 0 {
			t.Errorf("user %d: %v, %+v", n, err, answer)
		}
		if _, err := s.store.RequestAhead(t.Context(), s.user(n), date); err != nil {
			t.Fatal(err)
		}
		if err := s.run(n); err != nil {
			t.Errorf("user %d: %v", n, err)
		}
	}
	if keys := client.DBSize(t.Context()).Val(); keys < 5*20 {
		t.Errorf("twenty users have %d keys", keys)
	}
}

func TestTheRoutineOfAnEventfulYearIsWeighed(t *testing.T) {
	t.Parallel()
	client := redistest.Start(t).Client(t)
	s := &scaling{bench: &bench{ctx: t.Context(), client: client, progress: terminal.NewProgress(io.Discard, "")},
		store: freshness.NewStore(client, freshness.Config{})}
	m := map[string]float64{}
	if err := s.weighRoutines(m); err != nil {
		t.Fatal(err)
	}
	// A key and what Redis keeps of it come to the value.
	mean, longest := m["bytes_per_routine"], m["bytes_of_largest_routine"]
	if mean < longest/3 || mean > 3000 || longest > 3000 {
		t.Errorf("a routine takes %v bytes, the longest has %v", mean, longest)
	}
}
