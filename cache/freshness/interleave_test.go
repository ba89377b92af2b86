package freshness

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
)

// The tests of this file explore the freshness protocol: every order in which
// its actors can take their steps, with faults between any two. They are a model
// checker that plays with the real thing: each step that touches Redis runs the
// package's own code and scripts against a Redis, which world puts into any
// state seen before.
//
// The actors, each a small machine of steps in a file of its own, in the order
// in which package worker takes them:
//
//   - a publisher for each event (interleave_publish_test.go): fence, send;
//   - two ingesters (interleave_ingest_test.go): read, invalidate, track,
//     enqueue, acknowledge;
//   - two jobs (interleave_refresh_test.go): begin, fetch, look for messages and
//     begin anew, commit, hand over, settle; or fail and release;
//   - a sweeper (interleave_sweep_test.go): claim, audit, look into the queue,
//     put back what is lost;
//   - readers, who ask for a summary and enqueue a job;
//   - asynq, as a set of tasks: an ID that is in the queue or at work is refused,
//     and the job of a dead worker stays at work until asynq notices, if ever.
//
// The calendar is a version, which each event raises. A job's fetch reads it, and
// the copy it commits says which one it tells. Faults, a few of each kind, may
// come at any moment; see faults. In every state reached is checked:
//
//  1. The fresh copy tells at least the version of every message that is
//     acknowledged, or published by somebody who fenced and knows that it is, and
//     there is none while a refresh is pending.
//  2. Where nothing is left to do for anybody but faults and further events, the
//     fresh copy tells the last event; and every way on from any state leads to
//     such a place, without circles.
//  3. If nothing goes wrong, no run begins without a message since the last one
//     began, however many jobs a slow ingester queues; and nothing has to wait
//     for a sweep.
//  4. No copy is replaced by one that an older run made.
//
// All of the state is explored once, depth first. A schedule is one way from the
// start to an end; there are far more of them than states, and they are counted,
// not walked one by one. What is too large for that is sampled, by schedules
// walked at random.
//
// FOREDAY_PROOF=deep explores what takes minutes and some gigabytes, too.

// scope is what is explored at one go.
type scope struct {
	name    string
	events  uint8
	may     faults
	cfg     Config
	orderly bool
	publish []string // a bare XADD if empty
}

// aCrash is the least that has to hold: two events, two ingesters, two jobs, and
// a crash between any two steps.
var aCrash = scope{name: "a crash", events: 2, may: faults{crashes: 1}}

var (
	onEmbedded = []scope{
		aCrash,
		{name: "a cooldown, and a crash", events: 2, may: faults{crashes: 1}, cfg: Config{Cooldown: tick * 8 / 10}},
		{name: "answers lost for good", events: 2, may: faults{lost: 1, failures: 1}},
		{name: "an ingester that is slow", events: 2, may: faults{stalls: 1}},
		{name: "a reader who asks", events: 2, may: faults{asks: 1}},
		{name: "a crash, and a clock that steps back", events: 1, may: faults{crashes: 1, steps: 1}},
		{name: "nothing goes wrong", events: 3, orderly: true},
		{name: "a publisher who fences in plain commands, and a crash", events: 1, may: faults{crashes: 1}, publish: plainly},
	}
	onRedis = []scope{
		aCrash,
		{name: "a crash and a calendar that fails", events: 2, may: faults{crashes: 1, failures: 1}},
		{name: "leases that run out", events: 2, may: faults{ticks: 1}},
		{name: "who is alive is taken for dead", events: 1, may: faults{ticks: 1, deaths: 1}},
		{name: "a clock that steps back", events: 2, may: faults{steps: 1}},
		{name: "all expires", events: 2, may: faults{losses: 1}},
		{name: "answers lost", events: 2, may: faults{lost: 2}},
		{name: "nothing goes wrong", events: 3, orderly: true},
		{name: "publishers who fence, and nothing goes wrong", events: 3, orderly: true, publish: byStore},
		{name: "publishers who fence, and a crash", events: 2, may: faults{crashes: 1}, publish: byStore},
		{name: "a publisher who fences, and an answer lost", events: 1, may: faults{lost: 1}, publish: byStore},
	}
	// With FOREDAY_PROOF=deep. A crash together with leases that run out, or with
	// all expiring, is beyond this: it took up to 20 GB to find 37 million states
	// in order.
	deep = []scope{
		{name: "publishers who fence in plain commands, and a crash", events: 2, may: faults{crashes: 1}, publish: plainly},
		{name: "publishers who fence, and an answer lost", events: 2, may: faults{lost: 1}, publish: byStore},
		{name: "a publisher who fences, and leases that run out", events: 1, may: faults{ticks: 1, crashes: 1}, publish: byStore},
		{name: "two crashes", events: 2, may: faults{crashes: 2}},
		{name: "a crash and an answer lost", events: 2, may: faults{crashes: 1, lost: 1}},
		{name: "a crash and a reader who asks", events: 2, may: faults{crashes: 1, asks: 1}},
		{name: "a crash and an ingester that is slow", events: 2, may: faults{crashes: 1, stalls: 1}},
		{name: "who is alive is taken for dead", events: 2, may: faults{ticks: 1, deaths: 1}},
		{name: "leases that run out, and a calendar that fails", events: 2, may: faults{ticks: 1, failures: 1}},
		{name: "tokens that age", events: 2, may: faults{ages: 1}},
		{name: "a cooldown, a crash, and a clock that steps back", events: 2, may: faults{crashes: 1, steps: 1},
			cfg: Config{Cooldown: tick * 8 / 10}},
		{name: "nothing goes wrong", events: 4, orderly: true},
	}
)

// sampled is everything at once.
var sampled = scope{events: 3, may: faults{crashes: 2, lost: 1, failures: 1, ticks: 2, ages: 1, steps: 1, stalls: 1, asks: 2, deaths: 1}}

func TestPromisesHoldUnderEveryInterleaving(t *testing.T) {
	t.Parallel()
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		prove(t, "in-process Redis", redistest.Mini(t).Client(t), onEmbedded, 200)
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		scopes := onRedis
		if os.Getenv("FOREDAY_PROOF") == "deep" {
			scopes = append(scopes, deep...)
		}
		prove(t, "real Redis", redistest.Start(t).Client(t), scopes, 1500)
	})
}

func prove(t *testing.T, kind string, client redis.UniversalClient, scopes []scope, samples int) {
	var all exploration
	for _, s := range scopes {
		e := explore(s.model(t, client), state{may: s.may})
		t.Logf("%s: %v", s.name, e)
		if e.broken != "" {
			t.Fatalf("%s: promise %s, after:\n\t%s", s.name, e.broken, strings.Join(e.trace, "\n\t"))
		}
		all.states += e.states
		all.transitions += e.transitions
		all.schedules += e.schedules
	}
	e := sample(sampled.model(t, client), state{may: sampled.may}, samples)
	if e.broken != "" {
		t.Fatalf("sampled: promise %s, after:\n\t%s", e.broken, strings.Join(e.trace, "\n\t"))
	}
	if all.schedules < 100_000 {
		t.Errorf("only %.0f schedules: the exploration stops too early", all.schedules)
	}
	fmt.Printf("proof: %s: %v explored, %d larger ones sampled; every promise kept\n", kind, all, samples)
}

func (s scope) model(t testing.TB, client redis.UniversalClient, edits ...edit) *model {
	m := &model{world: newWorld(t, client, s.cfg, edits...), conduct: asBuilt(), events: s.events, orderly: s.orderly}
	if s.publish != nil {
		m.conduct.publish = s.publish
	}
	return m
}
