package worker_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/summarizer"
	"foreday/worker"
)

// briefly is so short a life of summaries that a test sees some of them end.
const briefly = 4 * time.Second

// ahead is what each worker does once a second, for one who does it at any moment.
func (b *bench) ahead() *worker.RefreshAhead {
	return &worker.RefreshAhead{
		Store: b.store, RefreshDays: b.refreshDays, Busy: b.queue.Busy, Enqueue: b.queue.Enqueue, Now: b.clock, Log: zerolog.Nop(),
	}
}

// lookAhead has two workers look for what is due, every some milliseconds.
func (b *bench) lookAhead() {
	ctx, cancel := context.WithCancel(b.Context())
	var looking sync.WaitGroup
	for range 2 {
		looking.Go(func() {
			a := b.ahead()
			for ctx.Err() == nil {
				if _, _, err := a.Look(ctx); err != nil && ctx.Err() == nil {
					b.Error(err)
				}
				time.Sleep(10 * time.Millisecond)
			}
		})
	}
	b.Cleanup(func() { cancel(); looking.Wait() })
}

func (b *bench) runs(p *process) int { return p.refreshes("written", "unchanged") }

func TestASummaryThatIsReadIsRenewedBeforeItEnds(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, func(s *settings) { s.cache = freshness.Config{SummaryTTL: briefly} })
		b.google.AddUser("ada", berlin)
		p := b.work()
		b.lookAhead()
		seen := map[cache.Status]int{}
		for began := time.Now(); time.Since(began) < 2*briefly+briefly/2; time.Sleep(20 * time.Millisecond) {
			answer, err := b.reader.Get(t.Context(), "ada", today)
			if err != nil {
				t.Fatal(err)
			}
			seen[answer.Status]++
		}
		if seen[cache.Miss] != 1 || seen[cache.Stale] > 0 {
			t.Errorf("reads went %v; want one miss, and then hits", seen)
		}
		if n := b.runs(p); n < 3 || n > 4 {
			t.Errorf("%d runs in two and a half lives of a summary", n)
		}
	})
}

func TestNothingIsRenewedThatNoOneReads(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, func(s *settings) { s.cache = freshness.Config{SummaryTTL: briefly} })
		b.google.AddUser("ada", berlin)
		b.google.AddUser("eve", berlin)
		p := b.work()
		b.lookAhead()
		b.publish(changed("ada"))
		if _, err := b.reader.Get(t.Context(), "eve", today); err != nil { // once
			t.Fatal(err)
		}
		b.awaitFresh("ada", today, holding())
		time.Sleep(briefly + briefly/4)
		for _, user := range []string{"ada", "eve"} {
			if fresh, _ := b.peek(user, today); fresh != nil {
				t.Errorf("the summary of %s was renewed", user)
			}
		}
		if n := b.runs(p); n != 2 {
			t.Errorf("%d runs, want one for each", n)
		}
		if n, err := b.store.Ahead().Len(t.Context()); err != nil || n != 0 {
			t.Errorf("%d days are still to be looked at, %v", n, err)
		}
	})
}

func TestTheDayOfWhoReadsRegularlyIsMadeBeforeTheyBegin(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, func(s *settings) { s.now = at("2026-11-23 12:00") })
		b.google.AddUser("ada", berlin)
		b.work()
		for n := range 10 {
			day := today.AddDays(-n - 1)
			read := time.Date(day.Year, day.Month, day.Day, 7, 20, 0, 0, berlin)
			if _, err := b.store.MarkRead(t.Context(), "ada", read, day); err != nil {
				t.Fatal(err)
			}
		}
		b.commit("ada", today)
		a, ledger := b.ahead(), b.store.Ahead()
		renewal := freshness.Token{User: "ada", Date: today, ID: "renew"}
		look := func(now time.Time, entry freshness.Token) (asked int) {
			t.Helper()
			b.now = now
			if err := ledger.Track(t.Context(), -time.Second, entry); err != nil {
				t.Fatal(err)
			}
			b.eventually("workers have time", func() bool {
				busy, err := a.Busy(t.Context())
				return err == nil && !busy
			})
			asked, _, err := a.Look(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return asked
		}
		// The copy of today has ended, unread since the morning.
		if err := b.store.DropAll(t.Context(), "ada", today, today); err != nil {
			t.Fatal(err)
		}
		if look(at("2026-11-23 12:00"), renewal) != 0 {
			t.Error("at noon, the summary of somebody who reads in the morning is renewed")
		}
		due, err := client.ZRangeWithScores(t.Context(), "foreday:ahead", 0, -1).Result()
		if err != nil || len(due) != 1 || due[0].Member != "ada 2026-11-24 warm" {
			t.Fatalf("to be looked at: %v, %v; want the next day", due, err)
		}
		in := time.Until(time.UnixMilli(int64(due[0].Score)))
		if morning := 19*time.Hour + 15*time.Minute; in < morning-20*time.Minute || in > morning {
			t.Errorf("the next day is made in %v, want some minutes before 7:15", in)
		}
		if look(at("2026-11-24 07:05"), freshness.Token{User: "ada", Date: today.AddDays(1), ID: "warm"}) != 1 {
			t.Error("the day is not made before it is read")
		}
		b.awaitFresh("ada", today.AddDays(1), func(summarizer.Summary) bool { return true })
	})
}

func TestNothingIsMadeAheadWhileJobsWait(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.Mini(t).Client(t))
	entry := freshness.Token{User: "ada", Date: today, ID: "warm"}
	b.commit("ada", today)
	if err := b.store.DropAll(t.Context(), "ada", today, today); err != nil {
		t.Fatal(err)
	}
	b.deliver(changed("eve")) // no worker takes its job
	if err := b.store.Ahead().Track(t.Context(), 0, entry); err != nil {
		t.Fatal(err)
	}
	asked, _, err := b.ahead().Look(t.Context())
	if err != nil || asked != 0 {
		t.Errorf("%d days were asked for, %v", asked, err)
	}
	if n, err := b.store.Ahead().Len(t.Context()); err != nil || n != 1 {
		t.Errorf("%d days are left to be looked at, %v; want 1", n, err)
	}
}
