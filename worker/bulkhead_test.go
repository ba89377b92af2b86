package worker_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"foreday/cache/redistest"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/openai/openaitest"
	"foreday/worker/quota"
)

// gated is a bench whose calls go through a gate that knows how many jobs run at once.
func gated(t *testing.T) *bench {
	t.Helper()
	client, places := redistest.New(t).Client(t), 16
	gate, err := quota.New(quota.Config{Client: client, Places: places})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = gate.Close() })
	return setup(t, client, func(s *settings) {
		s.concurrency, s.refreshDays = places, 2
		s.googleTransport, s.modelTransport = gate.Google(http.DefaultTransport), gate.OpenAI(http.DefaultTransport)
	})
}

// atWork returns how many jobs workers are at.
func (b *bench) atWork() (n int) {
	b.Helper()
	for _, job := range b.jobs() {
		if job.State == asynq.TaskStateActive {
			n++
		}
	}
	return n
}

// goesWell has both upstreams answer as they should, as they do before some do not. It
// returns how long a reader waits then, on a machine as busy as this one.
func (b *bench) goesWell() (usual time.Duration) {
	b.Helper()
	for n := range 4 {
		began := time.Now()
		user := fmt.Sprint("well", n)
		b.google.AddUser(user, berlin)
		b.insert(user, "Lunch", "2026-11-23 12:00", "2026-11-23 13:00")
		if _, err := b.reader.Get(b.Context(), user, today); err != nil {
			b.Fatal(err)
		}
		usual = max(usual, time.Since(began))
	}
	return usual
}

// Google takes the calls of some users, and does not answer them.
func TestUsersWhomGoogleDoesNotAnswerHoldNobodyUp(t *testing.T) {
	t.Parallel()
	b := gated(t)
	const hanging = 20
	for n := range hanging {
		user := fmt.Sprint("slow", n)
		b.google.AddUser(user, berlin)
		b.google.Inject(googletest.Fault{User: user, Delay: time.Hour})
	}
	b.google.AddUser("ada", berlin)
	b.work()
	usual := b.goesWell()
	for n := range hanging {
		b.publish(changed(fmt.Sprint("slow", n)))
	}
	b.eventually("all places taken", func() bool { return b.atWork() >= 16 })
	began := time.Now()
	b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
	b.awaitFresh("ada", today, holding("Dentist"))
	// Before her are some of the slow, so that two calls of 1.5 s are given up first.
	if took := time.Since(began); took > 3*time.Second+5*usual {
		t.Errorf("ada, whom Google answers, waited %v, and %v when all went well", took, usual)
	}
}

// The model takes the calls for some readers, and does not answer them.
func TestReadersWhomTheModelDoesNotAnswerHoldNobodyUp(t *testing.T) {
	t.Parallel()
	b := gated(t)
	const hanging = 20
	for n := range hanging {
		b.google.AddUser(fmt.Sprint("slow", n), berlin)
		b.insert(fmt.Sprint("slow", n), "Attack", "2026-11-23 15:00", "2026-11-23 16:00")
	}
	b.google.AddUser("ada", berlin)
	b.insert("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
	b.model.Inject(openaitest.Fault{Kind: openaitest.Slow, Match: "Attack", Delay: time.Hour})
	b.work()
	usual := b.goesWell()
	ctx, leave := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	defer func() { leave(); readers.Wait() }()
	for n := range hanging {
		readers.Go(func() {
			for ctx.Err() == nil {
				_, _ = b.reader.Get(ctx, fmt.Sprint("slow", n), today)
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
	b.eventually("all places taken", func() bool { return b.atWork() >= 16 })
	began := time.Now()
	read, err := b.reader.Get(t.Context(), "ada", today)
	if took := time.Since(began); err != nil || took > 4*time.Second+5*usual {
		t.Errorf("ada, whom the model answers, waited %v, and %v when all went well: %v", took, usual, err)
	}
	if writer := read.Summary.Writer; !strings.HasPrefix(writer, "openai:") {
		t.Errorf("her summary is planned by %s", writer)
	}
	b.eventually("somebody is told without the model", func() bool {
		for n := range hanging {
			if fresh, _ := b.peek(fmt.Sprint("slow", n), today); fresh != nil && fresh.Degraded {
				return true
			}
		}
		return false
	})
}
