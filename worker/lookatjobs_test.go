package worker_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/worker"
)

// jobOf finds the only job of a token.
func (b *bench) jobOf(token freshness.Token) worker.Job {
	b.Helper()
	jobs, err := b.queue.Jobs(b.Context(), token)
	if err != nil || len(jobs) != 1 {
		b.Fatalf("jobs of %s: %+v, %v", token, jobs, err)
	}
	return jobs[0]
}

func TestTheJobOfATokenIsFoundWithItsPlaceInTheQueue(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		var tokens []freshness.Token
		for i := range 3 {
			tokens = append(tokens, freshness.Token{User: fmt.Sprint("u", i), Date: today, ID: "1"})
			if err := b.queue.Enqueue(t.Context(), freshness.Task{Token: tokens[i], Action: freshness.ActEnqueue}); err != nil {
				t.Fatal(err)
			}
		}
		for i, token := range tokens {
			if j := b.jobOf(token); j.State != worker.JobPending || j.Queue != refreshQueue || j.Before != int64(i) || j.Paused {
				t.Errorf("job %d: %+v", i, j)
			}
		}
		if err := b.inspector.PauseQueue(refreshQueue); err != nil {
			t.Fatal(err)
		}
		if j := b.jobOf(tokens[0]); !j.Paused {
			t.Errorf("its queue is paused: %+v", j)
		}
		later := freshness.Token{User: "later", Date: today, ID: "1"}
		task := freshness.Task{Token: later, Action: freshness.ActEnqueue, NotBefore: time.Now().Add(time.Hour)}
		if err := b.queue.Request(t.Context(), task); err != nil {
			t.Fatal(err)
		}
		if j := b.jobOf(later); j.State != worker.JobScheduled || j.Queue != readQueue || time.Until(j.Next) < 50*time.Minute {
			t.Errorf("a job for later: %+v", j)
		}
		if err := b.inspector.ArchiveTask(readQueue, later.String()); err != nil {
			t.Fatal(err)
		}
		if j := b.jobOf(later); j.State != worker.JobArchived {
			t.Errorf("an archived job: %+v", j)
		}
		if jobs, err := b.queue.Jobs(t.Context(), freshness.Token{User: "nobody", Date: today, ID: "1"}); len(jobs) != 0 || err != nil {
			t.Errorf("jobs of nobody: %+v, %v", jobs, err)
		}
	})
}

// Who looks for what became of a message finds it by its ID.
func TestAMessageCanBeFollowedThroughTheLog(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		var logs lines
		b := setup(t, client, func(s *settings) { s.log = zerolog.New(&logs) })
		b.ingester.Log = b.log
		b.google.AddUser("ada", berlin)
		b.work()
		busy, open := b.googleDoor.hold("ada")
		defer open()
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.await("the refresh", busy)
		state := func() freshness.State {
			st, err := b.store.State(t.Context(), "ada", today)
			if err != nil {
				t.Fatal(err)
			}
			return st
		}
		id := state().Message
		if newest := client.XRevRangeN(t.Context(), "foreday:events", "+", "-", 1).Val(); len(newest) == 1 && newest[0].ID != id {
			t.Errorf("the state names message %q, want %s", id, newest[0].ID)
		}
		token := state().Last.ID
		open()
		b.awaitFresh("ada", today, holding("Dentist"))
		b.eventually("the line of the refresh", func() bool { return strings.Contains(logs.String(), `"outcome":"written"`) })
		for said, want := range map[string]string{"messages applied": token, `"outcome":"written"`: token} {
			found := false
			for line := range strings.Lines(logs.String()) {
				found = found || strings.Contains(line, said) && strings.Contains(line, `"message_id":"`+id+`"`) && strings.Contains(line, want)
			}
			if !found {
				t.Errorf("no line with %s names message %s and token %s:\n%s", said, id, want, logs.String())
			}
		}
	})
}
