package events_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/redis/go-redis/v9"

	"foreday/cache/redistest"
	"foreday/events"
)

// handler is one whose answers a test gives.
type handler struct{ handle, retry, giveUp events.HandlerFunc }

func (h handler) Handle(ctx context.Context, batch []events.Delivery) error {
	return h.handle(ctx, batch)
}

func (h handler) Retry(ctx context.Context, batch []events.Delivery) error {
	return h.retry(ctx, batch)
}

func (h handler) GiveUp(ctx context.Context, batch []events.Delivery) error {
	return h.giveUp(ctx, batch)
}

// allBut passes messages on, but for eve's, which it leaves for the reason given.
func allBut(eve error, got chan<- events.Delivery) events.HandlerFunc {
	return func(_ context.Context, batch []events.Delivery) error {
		left := &events.Unfinished{Users: map[string]error{}}
		for _, d := range batch {
			if d.User == "eve" {
				left.Users["eve"] = eve
				continue
			}
			got <- d
		}
		if len(left.Users) > 0 {
			return left
		}
		return nil
	}
}

func TestWhatIsRetriedOfOneUserHoldsUpNobodyElse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cause       error
		redelivered bool
	}{
		"an outage": {errors.New("an outage"), true},
		"long work": {events.ErrLong, false}, // nothing was done about it yet
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
				handled, retried, goOn := make(chan events.Delivery, 10), make(chan events.Delivery, 10), make(chan struct{})
				consumeWith(t, client, quick(), handler{handle: allBut(c.cause, handled),
					retry: func(ctx context.Context, batch []events.Delivery) error {
						select {
						case <-goOn:
							return into(retried)(ctx, batch)
						case <-ctx.Done():
							return ctx.Err()
						}
					}})
				publish(t, client, "eve", "ada")
				receive(t, handled, 1)
				publish(t, client, "eve", "bob")
				if got := receive(t, handled, 1); got[0].User != "bob" {
					t.Errorf("got %q, want bob's", users(got))
				}
				eventually(t, "only eve's messages left", func() bool { return pending(t, client) == 2 })
				close(goOn)
				got := receive(t, retried, 2)
				if !slices.Equal(users(got), []string{"eve", "eve"}) || got[0].Redelivered != c.redelivered {
					t.Errorf("retried are %+v, want eve's two, the first redelivered: %v", got, c.redelivered)
				}
				eventually(t, "acknowledgement", func() bool { return pending(t, client) == 0 })
			})
		})
	}
}

// The last one may be an outage while they are given up: it is not the reason.
func TestMessagesRejectedAFewTimesAreDeadLettersThatSayWhy(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		rejection, handled := &events.Rejected{Err: errors.New("a key of the wrong type")}, make(chan events.Delivery, 10)
		var tries, gaveUp atomic.Int32
		cfg, reg := quick(), prometheus.NewRegistry()
		cfg.Metrics = events.NewMetrics(reg)
		consumeWith(t, client, cfg, handler{
			handle: allBut(rejection, handled),
			retry: func(context.Context, []events.Delivery) error {
				tries.Add(1)
				return rejection
			},
			giveUp: func(context.Context, []events.Delivery) error {
				if gaveUp.Add(1) == 1 {
					return errors.New("an outage")
				}
				return nil
			},
		})
		publish(t, client, "eve", "ada")
		receive(t, handled, 1)
		dead := events.NewDeadLetters(client, "", "")
		eventually(t, "a dead letter", func() bool { n, err := dead.Count(t.Context()); return err == nil && n == 1 })
		eventually(t, "acknowledgement", func() bool { return pending(t, client) == 0 })
		letters, err := dead.List(t.Context(), "", 10)
		if err != nil || len(letters) != 1 || letters[0].Fields["user"] != "eve" || !strings.Contains(letters[0].Reason, "wrong type") {
			t.Errorf("dead letters %+v, %v; want one of eve that tells of the wrong type", letters, err)
		}
		if tries.Load() < 2 || gaveUp.Load() != 2 {
			t.Errorf("tried again %d times, given up %d times; want some, and twice", tries.Load(), gaveUp.Load())
		}
		eventually(t, "what an alert looks at", func() bool {
			return testutil.GatherAndCompare(reg, strings.NewReader(`
				# HELP foreday_events_unapplied_total `+
				"Messages that made sense and went to the dead letters because they could not be applied. Alert on any."+`
				# TYPE foreday_events_unapplied_total counter
				foreday_events_unapplied_total 1
				# HELP foreday_events_waiting Messages of single users that are retried apart from the rest.
				# TYPE foreday_events_waiting gauge
				foreday_events_waiting 0
			`), "foreday_events_unapplied_total", "foreday_events_waiting") == nil
		})
	})
}

// What failed is left for whoever comes after, however long the next try is off.
func TestAConsumerStopsAtOnceThoughMessagesWaitToBeTriedAgain(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		took := fastest(func() time.Duration {
			outage := errors.New("an outage")
			var tries atomic.Int32
			stop := consumeWith(t, client, quick(), handler{
				handle: allBut(outage, nil),
				retry: func(context.Context, []events.Delivery) error {
					tries.Add(1)
					return outage
				},
			})
			publish(t, client, "eve")
			eventually(t, "pauses of a second", func() bool { return tries.Load() == 8 })
			began := time.Now()
			stop()
			return time.Since(began)
		})
		if took > 500*time.Millisecond {
			t.Errorf("stopping took %v", took)
		}
		if n := pending(t, client); n != 3 {
			t.Errorf("%d messages are pending, want all three", n)
		}
	})
}

func TestAnOutageIsWaitedOutHoweverLongItLasts(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		handled, retried := make(chan events.Delivery, 10), make(chan events.Delivery, 10)
		outage := errors.New("an outage")
		var tries atomic.Int32
		consumeWith(t, client, quick(), handler{
			handle: allBut(outage, handled),
			retry: func(ctx context.Context, batch []events.Delivery) error {
				if tries.Add(1) < 7 { // more than rejections are borne
					return outage
				}
				return into(retried)(ctx, batch)
			},
			giveUp: func(context.Context, []events.Delivery) error {
				t.Error("messages are given up for an outage")
				return nil
			},
		})
		publish(t, client, "eve")
		receive(t, retried, 1)
		eventually(t, "acknowledgement", func() bool { return pending(t, client) == 0 })
	})
}
