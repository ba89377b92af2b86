package quota

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"foreday/cache/redistest"

	"github.com/redis/go-redis/v9"
)

// mortal is a process that can be killed: it reaches Redis no more, not even to
// take leave.
type mortal struct {
	*Gate
	client redis.UniversalClient
}

func bear(t *testing.T, server *redistest.Server, w time.Duration, limits Limits) mortal {
	client := impatient(t, server)
	return mortal{newGate(t, client, w, limits), client}
}

func (m mortal) kill() {
	_ = m.client.Close()
	_ = m.Close()
}

// refreshCalls is how many requests to Google one refresh with history takes.
const refreshCalls = 6

// TestOutagesDoNotMakeLimitsBindThatAreHardlyUsed runs refreshes that take a fifth
// of the limits, while Redis is killed again and again, and a process with it each
// time; and Redis's clock may step meanwhile.
func TestOutagesDoNotMakeLimitsBindThatAreHardlyUsed(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]time.Duration{"clock as it was": 0, "clock steps forward": 12 * time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outagesOf(t, step)
		})
	}
}

func outagesOf(t *testing.T, step time.Duration) {
	const (
		w       = 15 * time.Second
		users   = 2
		every   = w * refreshCalls / 200 // 200 calls a window
		outages = 6
	)
	limits := Limits{GoogleRPM: 1000, GoogleUserRPM: 600}
	f := newUpstream(t, ok)
	server := redistest.Start(t, redistest.WithConfig("appendonly yes"), redistest.WithClock(0))
	var mu sync.Mutex
	var gates []mortal
	for range 5 {
		gates = append(gates, bear(t, server, w, limits))
	}
	time.Sleep(2 * newTiming(w).beat) // all know of each other
	ctx, stop := context.WithCancel(t.Context())
	var done sync.WaitGroup
	var waits []time.Duration
	later := map[string]int{}
	base := newTransport(t)
	done.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			mu.Lock()
			g := gates[rand.IntN(len(gates))]
			mu.Unlock()
			who := For(t.Context(), Caller{User: fmt.Sprint("u", n%users), Job: fmt.Sprint(n), Priority: Reader})
			done.Go(func() {
				began := time.Now()
				for range refreshCalls {
					_, err := call(who, g.Google(base), http.MethodGet, f.URL, "")
					if errors.Is(err, errClosed) {
						return // the process was killed
					}
					if l := (*Deferred)(nil); errors.As(err, &l) {
						mu.Lock()
						later[l.Limit]++
						mu.Unlock()
						return
					}
				}
				mu.Lock()
				waits = append(waits, time.Since(began))
				mu.Unlock()
			})
		}
	})
	dies := func(n int) { // in the middle of an outage as well as before it
		time.Sleep(w / 30)
		born := bear(t, server, w, limits)
		mu.Lock()
		victim := gates[n%len(gates)]
		gates[n%len(gates)] = born
		mu.Unlock()
		victim.kill()
	}
	for n := range outages {
		for i := range 6 {
			dies(7*n + i)
		}
		server.Kill(t)
		dies(7*n + 6)
		if err := server.StepClock(time.Duration(n%2) * step); err != nil {
			t.Fatal(err)
		}
		server.Restart(t)
	}
	time.Sleep(w / 3)
	stop()
	done.Wait()
	slices.Sort(waits)
	t.Logf("%v refreshes were put off, %d done: p50 %v, p95 %v, max %v; fullest %d", later, len(waits),
		waits[len(waits)/2], waits[len(waits)*95/100], waits[len(waits)-1], fullest(f.times(), w))
	if worst := fullest(f.times(), w); worst > limits.GoogleRPM {
		t.Errorf("a window held %d calls, the limit is %d", worst, limits.GoogleRPM)
	}
	if len(later) > 0 {
		t.Errorf("%v refreshes were put off beside %d that were done, with a fifth of the limits used", later, len(waits))
	}
}
