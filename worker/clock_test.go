package worker_test

import (
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/events"
	"foreday/summarizer"
)

// soon is how long what takes a few seconds may take on a busy machine. It is far
// less than any of the clocks below are wrong.
const soon = 25 * time.Second

// wrongClocks are by how much Redis's clock differs from the workers', and by how
// much it steps while they run.
var wrongClocks = map[string]struct{ offset, step time.Duration }{
	"10 minutes ahead":     {offset: 10 * time.Minute},
	"a minute ahead":       {offset: time.Minute},
	"a minute behind":      {offset: -time.Minute},
	"10 minutes behind":    {offset: -10 * time.Minute},
	"20 minutes back":      {step: -20 * time.Minute},
	"20 minutes forward":   {step: 20 * time.Minute},
	"ahead, and then back": {offset: time.Minute, step: -2 * time.Minute},
}

// wronged is a bench whose Redis has a wrong clock. step lets it step, if it does.
type wronged struct {
	*bench
	step func()
}

func eachClock(t *testing.T, cfg freshness.Config, test func(w wronged)) {
	t.Parallel()
	for name, clock := range wrongClocks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t, redistest.WithClock(clock.offset))
			b := setup(t, server.Client(t), func(s *settings) { s.cache = cfg })
			b.google.AddUser("ada", berlin)
			test(wronged{b, func() { server.SetClock(t, clock.offset+clock.step) }})
		})
	}
}

// soonFresh fails the test unless there is such a summary soon.
func (w wronged) soonFresh(what string, titles ...string) summarizer.Summary {
	w.Helper()
	began := time.Now()
	sum := w.awaitFresh("ada", today, holding(titles...))
	if took := time.Since(began); took > soon {
		w.Errorf("%s: it took %v", what, took)
	}
	return sum
}

func TestEditsAreFreshSoonWhateverRedissClockSays(t *testing.T) {
	const cooldown = 2 * time.Second
	eachClock(t, freshness.Config{Cooldown: cooldown}, func(w wronged) {
		p := w.work()
		w.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		first := w.soonFresh("the first edit", "Dentist")
		w.step()
		w.create("ada", "Optician", "2026-11-23 17:00", "2026-11-23 18:00")
		w.soonFresh("an edit after the clock has stepped", "Dentist", "Optician")
		began := time.Now()
		w.create("ada", "Barber", "2026-11-23 19:00", "2026-11-23 20:00")
		last := w.soonFresh("an edit within the cooldown", "Dentist", "Optician", "Barber")
		if took := time.Since(began); took < cooldown/2 {
			w.Errorf("an edit just after another is fresh after %v: there is no cooldown any more", took)
		}
		if last.Generation <= first.Generation {
			w.Errorf("the generation went from %d to %d", first.Generation, last.Generation)
		}
		w.settled()
		if took := p.mean("foreday_freshness_seconds"); took < 0 || took > soon.Seconds() {
			w.Errorf("the metric of freshness says that a message took %v s", took)
		}
	})
}

// mean returns the mean of a histogram's observations, which is as far off as
// one that is wrong by minutes makes it.
func (p *process) mean(name string) float64 {
	p.Helper()
	families, err := p.metrics.Gather()
	if err != nil {
		p.Fatal(err)
	}
	for _, family := range families {
		if h := family.GetMetric()[0].GetHistogram(); family.GetName() == name && h.GetSampleCount() > 0 {
			return h.GetSampleSum() / float64(h.GetSampleCount())
		}
	}
	p.Errorf("%s was never told anything", name)
	return 0
}

