package worker_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"google.golang.org/api/calendar/v3"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/events"
	"foreday/summarizer"
)

func TestAMessageLeadsToAFreshSummaryThatHoldsTheEvent(t *testing.T) {
	t.Parallel()
	redistest.EachKind(t, func(t *testing.T, r *redistest.Redis) {
		b := setup(t, r.Client(t), func(s *settings) { s.cache = freshness.Config{SummaryTTL: time.Hour, StaleTTL: 3 * time.Hour} })
		b.google.AddUser("ada", berlin)
		p := b.work()
		b.publish(changed("ada"))
		before := b.awaitFresh("ada", today, holding())

		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		after := b.awaitFresh("ada", today, holding("Dentist"))
		if after.Generation <= before.Generation || after.FetchedAt.Before(before.FetchedAt) {
			t.Errorf("generation %d fetched %v came after %d of %v", after.Generation, after.FetchedAt, before.Generation, before.FetchedAt)
		}
		if e := after.Events[0]; e.Start != "2026-11-23T15:00:00+01:00" || e.End != "2026-11-23T16:00:00+01:00" {
			t.Errorf("the event is from %s to %s", e.Start, e.End)
		}
		if after.Writer != "openai:gpt-4o-mini" || after.Degraded || after.Timezone != "Europe/Berlin" {
			t.Errorf("written by %s, degraded %v, in %s", after.Writer, after.Degraded, after.Timezone)
		}
		b.wantTTL("foreday:{ada}:summary:2026-11-23", time.Hour)
		b.wantTTL("foreday:{ada}:stale:2026-11-23", 3*time.Hour)
		b.settled()
		if n := p.counted("foreday_freshness_seconds", ""); n != 2 {
			t.Errorf("the time from message to summary was taken %d times, want 2", n)
		}
	})
}

func TestAJobSaysNothingButWhoseDayItIsAbout(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.Mini(t).Client(t))
	b.deliver(events.Message{
		Type: events.EventCreated, User: "ada", Calendar: "ada@example.org", Event: "e1",
		Span: events.Between(at("2026-11-23 15:00"), at("2026-11-23 16:00")),
	})
	job := b.theJob()
	token, err := freshness.ParseToken(string(job.Payload))
	if err != nil || token.User != "ada" || token.Date != today || token.String() != string(job.Payload) || len(job.Headers) > 0 {
		t.Errorf("the job says %q, %v, %v; want user, date and an ID", job.Payload, job.Headers, err)
	}
}

func TestADayThatIsNotDueIsInvalidatedAndLeftAlone(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		day := today.AddDays(9)
		b.commit("ada", day)
		p := b.work()
		b.create("ada", "Dentist", "2026-12-02 15:00", "2026-12-02 16:00")
		b.settled()
		if fresh, stale := b.peek("ada", day); fresh != nil || stale == nil {
			t.Errorf("fresh copy %v, stale copy %v; want the stale one only", fresh, stale)
		}
		if n := b.google.Requests().Total; n > 0 {
			t.Errorf("Google was asked %d times", n)
		}
		if n := p.refreshes(allOutcomes...); n > 0 {
			t.Errorf("%d refreshes", n)
		}
	})
}

// commit makes an empty summary the fresh one, as a refresh long ago would have.
func (b *bench) commit(user string, date summarizer.Date) {
	b.Helper()
	run, begun, err := b.store.Begin(b.Context(), "somebody", user, summarizer.Day{Date: date, Zone: berlin}, true)
	if err != nil || begun != freshness.BeginGo {
		b.Fatalf("Begin = %v, %v", begun, err)
	}
	c, err := b.store.Commit(b.Context(), run, summarizer.Summary{User: user, Date: date, Generation: run.Gen})
	if err != nil || !c.Fresh {
		b.Fatalf("Commit = %+v, %v", c, err)
	}
}

func TestADayThatSomebodyHasReadIsRegeneratedAhead(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		b.work()
		day := today.AddDays(9)
		answer, err := b.reader.Get(t.Context(), "ada", day)
		if err != nil || answer.Status != cache.Miss || answer.Summary.TotalEvents != 0 {
			t.Fatalf("the reader got %+v, %v", answer, err)
		}
		b.create("ada", "Dentist", "2026-12-02 15:00", "2026-12-02 16:00")
		b.awaitFresh("ada", day, holding("Dentist"))
	})
}

