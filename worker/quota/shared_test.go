package quota

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"sync"
	"testing"
	"time"

	"foreday/cache/redistest"

	"github.com/redis/go-redis/v9"
)

// fullest returns the most calls that any window of the given length held.
func fullest(calls []time.Time, w time.Duration) int {
	worst, first := 0, 0
	for i, at := range calls {
		for at.Sub(calls[first]) >= w {
			first++
		}
		worst = max(worst, i-first+1)
	}
	return worst
}

// during counts the calls in [from, to).
func during(calls []time.Time, from, to time.Time) int {
	n := 0
	for _, at := range calls {
		if !at.Before(from) && at.Before(to) {
			n++
		}
	}
	return n
}

func TestProcessesTogetherFillEveryWindowAndNoneTooFull(t *testing.T) {
	t.Parallel()
	const w, limit = 1500 * time.Millisecond, 40
	f := newUpstream(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"usage":{"prompt_tokens":5,"completion_tokens":5}}`)
	})
	server := redistest.New(t)
	var gates []*Gate
	for range 4 {
		gates = append(gates, newGate(t, server.Client(t), w, Limits{OpenAIRPM: limit}))
	}
	stop := make(chan struct{})
	done := flood(t, gates, f.URL, 8, stop)
	waitUntil(t, func() bool { return len(f.times()) >= 4*limit })
	close(stop)
	done.Wait()
	calls := f.times()
	if worst := fullest(calls, w); worst > limit {
		t.Errorf("a window held %d calls, the limit is %d", worst, limit)
	}
	// Clock drift and slow answers cost much of so short a minute, and a busy machine
	// some of the windows: the fastest two count.
	took := time.Duration(math.MaxInt64)
	for i := range len(calls) - 2*limit {
		took = min(took, calls[i+2*limit].Sub(calls[i]))
	}
	if took > 2*w*3/2 {
		t.Errorf("%d calls took %v, the windows allow it in %v", 2*limit, took, 2*w)
	}
}

func TestTheLedgerWorksOnACluster(t *testing.T) {
	t.Parallel()
	f := newUpstream(t, ok)
	cluster := redistest.Cluster(t, 3)
	a := newGate(t, cluster.Client(t), minute, Limits{GoogleRPM: 3, GoogleUserRPM: 2})
	b := newGate(t, cluster.Client(t), minute, Limits{GoogleRPM: 3, GoogleUserRPM: 2})
	var errs []error
	for i, g := range []*Gate{a, b, a, b} {
		_, err := call(as(t.Context(), []string{"u1", "u2"}[i%2]), g.Google(newTransport(t)), "GET", f.URL, "")
		errs = append(errs, err)
	}
	if errs[0] != nil || errs[1] != nil || errs[2] != nil || errs[3] == nil {
		t.Errorf("got %v, want the fourth call alone to be put off", errs)
	}
}

func TestWithoutRedisEachProcessKeepsToItsShare(t *testing.T) {
	t.Parallel()
	const w, limit = 2 * time.Second, 60 // calls of a busy machine arrive late
	f := newUpstream(t, ok)
	server := redistest.Start(t)
	var gates []*Gate
	for range 4 {
		gates = append(gates, newGate(t, impatient(t, server), w, Limits{OpenAIRPM: limit}))
	}
	stop := make(chan struct{})
	done := flood(t, gates, f.URL, 6, stop)
	waitUntil(t, func() bool { return len(f.times()) > 2*limit }) // all know of each other
	lost := time.Now()
	server.Kill(t)
	waitUntil(t, func() bool { return during(f.times(), lost.Add(4*w), time.Now()) > limit/2 })
	back := time.Now()
	server.Restart(t)
	waitUntil(t, func() bool { return during(f.times(), back, time.Now()) > 2*limit })
	close(stop)
	done.Wait()
	calls := f.times()
	if worst := fullest(calls, w); worst > limit {
		t.Errorf("a window held %d calls, the limit is %d", worst, limit)
	}
	if n, whole := during(calls, lost.Add(4*w), back), float64(limit)*float64(back.Sub(lost)-4*w)/float64(w); float64(n) < whole/2 {
		t.Errorf("%d calls without Redis, the windows allow %.0f", n, whole)
	}
	if took := calls[len(calls)-1].Sub(back); took > 10*time.Second {
		t.Errorf("it took %v to full use again", took)
	}
}

// A user may be at their own limit when Redis is lost: what they have used is known, too.
func TestWithoutRedisAUsersOwnLimitHolds(t *testing.T) {
	t.Parallel()
	const w, limit = 4 * time.Second, 40
	f := newUpstream(t, ok)
	server := redistest.Start(t)
	stop := make(chan struct{})
	var done sync.WaitGroup
	for range 4 {
		g := newGate(t, impatient(t, server), w, Limits{GoogleUserRPM: limit})
		rt := g.Google(newTransport(t))
		for range 3 {
			done.Go(func() {
				for {
					select {
					case <-stop:
						return
					case <-time.After(25 * time.Millisecond):
						_, _ = call(For(t.Context(), Caller{User: "u1"}), rt, http.MethodGet, f.URL, "")
					}
				}
			})
		}
	}
	waitUntil(t, func() bool { return len(f.times()) >= 2*limit })
	lost := time.Now()
	server.Kill(t)
	waitUntil(t, func() bool { return during(f.times(), lost.Add(w), time.Now()) > limit/4 }) // held up, but not for ever
	server.Restart(t)
	back := time.Now()
	waitUntil(t, func() bool { return during(f.times(), back, time.Now()) > limit })
	close(stop)
	done.Wait()
	if worst := fullest(f.times(), w); worst > limit {
		t.Errorf("a window held %d calls of one user, the limit is %d", worst, limit)
	}
}

// What a user has left of the day's tokens only the ledger knows.
func TestWithoutRedisNoTokensOfALimitedDayAreUsed(t *testing.T) {
	t.Parallel()
	f := newUpstream(t, ok)
	server := redistest.Start(t)
	g := newGate(t, impatient(t, server), minute, Limits{UserDailyTokens: 1000})
	rt := g.OpenAI(newTransport(t))
	ask := func(user string) error {
		ctx, cancel := context.WithTimeout(For(t.Context(), Caller{User: user}), 2*time.Second)
		defer cancel()
		_, err := call(ctx, rt, http.MethodPost, f.URL+"/chat/completions", `{"max_tokens":10}`)
		return err
	}
	if err := ask("u1"); err != nil {
		t.Fatal(err)
	}
	server.Kill(t)
	var spent *Exhausted
	if err := ask("u1"); !errors.As(err, &spent) || spent.Until.IsZero() {
		t.Errorf("without the ledger: %v", err)
	}
	if err := ask(""); err != nil { // nobody's
		t.Errorf("a call of no user: %v", err)
	}
	server.Restart(t)
	waitUntil(t, func() bool { return ask("u1") == nil })
}

// impatient is a client that does not wait long for a Redis that is gone.
func impatient(t testing.TB, s *redistest.Server) redis.UniversalClient {
	options := s.Client(t).Options()
	c := redis.NewClient(&redis.Options{
		Addr: options.Addr, MaintNotificationsConfig: options.MaintNotificationsConfig,
		DialTimeout: 200 * time.Millisecond, MaxRetries: -1,
	})
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// Whoever lived through an outage knows how long it was. Here nobody does: all processes
// die with Redis, whose clock is set forward before it is back, and others begin.
func TestNoCallIsForgottenWhenAllDieAndRedissClockIsSetForward(t *testing.T) {
	t.Parallel()
	const w, limit = 4 * time.Second, 30
	for _, limits := range []Limits{{GoogleRPM: limit}, {GoogleUserRPM: limit}} {
		for _, step := range []time.Duration{time.Minute, time.Hour} {
			t.Run(fmt.Sprintf("%+v %v", limits, step), func(t *testing.T) {
				t.Parallel()
				f := newUpstream(t, ok)
				server := redistest.Start(t, redistest.WithAppendOnly(), redistest.WithClock(0))
				base := newTransport(t)
				callAll := func(g *Gate, n int) {
					var done sync.WaitGroup
					for range n {
						done.Go(func() {
							_, _ = call(as(t.Context(), "u1"), g.Google(base), http.MethodGet, f.URL, "")
						})
					}
					done.Wait()
				}
				old := bear(t, server, w, limits)
				callAll(old.Gate, limit)
				if n := len(f.times()); n != limit {
					t.Fatalf("%d calls, want all %d", n, limit)
				}
				server.Kill(t)
				old.kill()
				if err := server.StepClock(step); err != nil {
					t.Fatal(err)
				}
				server.Restart(t)
				callAll(bear(t, server, w, limits).Gate, 2*limit)
				if worst := fullest(f.times(), w); worst > limit {
					t.Errorf("a window held %d calls, the limit is %d", worst, limit)
				}
			})
		}
	}
}
