package quota

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"foreday/cache/redistest"
)

// flood calls through all gates at once, as many at a time as told, until stop
// is closed. Errors other than being put off fail the test.
func flood(t *testing.T, gates []*Gate, url string, each int, stop <-chan struct{}) *sync.WaitGroup {
	var done sync.WaitGroup
	for i, g := range gates {
		rt := g.OpenAI(newTransport(t))
		for j := range each {
			done.Go(func() {
				ctx := For(t.Context(), Caller{User: fmt.Sprint("u", i, j)})
				for {
					select {
					case <-stop:
						return
					default:
					}
					_, err := call(ctx, rt, "POST", url+"/chat/completions", `{"max_tokens":10}`)
					var later *Deferred
					if errors.As(err, &later) {
						select {
						case <-time.After(time.Until(later.At)):
						case <-stop:
						}
					} else if errors.Is(err, errClosed) {
						return
					} else if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	return &done
}

func TestWhenTheUpstreamSaysRetryAfterNoProcessCallsBeforeThen(t *testing.T) {
	t.Parallel()
	for name, limits := range map[string]Limits{"with a limit": {OpenAIRPM: 100}, "without one": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			nobodyCallsBeforeThen(t, limits)
		})
	}
}

func nobodyCallsBeforeThen(t *testing.T, limits Limits) {
	const hold, refusal = 1500 * time.Millisecond, 60
	var mu sync.Mutex
	var refusedAt time.Time
	f := newUpstream(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n != refusal {
			return
		}
		mu.Lock()
		refusedAt = time.Now()
		mu.Unlock()
		w.Header().Set("Retry-After", strconv.FormatFloat(hold.Seconds(), 'f', 1, 64))
		w.WriteHeader(http.StatusTooManyRequests)
	})
	server := redistest.New(t)
	var gates []*Gate
	for range 4 {
		gates = append(gates, newGate(t, server.Client(t), time.Second, limits))
	}
	stop := make(chan struct{})
	done := flood(t, gates, f.URL, 4, stop)
	waitUntil(t, func() bool { return len(f.times()) > refusal+40 })
	close(stop)
	done.Wait()
	mu.Lock()
	defer mu.Unlock()
	var after []time.Duration
	for _, at := range f.times() {
		// What was on its way when the upstream refused could not be stopped.
		if d := at.Sub(refusedAt); d > 500*time.Millisecond {
			after = append(after, d)
		}
	}
	if len(after) == 0 || after[0] < hold {
		t.Fatalf("called again after %v, the upstream asked for %v", after, hold)
	}
	inFirst := 0
	for _, d := range after {
		if d < hold+time.Second {
			inFirst++
		}
	}
	if inFirst > 10 {
		t.Errorf("%d calls in the first second after the stop, want the rate to climb slowly", inFirst)
	}
}

// waitUntil waits until something is so, which must be soon.
func waitUntil(t *testing.T, so func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !so() {
		if time.Now().After(deadline) {
			t.Fatal("still not so after 30 seconds")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestWhenThreeRequestsAreLeftThreeAreMade(t *testing.T) {
	t.Parallel()
	f := newUpstream(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Ratelimit-Remaining-Requests", strconv.Itoa(max(0, 4-n)))
		w.Header().Set("X-Ratelimit-Reset-Requests", "40s")
	})
	server := redistest.New(t)
	for _, limits := range []Limits{{OpenAIRPM: 500}, {}} {
		client := server.Client(t)
		redistest.Clear(t, client)
		f.restart()
		var gates []http.RoundTripper
		for range 4 {
			gates = append(gates, newGate(t, client, minute, limits).OpenAI(newTransport(t)))
		}
		if _, err := call(t.Context(), gates[0], "GET", f.URL, ""); err != nil {
			t.Fatal(err)
		}
		waitUntil(t, func() bool { // the ledger has heard of it
			return strings.Contains(client.Get(t.Context(), ledgerPrefix(OpenAI)+ledgerFormat+"state").Val(), "requestsHeard")
		})
		var calls sync.WaitGroup
		for i := range 16 {
			calls.Go(func() {
				_, err := call(t.Context(), gates[i%4], "GET", f.URL, "")
				var later *Deferred
				if err == nil {
					return
				}
				if !errors.As(err, &later) {
					t.Error(err)
				} else if wait := time.Until(later.At); wait < 35*time.Second || wait > 51*time.Second {
					t.Errorf("put off for %v, the upstream said 40s", wait)
				}
			})
		}
		calls.Wait()
		if made := len(f.times()); made != 4 {
			t.Errorf("with limits of %v of our own %d calls were made, want the one that said so and 3 more", limits, made)
		}
	}
}

func TestWhereNothingIsLimitedCallsNeedNotAsk(t *testing.T) {
	t.Parallel()
	var says atomic.Bool // what is left
	f := newUpstream(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		if says.Load() {
			w.Header().Set("X-Ratelimit-Remaining-Requests", "1000")
			w.Header().Set("X-Ratelimit-Reset-Requests", "1s")
		}
	})
	metrics := NewMetrics(prometheus.NewRegistry())
	g, err := New(Config{Client: redistest.Mini(t).Client(t), Metrics: metrics})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	rt := g.OpenAI(newTransport(t))
	trips := func(calls int) float64 {
		before := testutil.ToFloat64(metrics.trips.WithLabelValues(OpenAI))
		for range calls {
			if _, err := call(t.Context(), rt, "GET", f.URL, ""); err != nil {
				t.Fatal(err)
			}
		}
		return testutil.ToFloat64(metrics.trips.WithLabelValues(OpenAI)) - before
	}
	began := time.Now()
	// The first few, and the beats.
	if n, most := trips(500), 10+float64(time.Since(began)/time.Second); n > most {
		t.Errorf("500 calls within %v took %.0f trips to the ledger, want at most %.0f", time.Since(began), n, most)
	}
	says.Store(true)
	if n := trips(100); n < 99 {
		t.Errorf("100 calls took %.0f trips while the upstream counts them, want one each", n)
	}
}

func TestFeedbackOfTheUpstreamMakesAllProcessesAskAgain(t *testing.T) {
	t.Parallel()
	for name, say := range map[string]func(http.ResponseWriter){
		"what is left": func(w http.ResponseWriter) {
			w.Header().Set("X-Ratelimit-Remaining-Requests", "3")
			w.Header().Set("X-Ratelimit-Reset-Requests", "40s")
		},
		"no credit": func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusTooManyRequests)
			_, _ = io.WriteString(w, `{"error":{"code":"insufficient_quota","message":"You exceeded your current quota"}}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var speaks atomic.Bool
			f := newUpstream(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
				if speaks.Load() {
					say(w)
				}
			})
			client := redistest.New(t).Client(t)
			one, other := newGate(t, client, minute, Limits{}), newGate(t, client, minute, Limits{})
			waitUntil(t, func() bool { // the other is within earshot
				return client.PubSubNumSub(t.Context(), stopChannel(OpenAI)).Val()[stopChannel(OpenAI)] == 2
			})
			mayBypass := func() bool {
				d := other.openAI.batcher
				d.mu.Lock()
				defer d.mu.Unlock()
				return d.free
			}
			waitUntil(t, func() bool {
				_, err := call(t.Context(), other.OpenAI(newTransport(t)), "GET", f.URL, "")
				return err == nil && mayBypass()
			})
			speaks.Store(true)
			_, _ = call(t.Context(), one.OpenAI(newTransport(t)), "GET", f.URL, "")
			waitUntil(t, func() bool { return !mayBypass() })
		})
	}
}

func TestWithoutCreditTheModelIsNotAskedAgain(t *testing.T) {
	t.Parallel()
	f := newUpstream(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, `{"error":{"code":"insufficient_quota","type":"insufficient_quota","message":"You exceeded your quota"}}`)
	})
	g := newGate(t, redistest.Mini(t).Client(t), minute, Limits{})
	rt := g.OpenAI(newTransport(t))
	for range 3 {
		var none *Exhausted
		if _, err := call(t.Context(), rt, "POST", f.URL+"/chat/completions", "{}"); !errors.As(err, &none) {
			t.Errorf("got %v, want *Exhausted", err)
		}
	}
	if n := len(f.times()); n != 1 {
		t.Errorf("asked %d times, want 1", n)
	}
}

func TestGooglesRefusalsHoldWhomTheyMean(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status     int
		reason     string
		retryAfter string
		othersToo  bool
	}{
		{403, "userRateLimitExceeded", "30", false}, {403, "userRateLimitExceeded", "", false},
		{403, "quotaExceeded", "600", false}, {403, "quotaExceeded", "", false}, {429, "quotaExceeded", "600", false},
		{403, "rateLimitExceeded", "30", true}, {429, "rateLimitExceeded", "30", true}, {403, "dailyLimitExceeded", "600", true},
		{503, "backendError", "600", false}, {500, "backendError", "", false},
	} {
		t.Run(fmt.Sprint(c.status, c.reason, c.retryAfter), func(t *testing.T) {
			t.Parallel()
			f := newUpstream(t, func(n int, w http.ResponseWriter, _ *http.Request) {
				if n > 1 {
					return
				}
				if c.retryAfter != "" {
					w.Header().Set("Retry-After", c.retryAfter)
				}
				w.WriteHeader(c.status)
				_, _ = fmt.Fprintf(w, `{"error":{"code":%d,"errors":[{"domain":"usageLimits","reason":%q}]}}`, c.status, c.reason)
			})
			g := newGate(t, redistest.Mini(t).Client(t), minute, Limits{})
			rt := g.Google(newTransport(t))
			var later *Deferred
			_, err := call(as(t.Context(), "u1"), rt, "GET", f.URL, "")
			if c.retryAfter != "" && (!errors.As(err, &later) || time.Until(later.At) < 25*time.Second) {
				t.Errorf("got %v, want to be put off for %s seconds", err, c.retryAfter)
			}
			_, err = call(as(t.Context(), "u2"), rt, "GET", f.URL, "")
			if errors.As(err, &later) != c.othersToo {
				t.Errorf("another user got %v", err)
			}
		})
	}
}

func TestAForbiddenCalendarIsTheCallersToSee(t *testing.T) {
	t.Parallel()
	const body = `{"error":{"code":403,"errors":[{"reason":"forbidden"}]}}`
	f := newUpstream(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, body)
	})
	g := newGate(t, redistest.Mini(t).Client(t), minute, Limits{})
	got, err := call(t.Context(), g.Google(newTransport(t)), "GET", f.URL, "")
	if err != nil || got != "403 Forbidden "+body {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestTokensNotUsedAreGivenBack(t *testing.T) {
	t.Parallel()
	redisClient := redistest.Mini(t).Client(t)
	f := newUpstream(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"usage":{"prompt_tokens":60,"completion_tokens":40}}`)
	})
	g := newGate(t, redisClient, minute, Limits{OpenAITPM: 1000})
	rt := g.OpenAI(newTransport(t))
	sent := 0
	for {
		_, err := call(t.Context(), rt, "POST", f.URL+"/chat/completions", `{"max_tokens":400}`)
		var later *Deferred
		if errors.As(err, &later) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		sent++
	}
	// Each reserves 400 and some, and uses 100.
	if sent != 6 {
		t.Errorf("%d calls of 100 tokens went before one of 400 no longer fitted into 1000, want 6", sent)
	}
}

func TestADaysTokensOfOneUserRunOut(t *testing.T) {
	t.Parallel()
	f := newUpstream(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"usage":{"prompt_tokens":500,"completion_tokens":400}}`)
	})
	g := newGate(t, redistest.Mini(t).Client(t), minute, Limits{UserDailyTokens: 1000})
	rt := g.OpenAI(newTransport(t))
	ask := func(user string) error {
		_, err := call(as(t.Context(), user), rt, "POST", f.URL+"/chat/completions", `{"max_tokens":400}`)
		return err
	}
	if err := ask("u1"); err != nil {
		t.Fatal(err)
	}
	var none *Exhausted
	if err := ask("u1"); !errors.As(err, &none) || none.Until.Before(time.Now()) {
		t.Errorf("got %v, want *Exhausted until midnight", err)
	}
	if err := ask("u2"); err != nil {
		t.Errorf("another user: %v", err)
	}
}