func TestAMovedEventLeavesOneDayAndComesToAnother(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, func(s *settings) { s.refreshDays = 2 })
		b.google.AddUser("ada", berlin)
		b.work()
		event := b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.awaitFresh("ada", today, holding("Dentist"))

		moved, err := b.google.Patch("ada", "primary", event.Id, &calendar.Event{Start: stamp("2026-11-24 08:00"),
			End: stamp("2026-11-24 09:00")})
		if err != nil {
			t.Fatal(err)
		}
		b.publish(events.Message{Type: events.EventUpdated, User: "ada", Event: event.Id, Span: spanOf(moved), Was: spanOf(event)})
		b.awaitFresh("ada", today, holding())
		b.awaitFresh("ada", today.AddDays(1), holding("Dentist"))
		b.settled()
	})
}

func TestAnUpdateThatDoesNotSayFromWhereReachesEveryDay(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		old := today.AddDays(9)
		b.commit("ada", old)
		b.work()
		event := b.insert("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.publish(events.Message{Type: events.EventUpdated, User: "ada", Event: event.Id, Span: spanOf(event)})
		b.awaitFresh("ada", today, holding("Dentist"))
		if fresh, _ := b.peek("ada", old); fresh != nil {
			t.Error("the day that the event might have been on is still given as fresh")
		}
	})
}

func TestADeletedEventIsGoneFromTheSummary(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		b.work()
		b.insert("ada", "Lunch with Grace", "2026-11-23 12:00", "2026-11-23 13:00")
		event := b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.awaitFresh("ada", today, holding("Lunch with Grace", "Dentist"))
		if err := b.google.Delete("ada", "primary", event.Id); err != nil {
			t.Fatal(err)
		}
		b.publish(events.Message{Type: events.EventDeleted, User: "ada", Event: event.Id, Span: spanOf(event)})
		b.awaitFresh("ada", today, holding("Lunch with Grace"))
	})
}

func TestAnEventOfSeveralDaysIsInTheSummaryOfEach(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, func(s *settings) { s.refreshDays = 4 })
		b.google.AddUser("ada", berlin)
		b.work()
		b.create("ada", "Fair", "2026-11-24", "2026-11-26")
		b.awaitFresh("ada", today.AddDays(1), holding("Fair"))
		b.awaitFresh("ada", today.AddDays(2), holding("Fair"))
		b.settled()
		for _, day := range []summarizer.Date{today, today.AddDays(3)} {
			if fresh, _ := b.peek("ada", day); fresh != nil {
				t.Errorf("%s was summarised, though nothing happened on it", day)
			}
		}
	})
}

func TestAJobThatMakesNoSenseIsSetAsideForAnOperator(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.Mini(t).Client(t))
	if _, err := asynq.NewClientFromRedisClient(b.client).Enqueue(asynq.NewTask("refresh", []byte("nonsense")),
		asynq.Queue(refreshQueue)); err != nil {
		t.Fatal(err)
	}
	b.work()
	b.eventually("the job in the archive", func() bool {
		jobs := b.jobs()
		return len(jobs) == 1 && jobs[0].State == asynq.TaskStateArchived && strings.Contains(jobs[0].LastErr, "nonsense")
	})
	b.google.AddUser("ada", berlin)
	b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
	b.awaitFresh("ada", today, holding("Dentist"))
}

func TestAClusterWorksTheSame(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.Cluster(t, 3).Client(t))
	users := []string{"ada", "bob", "cyd", "dan"} // spread over the nodes
	b.work()
	for _, user := range users {
		b.google.AddUser(user, berlin)
		b.create(user, "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
	}
	for _, user := range users {
		b.awaitFresh(user, today, holding("Dentist"))
	}
	b.settled()
}

// wantTTL wants a key to have been set with the time to live, a moment ago.
func (b *bench) wantTTL(key string, want time.Duration) {
	b.Helper()
	ttl, err := b.client.PTTL(b.Context(), key).Result()
	if err != nil {
		b.Fatal(err)
	}
	if ttl > want || ttl < want-patience {
		b.Errorf("%s lives for %v, want %v", key, ttl, want)
	}
}
