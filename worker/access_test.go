package worker_test

import (
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cache"
	"foreday/cache/redistest"
	"foreday/summarizer"
	"foreday/summarizer/google"
	"foreday/summarizer/google/googletest"
	"foreday/summarizer/google/vault"
	"foreday/worker"
)

func TestRevokedAccessIsReportedAndNotTriedByEveryJob(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		seal, err := cache.NewSeal(cache.NewKey())
		if err != nil {
			t.Fatal(err)
		}
		c := &connection{T: t, client: client, seal: seal}
		var logs lines
		b := setup(t, client, func(s *settings) {
			s.log = zerolog.New(&logs)
			s.access = func(b *bench) (google.Access, error) {
				return google.Connected(c.app, c.vault(), vault.NewRefusals(client))
			}
		})
		c.google, c.url, c.app = b.google, b.googleURL, appAt(b.googleURL, nil)
		b.google.AddUser("ada", berlin)
		c.connect("ada")
		p := b.work()
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.awaitFresh("ada", today, holding("Dentist"))
		b.settled()

		b.google.RevokeAccess("ada")
		asked := b.google.Requests().ByMethod["token"]
		for n := 1; n <= 3; n++ {
			b.create("ada", "Piano tuner", "2026-11-23 17:00", "2026-11-23 18:00")
			b.eventually("a refresh without access", func() bool { return p.refreshes("no_access") == n })
			b.settled()
		}
		if n := b.google.Requests().ByMethod["token"] - asked; n != 1 {
			t.Errorf("the token endpoint was asked %d times, want once", n)
		}
		if n := p.refreshes("failed"); n != 0 || len(b.jobs()) != 0 {
			t.Errorf("%d refreshes failed and %d jobs wait, want none", n, len(b.jobs()))
		}
		if answer, err := b.reader.Get(t.Context(), "ada", today); err != nil || answer.Status != cache.Stale {
			t.Errorf("the reader of a day that was made before got %v, %v, want the stale copy", answer.Status, err)
		}
		if _, err := b.reader.Get(t.Context(), "ada", today.AddDays(7)); !errors.Is(err, summarizer.ErrAccess) {
			t.Errorf("the reader of another day got %v, want no access", err)
		}
		if said := logs.String(); !strings.Contains(said, "no access to the calendar") || !strings.Contains(said, "invalid_grant") {
			t.Errorf("the log does not tell what happened:\n%s", said)
		}

		c.connect("ada")
		b.publish(changed("ada"))
		b.awaitFresh("ada", today, holding("Dentist", "Piano tuner", "Piano tuner", "Piano tuner"))
	})
}

// Readers of somebody who is not there ask for one day after the other, again and again.
func TestReadersOfAnAbsentUserCostOneCallAMinute(t *testing.T) {
	t.Parallel()
	var logs lines
	client := redistest.Mini(t).Client(t)
	b := setup(t, client, func(s *settings) {
		s.log = zerolog.New(&logs)
		s.access = func(b *bench) (google.Access, error) {
			return google.Broker(b.googleURL+googletest.BrokerPath, vault.NewRefusals(client), 0, nil)
		}
	})
	p := b.work()
	const days, rounds = 7, 20
	for range rounds {
		for n := range days {
			if _, err := b.reader.Get(t.Context(), "ada", today.AddDays(n)); !errors.Is(err, summarizer.ErrAccess) {
				t.Fatalf("a reader got %v, want no access", err)
			}
		}
	}
	b.eventually("the end of all jobs", func() bool { return len(b.jobs()) == 0 && p.refreshes("no_access") >= days })
	if n := b.google.Requests().Total; n != 1 {
		t.Errorf("%d calls, want one", n)
	}
	if n := strings.Count(logs.String(), "no access to the calendar: "); n != days || p.refreshes("no_access") != days {
		t.Errorf("%d reads are %d lines in the log and %d refreshes, want one a day", days*rounds, n, p.refreshes("no_access"))
	}
}

func TestADayWithoutEventsIsKeptLikeAnyOtherAndCostsNoModel(t *testing.T) {
	t.Parallel()
	b := setup(t, redistest.Mini(t).Client(t))
	b.google.AddUser("ada", berlin)
	b.work()
	for _, want := range []cache.Status{cache.Miss, cache.Hit} {
		answer, err := b.reader.Get(t.Context(), "ada", today)
		if err != nil || answer.Status != want || answer.Summary.Degraded {
			t.Errorf("a reader got %v, degraded %v, %v, want %v", answer.Status, answer.Summary.Degraded, err, want)
		}
	}
	if n := b.model.Counts().Requests; n != 0 {
		t.Errorf("the model was asked %d times", n)
	}
}

