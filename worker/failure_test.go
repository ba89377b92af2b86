package worker_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
	"google.golang.org/api/calendar/v3"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/events"
	"foreday/summarizer"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/openai/openaitest"
	"foreday/worker"
	"foreday/worker/quota"
)

func TestWhenTheModelFailsOrMakesNoPlanTheDayIsPlannedWithoutIt(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, func(s *settings) {
			s.cache = freshness.Config{SummaryTTL: time.Hour, DegradedTTL: 2 * time.Minute}
		})
		p := b.work()
		for i, kind := range []openaitest.FaultKind{openaitest.ServerError, openaitest.Prose, openaitest.Decline} {
			user := string(kind)
			b.google.AddUser(user, berlin)
			b.model.Inject(openaitest.Fault{Kind: kind})
			b.create(user, "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
			sum := b.awaitFresh(user, today, holding("Dentist"))
			if sum.Writer != summarizer.PlainWriter || !sum.Degraded || !strings.Contains(sum.Text, "Dentist") {
				t.Errorf("%s: planned by %s, degraded %v: %q", kind, sum.Writer, sum.Degraded, sum.Text)
			}
			b.wantTTL("foreday:{"+user+"}:summary:2026-11-23", 2*time.Minute)
			b.eventually("counted as degraded", func() bool { return p.refreshes("degraded") == i+1 })

			// Once the model is well again, the same day is worth a call of it.
			b.model.Heal()
			b.publish(changed(user))
			if sum := b.awaitFresh(user, today, later(sum)); sum.Degraded || sum.Writer == summarizer.PlainWriter {
				t.Errorf("after %s was over: planned by %s, degraded %v", kind, sum.Writer, sum.Degraded)
			}
			b.wantTTL("foreday:{"+user+"}:summary:2026-11-23", time.Hour)
		}
	})
}

func TestADayWithoutNewsIsNotPutToTheModel(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.Mini(t).Client(t))
	b.google.AddUser("ada", berlin)
	b.model.Inject(openaitest.Fault{Kind: openaitest.ServerError})
	b.work()
	b.publish(changed("ada"))
	if sum := b.awaitFresh("ada", today, holding()); sum.Degraded || sum.Headline == "" {
		t.Errorf("degraded %v, headline %q", sum.Degraded, sum.Headline)
	}
	if n := b.model.Counts().Requests; n > 0 {
		t.Errorf("the model was asked %d times", n)
	}
}

func TestACalendarThatLagsIsAskedAgain(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		b.work()
		gone := b.insert("ada", "Lunch with Grace", "2026-11-23 12:00", "2026-11-23 13:00")
		b.google.SetLag(300 * time.Millisecond)
		if err := b.google.Delete("ada", "primary", gone.Id); err != nil {
			t.Fatal(err)
		}
		deletion := created("ada", gone)
		deletion.Type = "event.deleted"
		b.publish(deletion)
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")

		first := b.awaitFresh("ada", today, func(summarizer.Summary) bool { return true })
		if got := titlesOf(first); len(got) != 1 || got[0] != "Dentist" {
			t.Errorf("the first fresh summary holds %q", got)
		}
	})
}

func TestACalendarThatNeverCatchesUpIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.Mini(t).Client(t))
	b.google.AddUser("ada", berlin)
	b.google.SetLag(time.Hour)
	p := b.work()
	b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
	b.awaitFresh("ada", today, holding())
	b.settled()
	if n := p.counted("foreday_calendar_lags_total", ""); n != 3 {
		t.Errorf("the calendar was asked again %d times, want 3", n)
	}
}

func TestAnEventThatHasMovedAwayIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		moved := b.insert("ada", "Dentist", "2026-12-02 15:00", "2026-12-02 16:00")
		before := created("ada", moved)
		before.Span = events.Between(at("2026-11-23 15:00"), at("2026-11-23 16:00"))
		b.deliver(before)
		after := created("ada", moved)
		after.Type, after.Was = events.EventUpdated, before.Span
		b.deliver(after)
		p := b.work()
		b.awaitFresh("ada", today, holding())
		b.settled()
		if n := p.counted("foreday_calendar_lags_total", ""); n > 0 {
			t.Errorf("the calendar was asked again %d times", n)
		}
	})
}

func TestACalendarThatIsNotReadIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		nowhere := calendar.Event{Id: "nowhere", Start: stamp("2026-11-23 15:00"), End: stamp("2026-11-23 16:00")}
		hidden := b.google.AddCalendar("ada", &calendar.CalendarListEntry{Summary: "Club", Hidden: true})
		shown := b.google.AddCalendar("ada", &calendar.CalendarListEntry{Summary: "Work", Selected: true})
		p := b.work()
		lags := func(in string) int {
			before := p.counted("foreday_calendar_lags_total", "")
			m := created("ada", &nowhere)
			m.Calendar = in
			b.publish(m)
			b.settled()
			return p.counted("foreday_calendar_lags_total", "") - before
		}
		if n := lags(hidden); n > 0 {
			t.Errorf("a calendar that is not read was asked again %d times", n)
		}
		for _, in := range []string{shown, "primary", ""} {
			if n := lags(in); n != 3 {
				t.Errorf("calendar %q was asked again %d times for an event it lacks, want 3", in, n)
			}
		}
	})
}

func TestACalendarIsNotWaitedForWhenWhatItIsToShowIsOldNews(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		b.google.SetLag(time.Hour)
		var once sync.Once
		b.googleDoor.onKnock(func(path string) {
			if strings.HasSuffix(path, "/events") {
				once.Do(func() { b.deliver(changed("ada")) })
			}
		})
		p := b.work()
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.awaitFresh("ada", today, holding())
		b.settled()
		if n := p.counted("foreday_calendar_lags_total", ""); n != 4 {
			t.Errorf("the calendar was asked again %d times, want once before the news and 3 times after", n)
		}
	})
}

func TestWithoutAccessNothingIsTriedUntilTheNextMessage(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, func(s *settings) { s.cache.FaultTTL = time.Hour })
		p := b.work()
		b.publish(changed("ada")) // whom Google does not know
		b.settled()
		if n := p.refreshes(allOutcomes...); n != 1 || p.refreshes("no_access") != 1 {
			t.Errorf("%d refreshes, want one without access", n)
		}
		if _, err := b.reader.Get(t.Context(), "ada", today); !errors.Is(err, summarizer.ErrAccess) {
			t.Errorf("the reader got %v, want ErrAccess", err)
		}
		if jobs := b.jobs(); len(jobs) > 0 {
			t.Errorf("there are %d jobs", len(jobs))
		}

		b.google.AddUser("ada", berlin)
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.awaitFresh("ada", today, holding("Dentist"))
	})
}

func TestAMessageDuringARefreshWithoutAccessIsReasonToTryAtOnce(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		p := b.work()
		b.google.Inject(googletest.Fault{Method: "events.list", Status: http.StatusForbidden, Reason: "forbidden", Times: 1})
		waiting, open := b.googleDoor.hold("/events")
		defer open()
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.await("the calendar asked", waiting)
		b.create("ada", "Piano tuner", "2026-11-23 17:00", "2026-11-23 18:00")
		b.acknowledged()
		open()
		b.awaitFresh("ada", today, holding("Dentist", "Piano tuner"))
		b.settled()
		if p.refreshes("no_access") != 1 || p.counted("foreday_takeovers_total", "") > 0 {
			t.Errorf("%d refreshes without access and %d takeovers, want one and none",
				p.refreshes("no_access"), p.counted("foreday_takeovers_total", ""))
		}
	})
}

func TestAFailureIsTriedAgainWhileTheStaleCopyServes(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		p := b.work()
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.awaitFresh("ada", today, holding("Dentist"))
		b.settled()

		b.google.Inject(googletest.Fault{Method: "events.list", Status: http.StatusServiceUnavailable, Times: 1})
		b.create("ada", "Piano tuner", "2026-11-23 17:00", "2026-11-23 18:00")
		b.eventually("a failure", func() bool { return p.refreshes("failed") == 1 })
		both := holding("Dentist", "Piano tuner")
		if fresh, stale := b.peek("ada", today); stale == nil || fresh != nil && !both(*fresh) {
			t.Errorf("meanwhile the fresh copy is %v, the stale one %v", fresh, stale)
		}
		b.awaitFresh("ada", today, both)
		b.settled()
	})
}

