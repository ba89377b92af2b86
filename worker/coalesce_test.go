package worker_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
	"foreday/events"
	"foreday/summarizer"
	"foreday/summarizer/openai/openaitest"
)

// What came while the first refresh ran is one more, however much it was.
func TestAThousandMessagesDuringARefreshCauseExactlyOneMore(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		p := b.work()
		waiting, open := b.modelDoor.hold("")
		defer open()
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.await("the model asked", waiting)

		another := b.insert("ada", "Piano tuner", "2026-11-23 17:00", "2026-11-23 18:00")
		if _, err := b.publisher.PublishAll(t.Context(), slices.Repeat([]events.Message{created("ada", another)}, 1000)); err != nil {
			t.Fatal(err)
		}
		b.acknowledged()
		open()
		b.awaitFresh("ada", today, holding("Dentist", "Piano tuner"))
		b.settled()
		if n := p.refreshes(allOutcomes...); n != 2 || p.refreshes("superseded") != 1 || p.refreshes("written") != 1 {
			t.Errorf("%d refreshes, want one that was superseded and one that was written", n)
		}
		if n := b.model.Counts().Requests; n != 2 {
			t.Errorf("the model was asked %d times, want 2", n)
		}
		if p.counted("foreday_takeovers_total", "") > 0 {
			t.Error("the second refresh had to be found by sweeping")
		}
	})
}

func TestAMessageDuringTheFetchCostsNoCallOfTheModel(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		p := b.work()
		waiting, open := b.googleDoor.hold("/events")
		defer open()
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.await("the calendar asked", waiting)
		b.create("ada", "Piano tuner", "2026-11-23 17:00", "2026-11-23 18:00")
		b.acknowledged()
		time.Sleep(20 * time.Millisecond) // after a brief fetch, nobody asks
		open()
		b.awaitFresh("ada", today, holding("Dentist", "Piano tuner"))
		b.eventually("the refresh done", func() bool { return p.refreshes("written") == 1 })
		if tokens := b.tokens(); len(tokens) > 0 {
			t.Errorf("%q are promised still", tokens)
		}
		if n := p.refreshes("written", "degraded", "unchanged", "superseded"); n != 1 {
			t.Errorf("%d runs, want one", n)
		}
		if n := b.model.Counts().Requests; n != 1 {
			t.Errorf("the model was asked %d times, want once", n)
		}
	})
}

func TestWhatHasNotChangedIsNotWrittenUpAgain(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		p := b.work()
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		before := b.awaitFresh("ada", today, holding("Dentist"))

		b.publish(changed("ada"))
		after := b.awaitFresh("ada", today, later(before))
		if !after.FetchedAt.After(before.FetchedAt) || !after.GeneratedAt.Equal(before.GeneratedAt) || after.Text != before.Text {
			t.Errorf("first %+v, then %+v; want the same text, fetched anew", before, after)
		}
		if n := b.model.Counts().Requests; n != 1 {
			t.Errorf("the model was asked %d times, want once", n)
		}
		b.settled()
		if p.refreshes("written") != 1 || p.refreshes("unchanged") != 1 {
			t.Errorf("%d written and %d unchanged, want one each", p.refreshes("written"), p.refreshes("unchanged"))
		}
	})
}

// However many messages come, each during the fetch before, the copy for readers
// who prefer old to none moves on.
func TestUnderAnUnendingStreamOfMessagesTheStaleCopyMovesOn(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		b.insert("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.googleDoor.onKnock(func(path string) {
			if strings.HasSuffix(path, "/events") {
				b.deliver(changed("ada"))
			}
		})
		b.work()
		b.publish(changed("ada"))
		for range 2 {
			_, last := b.peek("ada", today)
			b.eventually("a later stale copy", func() bool {
				_, stale := b.peek("ada", today)
				return stale != nil && holding("Dentist")(*stale) && (last == nil || stale.FetchedAt.After(last.FetchedAt))
			})
		}
		if fresh, _ := b.peek("ada", today); fresh != nil {
			t.Error("a summary was given as fresh that no fetch after the last message can have made")
		}
		b.googleDoor.onKnock(nil)
		b.awaitFresh("ada", today, holding("Dentist"))
		b.settled()
	})
}

// Messages that come faster than the model answers overtake every run.
func TestMessagesThatKeepOvertakingRunsCostFewCallsOfTheModelInVain(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		b.work()
		const answer = 200 * time.Millisecond
		b.model.Inject(openaitest.Fault{Kind: openaitest.Slow, Delay: answer})
		versions := make(map[time.Time]bool)
		began := time.Now()
		for i := 0; time.Since(began) < 5*time.Second; i++ {
			b.create("ada", fmt.Sprint("Visit ", i), "2026-11-23 15:00", "2026-11-23 16:00")
			if _, stale := b.peek("ada", today); stale != nil {
				versions[stale.FetchedAt] = true
			}
			time.Sleep(answer / 2)
		}
		calls, most := b.model.Counts().Requests, int(time.Since(began)/answer)/2
		if calls > most {
			t.Errorf("the model was asked %d times, want at most half of the %d times that it could have answered", calls, 2*most)
		}
		if len(versions) < 2 {
			t.Errorf("readers were given %d versions meanwhile, want the stale copy to move on", len(versions))
		}
		b.awaitFresh("ada", today, func(summarizer.Summary) bool { return true })
		b.settled()
	})
}

// At the moment a message is acknowledged, what is given as fresh holds its event.
func TestWhatIsAcknowledgedIsNoLongerContradicted(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		var titles sync.Map // by event ID
		checked := 0
		client.AddHook(beforeAck(func(ids []string) {
			fresh, _ := b.peek("ada", today)
			for _, id := range ids {
				entries, err := client.XRange(context.Background(), events.DefaultStream, id, id).Result()
				if err != nil || len(entries) != 1 {
					t.Errorf("message %s: %v, %v", id, entries, err)
					return
				}
				title, _ := titles.Load(entries[0].Values["event"])
				if fresh != nil && !slices.Contains(titlesOf(*fresh), title.(string)) {
					t.Errorf("%s is being acknowledged while %q is fresh", title, titlesOf(*fresh))
				}
				checked++
			}
		}))
		p := b.work()
		const n = 30
		for i := range n {
			title := fmt.Sprint("Visit ", i)
			event := b.insert("ada", title, "2026-11-23 15:00", "2026-11-23 16:00")
			titles.Store(event.Id, title)
			b.publish(created("ada", event))
			if i%3 == 0 { // or else the next one comes while this one is on its way
				b.awaitFresh("ada", today, func(summarizer.Summary) bool { return true })
			}
		}
		b.settled()
		p.stop()
		if checked < n {
			t.Errorf("%d messages were checked, want %d", checked, n)
		}
		if fresh, _ := b.peek("ada", today); fresh == nil || len(fresh.Events) != n {
			t.Errorf("in the end the fresh summary is %+v", fresh)
		}
	})
}

// beforeAck is called with the IDs of messages that are about to be acknowledged.
type beforeAck func(ids []string)

func (beforeAck) DialHook(next redis.DialHook) redis.DialHook { return next }

func (b beforeAck) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		b.look(cmd)
		return next(ctx, cmd)
	}
}

func (b beforeAck) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		for _, cmd := range cmds {
			b.look(cmd)
		}
		return next(ctx, cmds)
	}
}

func (b beforeAck) look(cmd redis.Cmder) {
	if cmd.Name() != "xack" {
		return
	}
	var ids []string
	for _, arg := range cmd.Args()[3:] {
		ids = append(ids, arg.(string))
	}
	b(ids)
}
