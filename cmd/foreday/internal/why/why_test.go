package why_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cache/redistest"
	"foreday/cmd/foreday/internal/heartbeat"
	"foreday/cmd/foreday/internal/why"
	"foreday/events"
	"foreday/summarizer"
	"foreday/summarizer/google/vault"
	"foreday/worker"
	"foreday/worker/quota"
)

const user = "ada"

// scene is a deployment in which something is wrong.
type scene struct {
	*testing.T
	client redis.UniversalClient
	store  *freshness.Store
	queue  *worker.Queue
	seal   *freshness.Seal // of who looks
	date   summarizer.Date
}

func newScene(t *testing.T, client redis.UniversalClient) *scene {
	return &scene{
		T: t, client: client, store: freshness.NewStore(client, freshness.Config{Lease: time.Hour}),
		queue: worker.NewQueue(client, worker.DefaultQueue), date: summarizer.DateOf(time.Now().UTC()),
	}
}

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// look asks why.
func (s *scene) look() why.Report {
	s.Helper()
	store := freshness.NewStore(s.client, freshness.Config{Lease: time.Hour, Seal: s.seal})
	r, err := why.Look(s.Context(), why.Config{
		Client: s.client, Store: store, Queue: s.queue, Stream: events.DefaultStream, Group: events.DefaultGroup, RefreshDays: 2, Now: time.Now,
	}, user, s.date)
	s.must(err)
	return r
}