// Before it failed, nobody had promised it: only its reader knew.
func TestAReadersRefreshThatFailsIsPromised(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		fails := b.google.Inject(googletest.Fault{Method: "events.list", Status: http.StatusServiceUnavailable})
		p := b.work()
		impatient := cache.NewReader(b.store, cache.ReaderConfig{Requester: b.queue, Wait: time.Millisecond, RedisTimeout: patience, Log: b.log})
		if _, err := impatient.Get(t.Context(), "ada", today.AddDays(9)); !errors.Is(err, cache.ErrNotReady) {
			t.Fatalf("the reader got %v", err)
		}
		b.eventually("a failure", func() bool { return p.refreshes("failed") == 1 })
		if tokens := b.tokens(); len(tokens) != 1 || tokens[0].Date != today.AddDays(9) {
			t.Errorf("%q are promised, want the day", tokens)
		}
		fails()
		b.awaitFresh("ada", today.AddDays(9), holding())
		b.settled()
	})
}

func TestAFailureDuringWhichMessagesCameIsLeftToTheirJob(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		p := b.work()
		b.google.Inject(googletest.Fault{Method: "events.list", Status: http.StatusServiceUnavailable, Times: 1})
		waiting, open := b.googleDoor.hold("/events")
		defer open()
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.await("the calendar asked", waiting)
		first := b.theJob().ID
		b.create("ada", "Piano tuner", "2026-11-23 17:00", "2026-11-23 18:00")
		b.acknowledged()
		open()
		b.eventually("the job of the second message alone", func() bool {
			jobs := b.jobs()
			return len(jobs) == 1 && jobs[0].ID != first
		})
		b.awaitFresh("ada", today, holding("Dentist", "Piano tuner"))
		b.settled()
		if n := p.refreshes(allOutcomes...); n != 2 || p.refreshes("failed") != 1 {
			t.Errorf("%d refreshes, want one that failed and one that did not", n)
		}
	})
}

func TestLogsAndJobsHoldNothingOfTheCalendar(t *testing.T) {
	t.Parallel()
	var logs lines
	b := setup(t, redistest.Mini(t).Client(t), func(s *settings) { s.log = zerolog.New(&logs) })
	b.google.AddUser("ada", berlin)
	b.google.Inject(googletest.Fault{Method: "events.list", Status: http.StatusServiceUnavailable, Times: 1})
	b.model.Inject(openaitest.Fault{Kind: openaitest.Prose})
	b.work()
	b.create("ada", "Oncologist", "2026-11-23 15:00", "2026-11-23 16:00")
	var held string
	b.eventually("a job that failed", func() bool {
		jobs := b.jobs()
		if len(jobs) != 1 || jobs[0].LastErr == "" {
			return false
		}
		held = fmt.Sprintf("%+v", *jobs[0])
		return true
	})
	b.awaitFresh("ada", today, holding("Oncologist"))
	b.settled()
	if held += logs.String(); !strings.Contains(held, "503") || !strings.Contains(held, `"degraded"`) {
		t.Fatalf("logs and jobs do not tell what happened:\n%s", held)
	}
	for _, secret := range []string{"Oncologist", b.google.Token("ada"), "Bearer"} {
		if strings.Contains(held, secret) {
			t.Errorf("logs or jobs hold %q:\n%s", secret, held)
		}
	}
}

// lines are logs in memory.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// quotaUsedUp is a way to Google on which the next requests have to wait.
type quotaUsedUp struct {
	times atomic.Int32
	until time.Time
}

func (q *quotaUsedUp) RoundTrip(r *http.Request) (*http.Response, error) {
	if q.times.Add(-1) >= 0 {
		return nil, &quota.Deferred{API: quota.Google, Limit: "requests a minute", At: q.until}
	}
	return http.DefaultTransport.RoundTrip(r)
}

