package freshness

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
)

// gate notes commands, and holds them up until it is opened. Those that are as long as
// fails says it fails.
type gate struct {
	arrived chan []any
	open    chan struct{}
	fails   int
}

var errBroken = errors.New("broken")

func (g *gate) DialHook(next redis.DialHook) redis.DialHook { return next }
func (g *gate) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func (g *gate) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.Name() != "mget" {
			return next(ctx, cmd)
		}
		g.arrived <- cmd.Args()
		<-g.open
		if len(cmd.Args()) == g.fails {
			cmd.SetErr(errBroken)
			return errBroken
		}
		return next(ctx, cmd)
	}
}

// gathering starts a reader of each key, and returns once all of them wait, and so many
// from before.
func gathering(t *testing.T, g *gatherer, keys []string, before int) (wait func() (values map[string]any, errs []error)) {
	t.Helper()
	values, errs := map[string]any{}, []error(nil)
	var mu sync.Mutex
	var readers sync.WaitGroup
	for _, key := range keys {
		readers.Go(func() {
			got, err := g.get(t.Context(), key, key+":zone")
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				errs = append(errs, err)
				return
			}
			values[key] = fmt.Sprint(got)
		})
	}
	for began := time.Now(); ; time.Sleep(time.Millisecond) {
		g.mu.Lock()
		waiting := 0
		if g.next != nil {
			waiting = len(g.next.keys) / 2
		}
		g.mu.Unlock()
		if waiting == before+len(keys) {
			break
		}
		if time.Since(began) > 5*time.Second {
			t.Fatalf("%d wait, not %d", waiting, len(keys))
		}
	}
	return func() (map[string]any, []error) { readers.Wait(); return values, errs }
}

// busyGatherer has as many reads under way as may be.
func busyGatherer(t *testing.T) (g *gatherer, held *gate, client redis.UniversalClient) {
	t.Helper()
	mini := redistest.Mini(t)
	held = &gate{arrived: make(chan []any, 100), open: make(chan struct{})}
	through := mini.Client(t)
	through.AddHook(held)
	g = newGatherer(through)
	var begun sync.WaitGroup
	t.Cleanup(begun.Wait)
	for range gathersAtOnce {
		begun.Go(func() {
			if _, err := g.get(context.WithoutCancel(t.Context()), "a"); err != nil {
				t.Error(err)
			}
		})
		<-held.arrived
	}
	return g, held, mini.Client(t)
}

// What is wanted while other reads are under way is read by one command, which begins
// after all of those came: so it is never older than their asking.
func TestThoseWhoComeMeanwhileAreReadTogetherAndAnew(t *testing.T) {
	t.Parallel()
	g, held, client := busyGatherer(t)
	wait := gathering(t, g, []string{"a", "b", "c"}, 0)
	if err := client.MSet(t.Context(), "a", 1, "b", 2, "c:zone", 3).Err(); err != nil {
		t.Fatal(err)
	}
	close(held.open)
	values, errs := wait()
	if args := <-held.arrived; len(args) != 7 || len(held.arrived) != 0 {
		t.Errorf("three readers of two keys were served by %v and %d more", args, len(held.arrived))
	}
	for key, want := range map[string]string{"a": "[1 <nil>]", "b": "[2 <nil>]", "c": "[<nil> 3]"} {
		if values[key] != want {
			t.Errorf("of %s came %v, want %s; %v", key, values[key], want, errs)
		}
	}
}

// A failure is told to all, and the next read begins nevertheless.
func TestAFailedReadIsToldToAllWhoWaited(t *testing.T) {
	t.Parallel()
	g, held, _ := busyGatherer(t)
	wait := gathering(t, g, []string{"a", "b"}, 0)
	held.fails = 5
	close(held.open)
	if _, errs := wait(); len(errs) != 2 || !errors.Is(errs[0], errBroken) {
		t.Errorf("they were told %v", errs)
	}
	if _, err := g.get(t.Context(), "a"); err != nil {
		t.Error(err)
	}
}

// Whoever gives up does so at once, and the others are served.
func TestAReaderWhoGivesUpHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	g, held, _ := busyGatherer(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.get(ctx, "z", "z:zone"); !errors.Is(err, context.Canceled) {
		t.Errorf("who gave up was told %v", err)
	}
	wait := gathering(t, g, []string{"a"}, 1)
	close(held.open)
	if values, errs := wait(); len(values) != 1 {
		t.Errorf("the other was told %v", errs)
	}
}
