package events_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"

	"foreday/cache/redistest"
	"foreday/events"
)

func TestWhatADeadConsumerLeftIsClaimedThoughRedissClockSteppedBack(t *testing.T) {
	t.Parallel()
	for name, early := range map[string]bool{"under a running consumer": true, "before the consumer came": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t, redistest.WithClock(0))
			client := server.Client(t)
			publish(t, client, "left")
			readAndDie(t, client, "dead")
			cfg, got := quick(), make(chan events.Delivery, 10)
			cfg.ClaimIdle = 2 * time.Second
			if early {
				consume(t, client, cfg, into(got))
				eventually(t, "the consumer at work", func() bool { return len(consumers(t, server)) == 2 })
			}
			server.SetClock(t, -20*time.Minute)
			if !early {
				consume(t, client, cfg, into(got))
			}
			receive(t, got, 1)
			eventually(t, "acknowledgement", func() bool { return pending(t, client) == 0 })
		})
	}
}

func TestWhatADeadConsumerLeftIsClaimedThoughRedissClockKeepsStepping(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.WithClock(0))
	client := server.Client(t)
	client.XGroupCreateMkStream(t.Context(), events.DefaultStream, events.DefaultGroup, "0")
	got, idle := make(chan events.Delivery, 10), 4*time.Second
	for name, every := range map[string]time.Duration{"often": 100 * time.Millisecond, "seldom": 1500 * time.Millisecond} {
		cfg := quick()
		cfg.Name, cfg.ClaimIdle, cfg.ClaimEvery = name, idle, every
		consume(t, client, cfg, into(got))
	}
	eventually(t, "the consumers at work", func() bool { return len(consumers(t, server)) == 2 })
	readByTheDead(t, client)
	left := time.Now()
	for back := time.Minute; len(got) == 0; back += time.Minute {
		if time.Since(left) > patience {
			t.Fatal("the message of a dead consumer is not taken over while the clock keeps stepping")
		}
		server.SetClock(t, -back)
		time.Sleep(500 * time.Millisecond)
	}
	if took := time.Since(left); took < idle {
		t.Errorf("the message was taken over after %v, before its consumer could be taken for dead", took)
	}
}

func TestWhatIsInHandIsNotClaimedBecauseRedissClockSteppedForward(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.WithClock(0))
	client := server.Client(t)
	busy, finish := make(chan struct{}), make(chan struct{})
	consume(t, client, quick(), func(context.Context, []events.Delivery) error {
		close(busy)
		<-finish
		return nil
	})
	publish(t, client, "u")
	<-busy
	other := server.Client(t)
	claiming := &claims{tried: make(chan struct{}, 1)}
	other.AddHook(claiming)
	var log lockedBuffer
	cfg, got := quick(), make(chan events.Delivery, 10)
	cfg.ClaimIdle, cfg.Name, cfg.Log = patience, "other", zerolog.New(&log)
	consume(t, other, cfg, into(got))
	<-claiming.tried
	claiming.whileNoneLooks(func() { server.SetClock(t, 20*time.Minute) })
	eventually(t, "the step noticed", func() bool { return strings.Contains(log.String(), "has stepped") })
	close(finish)
	eventually(t, "acknowledgement", func() bool { return pending(t, client) == 0 })
	if len(got) > 0 {
		t.Error("a message was claimed from a consumer that is alive")
	}
}

// What one consumer has in hand can be more than fits a page of what is pending.
func TestNothingOfThousandsInHandIsClaimedBecauseRedissClockSteppedForward(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.WithClock(0))
	client := server.Client(t)
	const many = 2500
	_, err := client.Pipelined(t.Context(), func(p redis.Pipeliner) error {
		p.XGroupCreateMkStream(t.Context(), events.DefaultStream, events.DefaultGroup, "0")
		for range many {
			p.XAdd(t.Context(), &redis.XAddArgs{Stream: events.DefaultStream, Values: []string{
				"type", "event.created", "user", "u", "event", "e", "start", "2026-11-23", "end", "2026-11-24"}})
		}
		p.XReadGroup(t.Context(), &redis.XReadGroupArgs{
			Group: events.DefaultGroup, Consumer: "busy", Streams: []string{events.DefaultStream, ">"}, Count: many, Block: -1})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	other := server.Client(t)
	claiming := &claims{tried: make(chan struct{}, 1)}
	other.AddHook(claiming)
	var log lockedBuffer
	cfg, got := quick(), make(chan events.Delivery, many)
	cfg.ClaimIdle, cfg.Name, cfg.Log = patience, "other", zerolog.New(&log)
	consume(t, other, cfg, into(got))
	<-claiming.tried
	claiming.whileNoneLooks(func() { server.SetClock(t, 20*time.Minute) })
	eventually(t, "the step noticed", func() bool { return strings.Contains(log.String(), "has stepped") })
	<-claiming.tried
	<-claiming.tried
	if held := pending(t, client); held != many || len(got) > 0 {
		t.Errorf("of %d messages that a consumer has in hand, %d are left and %d were claimed", many, held, len(got))
	}
}

// readByTheDead publishes a message that no other consumer can be the first to read.
func readByTheDead(t *testing.T, client redis.UniversalClient) {
	t.Helper()
	_, err := client.TxPipelined(t.Context(), func(tx redis.Pipeliner) error {
		tx.XAdd(t.Context(), &redis.XAddArgs{Stream: events.DefaultStream, Values: []string{
			"type", "event.created", "user", "u", "event", "e", "start", "2026-11-23", "end", "2026-11-24"}})
		return tx.XReadGroup(t.Context(), &redis.XReadGroupArgs{
			Group: events.DefaultGroup, Consumer: "dead", Streams: []string{events.DefaultStream, ">"}, Block: -1}).Err()
	})
	if err != nil {
		t.Fatal(err)
	}
}

// claims signals that its client has looked for messages to claim. A clock that steps in
// the middle of a look is not what these tests are about: Redis 7.0 asks for the time
// anew in each command of a script.
type claims struct {
	tried chan struct{}
	looks sync.RWMutex
}

func (c *claims) whileNoneLooks(do func()) {
	c.looks.Lock()
	defer c.looks.Unlock()
	do()
}

func (*claims) DialHook(next redis.DialHook) redis.DialHook { return next }

func (c *claims) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if !strings.HasPrefix(cmd.Name(), "eval") || !slices.Contains(cmd.Args(), any("other")) {
			return next(ctx, cmd)
		}
		c.looks.RLock()
		defer c.looks.RUnlock()
		err := next(ctx, cmd)
		if err == nil {
			select {
			case c.tried <- struct{}{}:
			default:
			}
		}
		return err
	}
}

func (*claims) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// consumers returns the names of the group's members.
func consumers(t *testing.T, server *redistest.Server) (names []string) {
	t.Helper()
	list, err := server.Client(t).XInfoConsumers(t.Context(), events.DefaultStream, events.DefaultGroup).Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		names = append(names, c.Name)
	}
	return names
}