// alive has a process be heard of, whose breaker for Google is in that state.
func (s *scene) alive(part string, breaker float64) {
	metrics := prometheus.NewRegistry()
	gauge := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "foreday_breaker_state"}, []string{"api"})
	gauge.WithLabelValues("google").Set(breaker)
	metrics.MustRegister(gauge)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		heartbeat.Run(ctx, s.client, part, part == "worker" || part == "up", metrics)
	}()
	s.Cleanup(func() { cancel(); <-ended })
	for s.Context().Err() == nil {
		if beats, err := heartbeat.Read(s.Context(), s.client); err == nil && len(beats) > 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func (s *scene) joined() {
	s.must(s.client.XGroupCreateMkStream(s.Context(), events.DefaultStream, events.DefaultGroup, "0").Err())
}

func (s *scene) publish() (id string) {
	id, err := s.client.XAdd(s.Context(), &redis.XAddArgs{
		Stream: events.DefaultStream, Values: events.Message{Type: events.CalendarChanged, User: user}.Values(),
	}).Result()
	s.must(err)
	return id
}

// owed has a message ask for the day, and its refresh tracked and enqueued.
func (s *scene) owed() freshness.Token {
	out, err := s.store.Invalidate(s.Context(), []freshness.Invalidation{{
		User: user, Days: []freshness.DueDay{{Date: s.date, Due: true}}, Published: time.Now(), Message: "7-1", SetZone: "UTC",
	}})
	s.must(err)
	s.must(s.store.Ledger().TrackTasks(s.Context(), time.Minute, out[0].Tasks...))
	s.must(s.queue.Enqueue(s.Context(), out[0].Tasks...))
	return out[0].Tasks[0].Token
}

func (s *scene) begin() freshness.Run {
	run, begun, err := s.store.Begin(s.Context(), "box:7 job", user, summarizer.Day{Date: s.date, Zone: time.UTC}, true)
	s.must(err)
	if begun != freshness.BeginGo {
		s.Fatal("the run could not begin: ", begun)
	}
	return run
}

func (s *scene) inspector() *asynq.Inspector { return asynq.NewInspectorFromRedisClient(s.client) }

// healthy has everything be well, but for what a test adds.
func (s *scene) healthy() {
	s.joined()
	s.alive("worker", 0)
}

// made has a fresh copy be there.
func (s *scene) made() {
	run := s.begin()
	_, err := s.store.Commit(s.Context(), run, summarizer.Summary{User: user, Date: s.date, Headline: "Dentist", GeneratedAt: time.Now()})
	s.must(err)
}

// exhaust has another user use the only call a minute, and the job of the token wait for the
// next.
func (s *scene) exhaust(token freshness.Token) {
	upstream := httptest.NewServer(http.NotFoundHandler())
	s.Cleanup(upstream.Close)
	gate, err := quota.New(quota.Config{Client: s.client, Limits: quota.Limits{GoogleRPM: 1}, Log: zerolog.Nop()})
	s.must(err)
	s.Cleanup(func() { _ = gate.Close() }) // it returns nil
	client := http.Client{Transport: gate.Google(http.DefaultTransport)}
	for _, who := range []quota.Caller{{User: "bob"}, {User: user, Job: token.String()}} {
		request, err := http.NewRequestWithContext(quota.For(s.Context(), who), http.MethodGet, upstream.URL+"/calendars", nil)
		s.must(err)
		answer, err := client.Do(request)
		if err == nil {
			answer.Body.Close()
		}
		if waits := errors.As(err, new(*quota.Deferred)); waits != (who.User == user) {
			s.Fatalf("the call of %s: %v", who.User, err)
		}
	}
}

// cases are what can be wrong. Each wants the cause that is to be named first, and words of
// what is said of it and of what is to be done.
var cases = map[string]struct {
	wrong func(s *scene)
	cause string
	says  []string
}{
	"no worker": {func(s *scene) { s.joined(); s.owed(); s.alive("api", 0) }, "no_worker", []string{"No worker is alive", "foreday worker"}},
	"no group": {func(s *scene) { s.alive("worker", 0); s.publish(); s.owed() }, "no_group",
		[]string{"FOREDAY_STREAM", "FOREDAY_GROUP"}},
	"a paused queue": {func(s *scene) { s.healthy(); s.owed(); s.must(s.inspector().PauseQueue("foreday:refresh")) }, "queue_paused",
		[]string{"queue foreday:refresh is paused", "DEL 'asynq:{foreday:refresh}:paused'"}},
	"an archived job": {func(s *scene) {
		s.healthy()
		s.must(s.inspector().ArchiveTask("foreday:refresh", s.owed().String()))
	}, "job_archived", []string{"archived", "foreday get ada"}},
	"access denied": {func(s *scene) {
		s.healthy()
		s.owed()
		_, err := s.store.Release(s.Context(), s.begin(), freshness.Failure{Fault: freshness.FaultAccess})
		s.must(err)
	}, "no_access", []string{"may not be read", "token broker"}},
	"a connected user's access refused": {func(s *scene) {
		s.healthy()
		s.owed()
		s.must(s.client.Set(s.Context(), "foreday:{ada}:token", "sealed", 0).Err())
		s.must(vault.NewRefusals(s.client).Refuse(s.Context(), user, "a grant", time.Minute))
	}, "no_access", []string{"Nobody asks again for 1m0s", "foreday connect ada"}},
	"a calendar that fails": {func(s *scene) {
		s.healthy()
		token := s.owed()
		failure := freshness.Failure{Retry: token, Fault: freshness.FaultCalendar, Again: 20 * time.Second}
		_, err := s.store.Release(s.Context(), s.begin(), failure)
		s.must(err)
	}, "calendar_fails", []string{"does not answer as it should", "GOOGLE_CALENDAR_ENDPOINT"}},
	"a breaker": {func(s *scene) { s.joined(); s.alive("worker", 2); s.owed() }, "breaker_open",
		[]string{"Google Calendar keeps failing", "1 process of 1"}},
	"a dead letter": {func(s *scene) {
		s.healthy()
		s.owed()
		s.must(s.client.XAdd(s.Context(), &redis.XAddArgs{Stream: events.DefaultDeadStream, Values: []string{
			"type", "x", "user", user, "dead_id", "5-1", "dead_reason", "field type is wrong", "dead_at", "2026-11-23T10:00:00Z",
		}}).Err())
	}, "dead_letters", []string{"1 message of this user", "foreday dead replay 5-1"}},
	"a refresh that nobody looks after": {func(s *scene) {
		s.healthy()
		s.must(s.store.Ledger().Track(s.Context(), -time.Minute, s.owed()))
	}, "overdue", []string{"should have been looked at 1m0s ago", "restart"}},
	"a refresh that Redis lost": {func(s *scene) {
		s.healthy()
		token := s.owed()
		s.must(s.store.Ledger().Settle(s.Context(), token))
		s.must(s.inspector().DeleteTask("foreday:refresh", token.String()))
	}, "lost", []string{"neither in the ledger nor in a queue", "foreday get ada"}},
	"messages that nobody has read": {func(s *scene) {
		s.healthy()
		s.must(s.client.XAdd(s.Context(), &redis.XAddArgs{
			Stream: events.DefaultStream, ID: fmt.Sprintf("%d-0", time.Now().Add(-time.Minute).UnixMilli()), Values: []string{"user", user},
		}).Err())
		s.publish()
	}, "unread", []string{"2 messages are of this user not read yet", "published 1m0s ago", "Start more workers"}},
	"dead letters of before the last run": {func(s *scene) {
		s.healthy()
		s.must(s.client.XAdd(s.Context(), &redis.XAddArgs{Stream: events.DefaultDeadStream, Values: []string{
			"user", user, "dead_id", "5-1", "dead_at", "2026-11-23T10:00:00Z",
		}}).Err())
		s.made()
		s.owed()
	}, "queued", nil},
	"a run under way":  {func(s *scene) { s.healthy(); s.owed(); s.begin() }, "running", []string{"by box:7"}},
	"a job in a queue": {func(s *scene) { s.healthy(); s.owed() }, "queued", []string{"queue foreday:refresh", "0 jobs are before it"}},
	"a limit": {func(s *scene) {
		s.healthy()
		s.exhaust(s.owed())
	}, "limit", []string{"Calls of Google Calendar wait for requests a minute", "0 calls are before this job's", "turn is expected in"}},
	"a run whose process died": {func(s *scene) {
		s.healthy()
		s.store = freshness.NewStore(s.client, freshness.Config{Lease: time.Millisecond})
		s.owed()
		s.begin()
		time.Sleep(2 * time.Millisecond)
	}, "run_lapsed", []string{"by box:7", "Another takes over"}},
	"another key": {func(s *scene) {
		s.healthy()
		s.made()
		seal, err := cache.NewSeal(cache.NewKey())
		s.must(err)
		s.seal = seal
	}, "other_key", []string{"FOREDAY_KEY"}},
	"a user of whom nothing is known": {func(s *scene) { s.healthy() }, "unknown", []string{"Check the user's ID"}},
	"a day that is not due": {func(s *scene) {
		s.healthy()
		s.date = s.date.AddDays(30)
		s.made()
		s.must(s.store.DropAll(s.Context(), user, s.date, s.date))
	}, "not_due", []string{"FOREDAY_REFRESH_DAYS"}},
}

func TestTheCauseToActOnIsNamedFirstWithWhatToDo(t *testing.T) {
	t.Parallel()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t, redistest.Mini(t).Client(t))
			c.wrong(s)
			r := s.look()
			if len(r.Causes) == 0 || r.Causes[0].Name != c.cause {
				t.Fatalf("causes: %+v, want %s first", r.Causes, c.cause)
			}
			for _, want := range c.says {
				if text := r.Causes[0].Text + "\n" + r.Causes[0].Do; !strings.Contains(text, want) {
					t.Errorf("it does not say %q:\n%s", want, text)
				}
			}
			acting := slices.IndexFunc(r.Causes, func(c why.Cause) bool { return c.Do == "" })
			if acting >= 0 && slices.ContainsFunc(r.Causes[acting:], func(c why.Cause) bool { return c.Do != "" }) {
				t.Errorf("what ends by itself comes before what to act on: %+v", r.Causes)
			}
		})
	}
}

