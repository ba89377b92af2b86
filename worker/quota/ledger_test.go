package quota

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"foreday/cache/redistest"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"
)

// ledgerClient talks to a ledger as one process does, at a time of its own.
type ledgerClient struct {
	client   redis.UniversalClient
	process  string
	limits   bounds
	number   int64
	epoch    string
	answered int64
	sent     int64 // when its last batch was, or when it began: ages ago if not told
}

// fataler is a test of either kind.
type fataler interface {
	Helper()
	Fatal(args ...any)
}

// at is a moment in milliseconds: what the process's clock shows, and Redis's.
type at struct{ true, redis int64 }

func (c *ledgerClient) batch() *batch {
	c.number++
	return &batch{Process: c.process, Number: c.number, Epoch: c.epoch, Limits: c.limits}
}

func (c *ledgerClient) run(t fataler, b *batch, when at) reply {
	t.Helper()
	b.Now = &when.redis
	b.Elapsed, b.Answered = when.true-c.sent, c.answered
	r, err := b.run(context.Background(), c.client, OpenAI, time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	c.epoch, c.sent, c.answered = r.Epoch, when.true, b.Number
	return r
}

func newLedgerClient(client redis.UniversalClient, process string, limits bounds) *ledgerClient {
	return &ledgerClient{client: client, process: process, limits: limits}
}

// slidingUpstream is the plain model of a service with sliding windows: it knows what
// reached it when, and looks at every window there is.
type slidingUpstream struct {
	window int64
	calls  []arrived
}

type arrived struct {
	at     int64
	user   string
	tokens int
}

func (f *slidingUpstream) worst(cost func(arrived) int) int {
	worst := 0
	for _, end := range f.calls {
		sum := 0
		for _, a := range f.calls {
			if a.at <= end.at && a.at > end.at-f.window {
				sum += cost(a)
			}
		}
		worst = max(worst, sum)
	}
	return worst
}

// world is a run of the model: time, processes that ask, calls under way.
type world struct {
	*rapid.T
	ledger   *ledgerClient
	upstream slidingUpstream
	now      at
	calls    int
	pending  []ask
	turn     int64 // when the first of pending was told to ask again
	flying   []flying
	granted  int
	deaths   int
}

type flying struct {
	call   string
	user   string
	tokens int
	at     int64
}

// wireTime is how long after its turn a request can reach the upstream.
var wireTime = millis(newTiming(minute).connect + arrival)

var testUsers = []string{"ada", "bob", "cyd"}

func (w *world) ask() {
	for range rapid.IntRange(1, 6).Draw(w.T, "asks") {
		w.calls++
		w.pending = append(w.pending, ask{
			Call: fmt.Sprint("call", w.calls), Ticket: fmt.Sprint("ticket", w.calls),
			Keep:  rapid.Bool().Draw(w.T, "keep"),
			Name:  rapid.SampledFrom(testUsers).Draw(w.T, "user"),
			Ahead: rapid.Bool().Draw(w.T, "ahead"), Tokens: rapid.IntRange(0, 50).Draw(w.T, "tokens"),
			Wait: rapid.Int64Range(0, 10_000).Draw(w.T, "wait"),
		})
	}
	w.trip()
}

// trip puts all pending asks; what is let go is under way, what is put off for
// good is dropped.
func (w *world) trip() {
	b := w.ledger.batch()
	for _, a := range w.pending {
		a.User = b.user(a.Name)
		b.Asks = append(b.Asks, a)
	}
	r := w.ledger.run(w.T, b, w.now)
	again := *b
	if second := w.ledger.run(w.T, &again, w.now); fmt.Sprint(second) != fmt.Sprint(r) {
		w.Fatalf("the same batch again got %v, the first time %v", second, r)
	}
	var rest []ask
	w.turn = w.now.true + millis(minute)
	for i, v := range r.Answers {
		a := b.Asks[i]
		if v.What == askAt || v.What == deferred && a.Keep {
			w.turn = min(w.turn, w.now.true+v.Wait)
		}
		switch v.What {
		case goAt:
			w.granted++
			w.flying = append(w.flying, flying{a.Call, a.Name, a.Tokens, w.now.true + v.Wait})
		case askAt:
			rest = append(rest, a)
		case deferred:
			if a.Keep {
				rest = append(rest, a)
			}
		}
	}
	w.pending = rest
}

// settle ends some calls: sent within the time they had, settled after.
func (w *world) settle() {
	b := w.ledger.batch()
	var rest []flying
	for _, f := range w.flying {
		if f.at > w.now.true || rapid.Bool().Draw(w.T, "goes on") {
			rest = append(rest, f)
			continue
		}
		s := settlement{Call: f.call, Name: f.user, User: b.user(f.user)}
		latest := min(w.now.true, f.at+wireTime)
		switch came := w.between(f.at, latest, "arrived"); rapid.SampledFrom([]string{"answered", "unsent", "dies"}).Draw(w.T, "end") {
		case "answered":
			used := int(w.between(0, int64(f.tokens), "used"))
			if used < f.tokens || rapid.Bool().Draw(w.T, "says so") {
				s.Tokens = &used
			}
			s.Ago = w.now.true - w.between(came, latest, "known by")
			w.upstream.calls = append(w.upstream.calls, arrived{came, f.user, used})
			b.Settled = append(b.Settled, s)
		case "unsent":
			s.Unsent = true
			b.Settled = append(b.Settled, s)
		case "dies":
			w.upstream.calls = append(w.upstream.calls, arrived{came, f.user, f.tokens})
		}
	}
	w.flying = rest
	w.ledger.run(w.T, b, w.now)
}

// between draws a number, its bounds more often than others.
func (w *world) between(low, high int64, label string) int64 {
	return rapid.OneOf(rapid.Just(low), rapid.Just(high), rapid.Int64Range(low, high)).Draw(w.T, label)
}

// pass lets time pass: a moment, until somebody's turn, or most of a window.
func (w *world) pass() {
	w.wait(rapid.OneOf(
		rapid.Int64Range(0, 500), rapid.Int64Range(0, 10_000), rapid.Just(max(0, w.turn-w.now.true)),
		rapid.Int64Range(millis(minute)-100, millis(minute)+100),
	).Draw(w.T, "ms"))
}

func (w *world) nextTurn() {
	w.wait(max(0, w.turn-w.now.true))
	w.trip()
}

func (w *world) wait(d int64) {
	w.now.true += d
	w.now.redis += d
	// What has not been sent in time may be no more.
	var rest []flying
	for _, f := range w.flying {
		if w.now.true > f.at+millis(newTiming(minute).connect) {
			w.upstream.calls = append(w.upstream.calls, arrived{f.at + w.between(0, wireTime, "arrived"), f.user, f.tokens})
			continue
		}
		rest = append(rest, f)
	}
	w.flying = rest
}

// die ends the process. Another, which the ledger does not know, has begun not long
// before or takes its place after a while.
func (w *world) die() {
	w.deaths++
	next := newLedgerClient(w.ledger.client, fmt.Sprint("gate", w.deaths), w.ledger.limits)
	next.sent = w.now.true
	w.ledger, w.pending, w.turn = next, nil, w.now.true
}

// stepClock sets Redis's clock wrong.
func (w *world) stepClock() {
	w.now.redis += rapid.SampledFrom([]int64{-3_600_000, -30_000, -1, 5_000, 70_000, 86_400_000}).Draw(w.T, "step")
}

func TestNoWindowHoldsMoreThanTheLimitWhateverHappens(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		rapid.Check(t, func(t *rapid.T) {
			redistest.Clear(t, client)
			limits := bounds{
				Requests:     rapid.IntRange(0, 12).Draw(t, "requests"),
				UserRequests: rapid.IntRange(0, 6).Draw(t, "user requests"),
				Tokens:       rapid.SampledFrom([]int{0, 50, 120, 300}).Draw(t, "token limit"),
			}
			w := &world{T: t, ledger: newLedgerClient(client, "gate", limits), upstream: slidingUpstream{window: millis(minute)}}
			w.now = at{1_000_000, 1_795_413_600_000}
			t.Repeat(map[string]func(*rapid.T){
				"ask":        func(*rapid.T) { w.ask() },
				"come back":  func(*rapid.T) { w.trip() },
				"settle":     func(*rapid.T) { w.settle() },
				"pass":       func(*rapid.T) { w.pass() },
				"next turn":  func(*rapid.T) { w.nextTurn() },
				"turn after": func(*rapid.T) { w.nextTurn() },
				"clock step": func(*rapid.T) { w.stepClock() },
				"die":        func(*rapid.T) { w.die() },
			})
			for _, f := range w.flying {
				w.upstream.calls = append(w.upstream.calls, arrived{f.at, f.user, f.tokens})
			}
			check := func(what string, limit int, cost func(arrived) int) {
				if worst := w.upstream.worst(cost); limit > 0 && worst > limit {
					t.Fatalf("a window held %d %s, the limit is %d", worst, what, limit)
				}
			}
			check("requests", limits.Requests, func(arrived) int { return 1 })
			check("tokens", limits.Tokens, func(a arrived) int { return a.tokens })
			for _, user := range testUsers {
				check("requests of "+user, limits.UserRequests, func(a arrived) int {
					if a.user == user {
						return 1
					}
					return 0
				})
			}
		})
	})
}