func TestAJobThatWaitsForAQuotaIsPutOffAndComesBack(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		limit := &quotaUsedUp{}
		b := setup(t, client, func(s *settings) { s.googleTransport = limit })
		b.google.AddUser("ada", berlin)
		p := b.work()
		b.publish(changed("ada"))
		b.awaitFresh("ada", today, holding())
		b.settled()

		limit.until = time.Now().Add(time.Second)
		limit.times.Store(1)
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		sum := b.awaitFresh("ada", today, holding("Dentist"))
		if sum.FetchedAt.Before(limit.until) {
			t.Errorf("fetched at %v, put off until %v", sum.FetchedAt, limit.until)
		}
		b.settled()
		if n := p.refreshes(allOutcomes...); n != 3 || p.refreshes("deferred") != 1 {
			t.Errorf("%d refreshes of which %d were put off, want 3 and one", n, p.refreshes("deferred"))
		}
	})
}

// A calendar that has to wait for minutes is said to at once; where it is the model,
// readers get what is known without it, and the model's word later.
func TestReadersDoNotWaitForWhatIsPutOffForMinutes(t *testing.T) {
	t.Parallel()
	for name, model := range map[string]bool{"calendar": false, "model": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limit := &quotaUsedUp{until: time.Now().Add(10 * time.Minute)}
			limit.times.Store(1)
			b := setup(t, redistest.New(t).Client(t), func(s *settings) {
				if model {
					s.modelTransport = limit
				} else {
					s.googleTransport = limit
				}
			})
			b.google.AddUser("ada", berlin)
			b.insert("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
			b.work()
			b.reader = cache.NewReader(b.store, cache.ReaderConfig{Requester: b.queue, RedisTimeout: patience, Log: b.log})
			answer, err := b.reader.Get(t.Context(), "ada", today)
			if model {
				if s := answer.Summary; err != nil || answer.Status != cache.Stale || answer.Fault != freshness.FaultQuota || !s.Degraded ||
					!holding("Dentist")(s) {
					t.Errorf("got %+v, %v; want the plain summary, flagged", answer, err)
				}
			} else {
				var deferred *cache.Deferred
				if !errors.As(err, &deferred) || deferred.Until.Before(limit.until.Add(-time.Minute)) {
					t.Errorf("got %+v, %v; want to be told when", answer, err)
				}
			}
			// The reader may be told before the job has ended.
			b.eventually("the job put off", func() bool { return b.inspector.RunTask(readQueue, b.theJob().ID) == nil })
			if sum := b.awaitFresh("ada", today, holding("Dentist")); sum.Degraded {
				t.Error("the model did not write it in the end")
			}
		})
	}
}

// The model answers 429 for good. Readers are given what is known of the day at once,
// though an older summary is there, and without a job or Redis as well.
func TestWhileTheModelIsPutOffReadersAreToldWithoutIt(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		b.work()
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.awaitFresh("ada", today, holding("Dentist"))
		b.settled()

		b.model.Inject(openaitest.Fault{Kind: openaitest.TooManyRequests, RetryAfter: time.Second})
		b.create("ada", "Piano tuner", "2026-11-23 17:00", "2026-11-23 18:00")
		both := holding("Dentist", "Piano tuner")
		b.eventually("an old copy that knows the news", func() bool {
			_, stale := b.peek("ada", today)
			return stale != nil && both(*stale)
		})
		answer, err := b.reader.Get(t.Context(), "ada", today)
		if sum := answer.Summary; err != nil || answer.Status != cache.Stale || !both(sum) || sum.Writer != summarizer.PlainWriter ||
			!sum.Degraded {
			t.Errorf("the reader got %v, %+v, %v", answer.Status, sum, err)
		}
		direct := worker.Direct{Summarizer: b.summarizer(), Now: b.clock}
		sum, err := direct.Generate(t.Context(), "ada", today, summarizer.Preferences{})
		if err != nil || !both(sum) || sum.Writer != summarizer.PlainWriter || !sum.Degraded {
			t.Errorf("made for the reader alone: %+v, %v", sum, err)
		}
		b.model.Heal()
		b.awaitFresh("ada", today, func(s summarizer.Summary) bool { return both(s) && !s.Degraded })
	})
}

