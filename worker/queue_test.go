package worker_test

import (
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/summarizer/google/googletest"
	"foreday/worker"
)

func TestAReaderWaitsForNoOtherRefresh(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, func(s *settings) { s.concurrency = 1 })
		users := []string{"first", "second", "third", "reader"}
		for _, user := range users {
			b.google.AddUser(user, berlin)
		}
		b.work()
		busy, open := b.googleDoor.hold(googletest.BrokerPath + "first")
		defer open()
		b.publish(changed("first"))
		b.await("the only refresh that may run ahead of readers", busy)
		for _, user := range users[1:3] {
			b.publish(changed(user))
		}
		b.eventually("jobs waiting", func() bool { return b.waiting(refreshQueue) == 2 })
		res, err := b.reader.Get(t.Context(), "reader", today)
		if err != nil || res.Status != cache.Miss {
			t.Errorf("the reader got %v, %v, want a summary made now", res.Status, err)
		}
		if n := b.waiting(refreshQueue); n != 2 {
			t.Errorf("%d jobs wait, want 2: the reader's refresh did not run beside the other", n)
		}
		open()
		for _, user := range users {
			b.awaitFresh(user, today, holding())
		}
	})
}

// waiting returns how many jobs wait in a queue.
func (b *bench) waiting(queue string) int {
	n := 0
	for _, job := range b.jobs() {
		if job.Queue == queue && job.State == asynq.TaskStatePending {
			n++
		}
	}
	return n
}

func TestACooldownDelaysTheSecondRefreshAndDoesNotDropIt(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		const cooldown = time.Second
		b := setup(t, client, func(s *settings) { s.cache.Cooldown = cooldown })
		b.google.AddUser("ada", berlin)
		p := b.work()
		began := time.Now()
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.awaitFresh("ada", today, holding("Dentist"))
		b.create("ada", "Piano tuner", "2026-11-23 17:00", "2026-11-23 18:00")
		b.acknowledged()
		both := holding("Dentist", "Piano tuner")
		if fresh, _ := b.peek("ada", today); fresh != nil && !both(*fresh) {
			t.Errorf("while the second one waits, %q is given as fresh", titlesOf(*fresh))
		}
		sum := b.awaitFresh("ada", today, both)
		if sum.FetchedAt.Before(began.Add(cooldown)) {
			t.Errorf("the second refresh began %v after the first or sooner, want %v", sum.FetchedAt.Sub(began), cooldown)
		}
		b.settled()
		if n := p.refreshes(allOutcomes...); n != 2 {
			t.Errorf("%d refreshes, want 2", n)
		}
	})
}

func TestATaskIsEnqueuedOnceAndAtOnceIfItsTimeHasCome(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		due := freshness.Task{Action: freshness.ActEnqueue, Token: freshness.Token{User: "ada", Date: today, ID: "1"},
			NotBefore: time.Now().Add(-time.Millisecond)}
		put := freshness.Task{Action: freshness.ActEnqueue, Token: freshness.Token{User: "ada", Date: today, ID: "2"},
			NotBefore: time.Now().Add(time.Hour)}
		tracked := freshness.Task{Action: freshness.ActTrack, Token: freshness.Token{User: "ada", Date: today, ID: "3"}}
		for range 2 {
			if err := b.queue.Enqueue(t.Context(), due, put, tracked); err != nil {
				t.Fatal(err)
			}
		}
		states := make(map[string]asynq.TaskState)
		for _, job := range b.jobs() {
			states[job.ID] = job.State
			if job.State == asynq.TaskStateScheduled && job.NextProcessAt.Before(put.NotBefore) {
				t.Errorf("job %s comes at %v, before %v", job.ID, job.NextProcessAt, put.NotBefore)
			}
		}
		if len(states) != 2 || states[due.Token.String()] != asynq.TaskStatePending || states[put.Token.String()] != asynq.TaskStateScheduled {
			t.Errorf("jobs %v, want 1 pending and 2 scheduled", states)
		}
	})
}

// asynq keeps the text of an error alone.
func TestAQueueThatTakesNoJobsSaysWhy(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	client, err := cache.Connect(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	queue := worker.NewQueue(client, "q")
	task := freshness.Task{Action: freshness.ActEnqueue, Token: freshness.Token{User: "u", Date: today, ID: "1"}}
	if err := queue.Request(t.Context(), task); err != nil {
		t.Fatal(err)
	}
	task.Token.ID = "2"
	client.ConfigSet(t.Context(), "maxmemory", "1")
	if err := queue.Request(t.Context(), task); cache.CodeOf(err) != "redis-out-of-memory" {
		t.Errorf("full: %v", err)
	}
	client.ConfigSet(t.Context(), "maxmemory", "0")
	client.Do(t.Context(), "ACL", "SETUSER", "default", "resetkeys", "~foreday:*")
	if err := queue.Request(t.Context(), task); cache.CodeOf(err) != "redis-no-permission" {
		t.Errorf("without its keys: %v", err)
	}
}