func TestAProcessThatHasEndedSharesNoMore(t *testing.T) {
	t.Parallel()
	client := redistest.New(t).Client(t)
	first := newLedgerClient(client, "first", bounds{Requests: 60})
	b := first.batch()
	b.Beat = true
	if r := first.run(t, b, at{0, 0}); r.Snapshot == nil || !slices.Equal(r.Snapshot.Members, []string{"first"}) {
		t.Fatalf("the snapshot of the only process is %+v", r.Snapshot)
	}
	b = first.batch()
	b.Beat, b.Bye = true, true
	first.run(t, b, at{10, 10})
	next := newLedgerClient(client, "next", bounds{Requests: 60})
	b = next.batch()
	b.Beat = true
	if r := next.run(t, b, at{20, 20}); r.Snapshot == nil || !slices.Equal(r.Snapshot.Members, []string{"next"}) {
		t.Errorf("after it has ended, the snapshot of another is %+v", r.Snapshot)
	}
}

// The script has constants of its own, of which this program needs some.
func TestTimesAreTheSameAsTheLedgers(t *testing.T) {
	t.Parallel()
	for file, lines := range map[string][]string{
		"state": {
			fmt.Sprintf("local window = span + %d ", millis(drift)),
			fmt.Sprintf("local provisional = window + math.max(span / 20, 200) + %d ", millis(arrival)),
			"local beat = math.max(span / 30, 200) ",
			fmt.Sprintf("local tripTime = %d ", millis(tripTimeout)),
			fmt.Sprintf("local near, far = 250, %d ", millis(farAhead)),
			fmt.Sprintf("local slotKept, placeKept = %d, ", millis(slotKept)),
		},
		"processes": {fmt.Sprintf("local degradedCalls, degradedBurst = %d, 1 / %.0f\n", degradedCalls, 1/degradedBurst)},
	} {
		for _, line := range lines {
			if !strings.Contains(join(file), line) {
				t.Errorf("ledger/%s.lua has no %q", file, line)
			}
		}
	}
}

func TestAnswersHeardInAnotherOrderThanTheyWereGivenLetNobodyGoTooMany(t *testing.T) {
	eachLedger(t, bounds{}, func(t *testing.T, l *ledgerClient, now *clock) {
		ask := func(call string) what { return l.put(t, now.at(), ask{Call: call, Ticket: call}).What }
		answered := func(call string, n int) {
			l.tell(t, now.at(), settlement{Call: call, feedback: feedback{LeftRequests: &left{n, millis(minute)}}})
		}
		ask("first")
		answered("first", 3)
		for _, call := range []string{"c1", "c2", "c3"} {
			if v := ask(call); v != goAt {
				t.Fatalf("%s, of three that are left, got %q", call, v)
			}
		}
		// The upstream saw c3 first and c1 last.
		answered("c1", 0)
		answered("c2", 1)
		answered("c3", 2)
		if v := ask("c4"); v == goAt {
			t.Error("a call went, though none was left")
		}
	})
}