func TestMessagesCountOnTheJobThatWaitsForAQuota(t *testing.T) {
	t.Parallel()
	limit := &quotaUsedUp{until: time.Now().Add(time.Hour)}
	limit.times.Store(1)
	b := setup(t, redistest.New(t).Client(t), func(s *settings) { s.googleTransport = limit })
	b.google.AddUser("ada", berlin)
	p := b.work()
	b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
	b.eventually("the job put off", func() bool { return p.refreshes("deferred") == 1 })
	b.create("ada", "Piano tuner", "2026-11-23 17:00", "2026-11-23 18:00")
	b.acknowledged()
	b.eventually("the job waiting, alone", func() bool {
		jobs := b.jobs()
		return len(jobs) == 1 && jobs[0].State == asynq.TaskStateRetry
	})

	job := b.theJob()
	if job.Retried != 0 || job.NextProcessAt.Before(limit.until.Truncate(time.Second)) {
		t.Errorf("it counts as failed %d times, and is to be tried again at %v, want 0 and %v", job.Retried, job.NextProcessAt, limit.until)
	}
	if err := b.inspector.RunTask(refreshQueue, job.ID); err != nil {
		t.Fatal(err)
	}
	b.awaitFresh("ada", today, holding("Dentist", "Piano tuner"))
	b.settled()
}

func TestAJobIsPutOffAsOftenAsItTakes(t *testing.T) {
	t.Parallel()
	const often = 150 // more than a job may fail
	limit := &quotaUsedUp{until: time.Now().Add(time.Hour)}
	limit.times.Store(2 * often) // settings and calendars are asked for side by side
	b := setup(t, redistest.New(t).Client(t), func(s *settings) { s.googleTransport = limit })
	b.google.AddUser("ada", berlin)
	p := b.work()
	b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
	b.eventually("the job waiting, alone", func() bool {
		jobs := b.jobs()
		return len(jobs) == 1 && jobs[0].State == asynq.TaskStateRetry
	})
	job := b.theJob()
	for range often {
		b.eventually("the job waiting for its time", func() bool { return b.inspector.RunTask(refreshQueue, job.ID) == nil })
	}
	b.awaitFresh("ada", today, holding("Dentist"))
	b.settled()
	if n := p.refreshes("deferred"); n != often {
		t.Errorf("put off %d times, want %d", n, often)
	}
}

func TestWithoutCreditOrBudgetThePlainWriterStandsInAtOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		limits quota.Limits
		asked  int // how often the model is, for two summaries
	}{
		"the account has no credit":            {quota.Limits{}, 1},
		"the user's tokens of the day are out": {quota.Limits{UserDailyTokens: 1}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
				gate, err := quota.New(quota.Config{Client: client, Limits: c.limits, Log: zerolog.Nop()})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = gate.Close() })
				b := setup(t, client, func(s *settings) { s.modelTransport = gate.OpenAI(http.DefaultTransport) })
				b.google.AddUser("ada", berlin)
				b.model.Inject(openaitest.Fault{Kind: openaitest.InsufficientQuota})
				p := b.work()
				for i, titles := range [][]string{{"Dentist"}, {"Dentist", "Piano tuner"}} {
					b.create("ada", titles[i], "2026-11-23 15:00", "2026-11-23 16:00")
					if sum := b.awaitFresh("ada", today, holding(titles...)); sum.Writer != summarizer.PlainWriter || !sum.Degraded {
						t.Errorf("planned by %s, degraded %v", sum.Writer, sum.Degraded)
					}
					b.settled()
				}
				if n := b.model.Counts().Requests; n != c.asked {
					t.Errorf("the model was asked %d times, want %d", n, c.asked)
				}
				if n := p.refreshes("deferred", "failed"); n > 0 {
					t.Errorf("%d jobs were put off or failed", n)
				}
			})
		})
	}
}
