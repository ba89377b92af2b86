package bench

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cache/redistest"
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