// What keeps messages from being applied keeps whoever asks from looking, and is said.
func TestAKeyOfAnotherKindIsNamedWithWhatToDo(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		s := newScene(t, client)
		s.must(client.Set(t.Context(), "foreday:{ada}:day:"+s.date.String(), "none of ours", 0).Err())
		_, err := why.Look(t.Context(), why.Config{Client: client, Store: s.store, Queue: s.queue, Now: time.Now}, user, s.date)
		if !errors.Is(err, worker.ErrUserData) || !strings.Contains(err.Error(), "TYPE") {
			t.Errorf("it says %v", err)
		}
	})
}

func TestNothingIsLateWhileTheCopyIsFresh(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		s := newScene(t, client)
		s.healthy()
		s.made()
		r := s.look()
		if r.Status != why.Fresh || len(r.Causes) != 0 || r.FreshUntil == nil || time.Until(*r.FreshUntil) < 50*time.Minute {
			t.Errorf("%+v", r)
		}
	})
}

func TestAllThatIsKnownOfAMessageIsTold(t *testing.T) {
	t.Parallel()
	tells := func(t *testing.T, client redis.UniversalClient) {
		s := newScene(t, client)
		s.healthy()
		read := s.publish()
		s.must(client.XReadGroup(t.Context(), &redis.XReadGroupArgs{
			Group: events.DefaultGroup, Consumer: "gone", Streams: []string{events.DefaultStream, ">"},
		}).Err())
		unread := s.publish()
		token := s.owed()
		dump := func() map[string]string {
			held := map[string]string{}
			for _, key := range redistest.Keys(t, client, "*") {
				if !strings.HasPrefix(key, "foreday:process") { // processes go on
					held[key] = client.Dump(t.Context(), key).Val()
				}
			}
			return held
		}
		before := dump()
		r := s.look()
		if after := dump(); len(before) < 5 || !reflect.DeepEqual(before, after) {
			t.Errorf("looking has changed\n%q\nto\n%q", before, after)
		}
		var ids []string
		for _, m := range r.Messages {
			ids = append(ids, m.ID+m.Consumer)
		}
		if want := []string{read + "gone", unread}; !slices.Equal(ids, want) {
			t.Errorf("messages %q, want %q", ids, want)
		}
		if r.Status != why.None || r.State.Message != "7-1" || r.State.Token != token.ID || r.Since == nil {
			t.Errorf("state: %+v", r)
		}
		if len(r.Promised) != 1 || r.Promised[0].Token != token.ID || r.Promised[0].LookIn < 30 {
			t.Errorf("promised: %+v", r.Promised)
		}
		if len(r.Jobs) != 1 || r.Jobs[0].State != "pending" || r.Jobs[0].Queue != "foreday:refresh" {
			t.Errorf("jobs: %+v", r.Jobs)
		}
		if len(r.Processes) != 1 || r.Processes[0].Part != "worker" || r.Processes[0].Name != heartbeat.Process() {
			t.Errorf("processes: %+v", r.Processes)
		}
	}
	redistest.Each(t, tells)
	t.Run("cluster", func(t *testing.T) {
		t.Parallel()
		tells(t, redistest.Cluster(t, 3).Client(t))
	})
}