// The app publishes, gives access, and publishes again, all within the time for
// which a refusal is remembered: the second message counts all the same.
func TestAMessageDuringAnEarlierRefusalIsFollowedByAsking(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client, func(s *settings) {
			s.access = func(b *bench) (google.Access, error) {
				return google.Broker(b.googleURL+googletest.BrokerPath, vault.NewRefusals(client), 0, nil)
			}
		})
		p := b.work()
		b.publish(changed("ada")) // whom the broker does not know
		b.eventually("a refresh without access", func() bool { return p.refreshes("no_access") == 1 })
		b.settled()

		b.google.AddUser("ada", berlin)
		b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.eventually("a refresh put off", func() bool { return p.refreshes("deferred") == 1 })
		var job *asynq.TaskInfo
		b.eventually("a job that waits", func() bool {
			job = b.theJob()
			return job.State == asynq.TaskStateRetry
		})
		if wait := time.Until(job.NextProcessAt); wait > time.Minute+time.Second || wait < 30*time.Second {
			t.Errorf("it is put off for %v", wait)
		}
		if _, err := b.reader.Get(t.Context(), "ada", today); !errors.Is(err, summarizer.ErrAccess) {
			t.Errorf("meanwhile a reader got %v, want no access", err)
		}
		if n := b.google.Requests().ByMethod["broker"]; n != 1 {
			t.Errorf("the broker was asked %d times, want once", n)
		}
		client.Del(t.Context(), "foreday:{ada}:refused") // a minute later
		if err := b.inspector.RunTask(refreshQueue, job.ID); err != nil {
			t.Fatal(err)
		}
		b.awaitFresh("ada", today, holding("Dentist"))
		b.settled()
	})
}

func TestWhileTheBrokerIsDownJobsAreTriedAgainAndTheStaleCopyServes(t *testing.T) {
	t.Parallel()
	garbage := "<html>It works!</html>"
	for name, fault := range map[string]googletest.Fault{
		"500": {Status: http.StatusInternalServerError}, "garbage": {Body: &garbage}, "cut short": {Cut: true},
		"no answer": {Delay: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, redistest.Mini(t).Client(t), func(s *settings) {
				s.access = func(b *bench) (google.Access, error) {
					return google.Broker(b.googleURL+googletest.BrokerPath, vault.NewRefusals(b.client), 200*time.Millisecond,
						nil)
				}
			})
			b.google.AddUser("ada", berlin)
			b.google.AddUser("bob", berlin)
			p := b.work()
			b.create("ada", "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
			b.awaitFresh("ada", today, holding("Dentist"))
			b.settled()

			fault.Method = "broker"
			over := b.google.Inject(fault)
			b.google.ExpireTokens("")
			b.create("ada", "Piano tuner", "2026-11-23 17:00", "2026-11-23 18:00")
			b.eventually("two failures", func() bool { return p.refreshes("failed") >= 2 })
			if answer, err := b.reader.Get(t.Context(), "ada", today); err != nil || answer.Status != cache.Stale {
				t.Errorf("a reader got %v, %v, want the stale copy", answer.Status, err)
			}
			hasNothing := cache.NewReader(b.store, cache.ReaderConfig{
				Requester: b.queue, Wait: time.Millisecond, RedisTimeout: patience, Log: b.log,
				Generator: worker.Direct{Summarizer: b.summarizer(), Now: b.clock},
			})
			_, err := hasNothing.Get(t.Context(), "bob", today)
			if !errors.Is(err, summarizer.ErrTemporary) || errors.Is(err, summarizer.ErrAccess) {
				t.Errorf("a reader for whom there is no copy got %v, want a temporary error", err)
			}
			if n := p.refreshes("no_access"); n != 0 {
				t.Errorf("%d refreshes count as without access", n)
			}
			over()
			b.awaitFresh("ada", today, holding("Dentist", "Piano tuner"))
			b.awaitFresh("bob", today, holding())
		})
	}
}

func TestABrokerThatIsNotThereIsTriedAgain(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	b := setup(t, redistest.Mini(t).Client(t), func(s *settings) {
		s.access = func(*bench) (google.Access, error) {
			return google.Broker("http://"+closed.Addr().String(), nil, 0, nil)
		}
	})
	p := b.work()
	b.publish(changed("ada"))
	b.eventually("two failures", func() bool { return p.refreshes("failed") >= 2 })
	if p.refreshes("no_access") != 0 || len(b.tokens()) != 1 {
		t.Errorf("%d count as without access, and %q are promised", p.refreshes("no_access"), b.tokens())
	}
}

// Readers of a calendar that cannot be read ask again and again.
func TestReadersOfACalendarThatFailsLeaveOneJobAndAreToldAtOnce(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		b := setup(t, client)
		b.google.AddUser("ada", berlin)
		b.google.Inject(googletest.Fault{Method: "broker", Status: http.StatusInternalServerError})
		p := b.work()
		for n := range 20 {
			var deferred *cache.Deferred
			if _, err := b.reader.Get(t.Context(), "ada", today.AddDays(9)); !errors.As(err, &deferred) || !errors.Is(err, summarizer.ErrTemporary) {
				t.Fatalf("read %d got %v, want to be told that the calendar fails", n, err)
			}
			if len(b.jobs()) > 1 {
				t.Fatalf("after read %d there are %d jobs", n, len(b.jobs()))
			}
		}
		if n := p.refreshes("failed"); n > 10 {
			t.Errorf("20 reads in a row had it tried %d times", n)
		}
	})
}