func TestARunWhoseWorkerDiedIsTakenOverSoonWhateverRedissClockSays(t *testing.T) {
	eachClock(t, freshness.Config{}, func(w wronged) {
		event := w.insert("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		w.deliver(created("ada", event))
		if err := w.inspector.DeleteTask(refreshQueue, w.theJob().ID); err != nil {
			w.Fatal(err) // asynq would give it back after minutes
		}
		_, begun, err := w.store.Begin(w.Context(), "who dies", "ada", summarizer.Day{Date: today, Zone: berlin}, true)
		if begun != freshness.BeginGo || err != nil {
			w.Fatalf("Begin = %v, %v", begun, err)
		}
		w.step()
		w.work()
		w.soonFresh("the run taken over", "Dentist")
		w.settled()
	})
}

func TestAJobThatWasLostIsPutBackSoonWhateverRedissClockSays(t *testing.T) {
	eachClock(t, freshness.Config{}, func(w wronged) {
		event := w.insert("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		w.deliver(created("ada", event))
		if err := w.inspector.DeleteTask(refreshQueue, w.theJob().ID); err != nil {
			w.Fatal(err)
		}
		w.step()
		w.work()
		w.soonFresh("the job put back", "Dentist")
	})
}

func TestMessagesOfAConsumerThatDiedAreAppliedSoonWhateverRedissClockSays(t *testing.T) {
	eachClock(t, freshness.Config{}, func(w wronged) {
		if err := w.client.XGroupCreateMkStream(w.Context(), events.DefaultStream, events.DefaultGroup, "0").Err(); err != nil {
			w.Fatal(err)
		}
		w.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		err := w.client.XReadGroup(w.Context(), &redis.XReadGroupArgs{
			Group: events.DefaultGroup, Consumer: "who dies", Streams: []string{events.DefaultStream, ">"}, Count: 10,
		}).Err()
		if err != nil {
			w.Fatal(err)
		}
		w.step()
		w.work()
		w.soonFresh("the message left behind", "Dentist")
	})
}

// A day that is not due ahead is regenerated as long as readers are interested.
func TestReadersKeepTheirInterestWhateverRedissClockSays(t *testing.T) {
	eachClock(t, freshness.Config{StaleTTL: time.Hour}, func(w wronged) {
		w.now = w.now.AddDate(0, 0, -5) // so that nothing is due
		p := w.work()
		if _, err := w.reader.Get(w.Context(), "ada", today); err != nil {
			w.Fatal(err)
		}
		w.step()
		w.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		w.soonFresh("an edit of a day that is read", "Dentist")
		answer, err := w.reader.Get(w.Context(), "ada", today)
		if err != nil || answer.Status != cache.Hit || answer.TTL > time.Hour {
			w.Errorf("read again: %+v, %v", answer, err)
		}
		p.stop()
	})
}

// A job is deferred by the clock of a worker, which may be ahead, and end.
func TestAJobPutOffByAWrongClockIsLetGoWhenItIsOverdue(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.deliver(changed("ada"))
		token := b.tokens()[0]
		if err := b.inspector.DeleteTask(refreshQueue, token.String()); err != nil {
			t.Fatal(err)
		}
		// By the clock of whoever put it off, this was a moment ahead.
		ahead := freshness.Task{Token: token, Action: freshness.ActEnqueue, NotBefore: time.Now().Add(10 * time.Minute)}
		if err := b.queue.Enqueue(t.Context(), ahead); err != nil {
			t.Fatal(err)
		}
		b.sweep()
		if state := b.theJob().State; state != asynq.TaskStateScheduled {
			t.Errorf("before it is overdue, the job is %v, want scheduled", state)
		}
		b.overdue()
		b.sweep()
		if state := b.theJob().State; state != asynq.TaskStatePending {
			t.Errorf("the job is %v, want pending", state)
		}
		if tokens := b.tokens(); len(tokens) != 1 || tokens[0] != token {
			t.Errorf("%q are promised, want %s", tokens, token)
		}
	})
}

// What waits by right is left alone: its promise is due only after its time.
func TestAJobInItsCooldownIsNotLetGo(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, func(s *settings) { s.cache.Cooldown = time.Hour })
		b.google.AddUser("ada", berlin)
		b.deliver(changed("ada"))
		if err := b.refresher(nil).Refresh(t.Context(), b.tokens()[0]); err != nil {
			t.Fatal(err)
		}
		b.deliver(changed("ada"))
		ages, err := client.ZRangeWithScores(t.Context(), "foreday:promised", 0, -1).Result()
		if err != nil || len(ages) != 1 {
			t.Fatalf("promised are %v, %v", ages, err)
		}
		if due := time.UnixMilli(int64(ages[0].Score)); time.Until(due) < 50*time.Minute {
			t.Errorf("a look is due at %v, long before the cooldown ends", due)
		}
	})
}
