package worker_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/events"
	"foreday/summarizer"
)

func TestARunWhoseProcessIsGoneIsTakenOverWhateverItsLeaseSays(t *testing.T) {
	t.Parallel()
	redistest.Each(t, takesOverWhoIsGone)
	t.Run("cluster", func(t *testing.T) { takesOverWhoIsGone(t, redistest.Cluster(t, 3).Client(t)) })
}

func takesOverWhoIsGone(t *testing.T, client redis.UniversalClient) {
	b := setup(t, client, func(s *settings) { s.cache.Lease = time.Hour })
	b.google.AddUser("ada", berlin)
	alive := client.Subscribe(t.Context(), "asynq:{foreday:refresh}:alive:there:1")
	defer alive.Close()
	if _, err := alive.Receive(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.eventually("the message applied", func() bool {
		return b.ingester.Handle(t.Context(), []events.Delivery{{Message: changed("ada"), Published: time.Now()}}) == nil
	})
	_, begun, err := b.store.Begin(t.Context(), "there:1 a-run", "ada", summarizer.Day{Date: today, Zone: berlin}, true)
	if err != nil || begun != freshness.BeginGo {
		t.Fatal(begun, err)
	}
	b.work()
	time.Sleep(2 * time.Second) // several looks
	if fresh, _ := b.peek("ada", today); fresh != nil {
		t.Fatal("the run of a process that is there was taken over")
	}
	if err := alive.Close(); err != nil {
		t.Fatal(err)
	}
	b.awaitFresh("ada", today, holding())
}
