package worker_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cache/redistest"
	"foreday/summarizer/google/googletest"
)

func TestWhatAReaderWaitsForComesFirst(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, func(s *settings) { s.concurrency = 1 })
		users := []string{"first", "ahead1", "ahead2", "ahead3", "reader"}
		for _, user := range users {
			b.google.AddUser(user, berlin)
		}
		var mu sync.Mutex
		var served []string
		b.googleDoor.onKnock(func(path string) {
			if user, ok := strings.CutPrefix(path, googletest.BrokerPath); ok {
				mu.Lock()
				defer mu.Unlock()
				if !slices.Contains(served, user) {
					served = append(served, user)
				}
			}
		})
		b.work()
		waiting, open := b.googleDoor.hold("/events")
		defer open()
		b.publish(changed("first"))
		b.await("the only worker busy", waiting)
		for _, user := range users[1:4] {
			b.publish(changed(user))
		}
		b.eventually("jobs waiting", func() bool { return b.waiting(refreshQueue) == 3 })
		got := make(chan error, 1)
		go func() {
			_, err := b.reader.Get(t.Context(), "reader", today)
			got <- err
		}()
		b.eventually("the reader's job waiting", func() bool { return b.waiting(readQueue) == 1 })
		open()
		if err := <-got; err != nil {
			t.Fatal(err)
		}
		for _, user := range users {
			b.awaitFresh(user, today, holding())
		}
		mu.Lock()
		defer mu.Unlock()
		if len(served) != len(users) || served[1] != "reader" {
			t.Errorf("served in the order %q, want the reader second", served)
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
		due := cache.Task{Action: cache.Enqueue, Token: cache.Token{User: "ada", Date: today, ID: "1"}, NotBefore: time.Now().Add(-time.Millisecond)}
		put := cache.Task{Action: cache.Enqueue, Token: cache.Token{User: "ada", Date: today, ID: "2"}, NotBefore: time.Now().Add(time.Hour)}
		tracked := cache.Task{Action: cache.Track, Token: cache.Token{User: "ada", Date: today, ID: "3"}}
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
