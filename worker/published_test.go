package worker_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/events"
	"foreday/summarizer"
)

func (b *bench) beginRun(user string, date summarizer.Date) freshness.Run {
	b.Helper()
	run, begun, err := b.store.Begin(b.Context(), fmt.Sprint(b.Name(), user, date), user, summarizer.Day{Date: date, Zone: b.likely}, true)
	if err != nil || begun != freshness.BeginGo {
		b.Fatal(begun, err)
	}
	return run
}

func (b *bench) commits(run freshness.Run) (fresh bool) {
	b.Helper()
	c, err := b.store.Commit(b.Context(), run, summarizer.Summary{User: run.User, Date: run.Date, Generation: run.Gen})
	if err != nil {
		b.Fatal(err)
	}
	return c.Fresh
}

// Whoever has published need not wait for a worker:
// no reader is given as fresh what was fetched before, and no run under way sets it.
func TestOncePublishedNothingFetchedBeforeIsFresh(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		days := []summarizer.Date{today, today.AddDays(1), today.AddDays(40)}
		for _, c := range []struct {
			name    string
			message events.Message
			keeps   int // of the days, from the last on
		}{
			{"one day", events.Message{Type: events.EventCreated, User: "one", Event: "e", Span: events.Span{Start: b.now, End: b.now.Add(1)}}, 2},
			{"from one day to another", events.Message{
				Type: events.EventUpdated, User: "two", Event: "e",
				Span: events.Span{Start: b.now, End: b.now.Add(1)}, Was: events.Span{Start: b.now.AddDate(0, 0, 1), End: b.now.AddDate(0, 0, 1).Add(1)},
			}, 1},
			{"any day", changed("all"), 0},
		} {
			for _, date := range days {
				b.commit(c.message.User, date)
			}
			other := c.message
			other.User += "-who-waits-for-a-first-copy"
			run := b.beginRun(other.User, today)
			messages := []events.Message{c.message, other, changed("stranger")}
			if _, err := events.NewPublisher(client, events.PublisherConfig{}).PublishAll(t.Context(), messages); err != nil {
				t.Fatal(c.name, err)
			}
			if b.commits(run) {
				t.Errorf("%s: a run under way set what it had fetched", c.name)
			}
			kept := 0
			for i, date := range days {
				if fresh, _ := b.peek(c.message.User, date); fresh != nil {
					kept++
					if i < len(days)-c.keeps {
						t.Errorf("%s: the copy of %s is fresh still", c.name, date)
					}
				}
			}
			if kept != c.keeps {
				t.Errorf("%s: %d copies are fresh still, want %d", c.name, kept, c.keeps)
			}
			if open, err := b.ledger.Len(t.Context()); open != 0 || err != nil {
				t.Errorf("%s: %d refreshes are tracked, %v", c.name, open, err)
			}
		}
	})
}

// Where nobody knows which days there are, it may be any.
func TestPublishingHoldsForAUserWhoseDaysCannotBeRead(t *testing.T) {
	t.Parallel()
	client := redistest.New(t).Client(t)
	b := setup(t, client)
	b.commit("ada", today)
	b.spoil("foreday:{ada}:days")
	publisher := events.NewPublisher(client, events.PublisherConfig{})
	_, err := publisher.Publish(t.Context(), changed("ada"))
	for tries := 0; tries < 5 && errors.Is(err, context.DeadlineExceeded); tries++ { // on a busy machine: it is a century
		_, err = publisher.Publish(t.Context(), changed("ada"))
	}
	if err != nil {
		t.Fatal(err)
	}
	if fresh, _ := b.peek("ada", today); fresh != nil {
		t.Error("the copy is fresh still")
	}
}

// A publisher knows no user's zone. It leaves the days alone that an event does not touch there.
func TestPublishingLeavesTheDaysBesideInAnyZone(t *testing.T) {
	t.Parallel()
	client := redistest.New(t).Client(t)
	b := setup(t, client)
	for _, name := range []string{"UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "America/New_York"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		b.likely = zone
		for hour := range 24 {
			user := fmt.Sprint(name, hour)
			at := time.Date(2026, 11, 23, hour, 0, 0, 0, time.UTC)
			local := summarizer.DayAt(at, zone)
			ends := at.Add(10 * time.Minute)
			if hour%2 == 1 {
				ends = local.End() // which is of the next day no more
			}
			for d := -2; d <= 2; d++ {
				if !b.commits(b.beginRun(user, local.Date.AddDays(d))) {
					t.Fatal("no fresh copy")
				}
			}
			if _, err := events.NewPublisher(client, events.PublisherConfig{}).Publish(t.Context(), events.Message{
				Type: events.EventCreated, User: user, Event: "e", Span: events.Between(at, ends),
			}); err != nil {
				t.Fatal(err)
			}
			for d := -2; d <= 2; d++ {
				date := local.Date.AddDays(d)
				if fresh, _ := b.peek(user, date); (fresh != nil) != (d != 0) {
					t.Errorf("%s, an event from %v to %v: the copy of %s is fresh: %v", name, at, ends, date, fresh != nil)
				}
			}
		}
	}
}
