package embedded_test

import (
	"context"
	"testing"
	"time"

	"foreday/cache/embedded"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
	"go.uber.org/goleak"
)

func start(t *testing.T) *redis.Client {
	t.Helper()
	s, err := embedded.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	opt, err := redis.ParseURL(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	opt.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	client := redis.NewClient(opt)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func TestKeysExpireAsTimePasses(t *testing.T) {
	t.Parallel()
	client, ctx := start(t), t.Context()
	began := time.Now()
	if err := client.Set(ctx, "brief", "x", 60*time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	if err := client.Set(ctx, "long", "x", time.Hour).Err(); err != nil {
		t.Fatal(err)
	}
	for client.Get(ctx, "brief").Err() != redis.Nil {
		if time.Since(began) > 5*time.Second {
			t.Fatal("a key of 60 ms still stands after 5 s")
		}
	}
	if lived := time.Since(began); lived < 40*time.Millisecond {
		t.Errorf("a key of 60 ms expired after %v", lived)
	}
	if ttl := client.PTTL(ctx, "long").Val(); ttl < 59*time.Minute || ttl >= time.Hour {
		t.Errorf("a key of 1 h has %v to live", ttl)
	}
}

func TestTimeIsTheWallClocks(t *testing.T) {
	t.Parallel()
	client, ctx := start(t), t.Context()
	script := redis.NewScript(`local t = redis.call("TIME") return tonumber(t[1]) * 1000000 + tonumber(t[2])`)
	for name, ask := range map[string]func() (time.Time, error){
		"TIME": func() (time.Time, error) { return client.Time(ctx).Result() },
		"TIME in a script": func() (time.Time, error) {
			us, err := script.Run(ctx, client, nil).Int64()
			return time.UnixMicro(us), err
		},
	} {
		before := time.Now().Truncate(time.Microsecond)
		got, err := ask()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got.Before(before) || got.After(time.Now()) {
			t.Errorf("%s = %v, asked between %v and %v", name, got, before, time.Now())
		}
	}
}

func TestStreamsWorkAsTheConsumerNeedsThem(t *testing.T) {
	t.Parallel()
	client, ctx := start(t), t.Context()
	if err := client.XGroupCreateMkStream(ctx, "s", "g", "0").Err(); err != nil {
		t.Fatal(err)
	}
	read := func(consumer string, block time.Duration) ([]redis.XStream, error) {
		return client.XReadGroup(ctx, &redis.XReadGroupArgs{
			Group: "g", Consumer: consumer, Streams: []string{"s", ">"}, Count: 10, Block: block,
		}).Result()
	}

	began := time.Now()
	if _, err := read("a", 30*time.Millisecond); err != redis.Nil {
		t.Fatalf("reading an empty stream: %v; want redis.Nil", err)
	}
	if waited := time.Since(began); waited < 25*time.Millisecond {
		t.Errorf("reading an empty stream blocked for %v, not 30 ms", waited)
	}

	added := make(chan string, 1)
	time.AfterFunc(10*time.Millisecond, func() {
		added <- client.XAdd(ctx, &redis.XAddArgs{Stream: "s", Values: []string{"k", "v"}}).Val()
	})
	got, err := read("a", 5*time.Second)
	if err != nil || len(got) != 1 || len(got[0].Messages) != 1 {
		t.Fatalf("a blocked read returned %v, %v", got, err)
	}
	id := <-added
	if m := got[0].Messages[0]; m.ID != id || m.Values["k"] != "v" {
		t.Errorf("read %v, want %s with k=v", m, id)
	}

	claimed, next, err := client.XAutoClaim(ctx, &redis.XAutoClaimArgs{
		Stream: "s", Group: "g", Consumer: "b", MinIdle: 0, Start: "0-0", Count: 10,
	}).Result()
	if err != nil || next != "0-0" || len(claimed) != 1 || claimed[0].ID != id {
		t.Errorf("XAUTOCLAIM = %v, next %q, %v", claimed, next, err)
	}
	consumers, err := client.XInfoConsumers(ctx, "s", "g").Result()
	if err != nil || len(consumers) != 2 || consumers[1].Name != "b" || consumers[1].Pending != 1 {
		t.Errorf("XINFO CONSUMERS = %v, %v", consumers, err)
	}
	groups, err := client.XInfoGroups(ctx, "s").Result()
	if err != nil || len(groups) != 1 || groups[0].Pending != 1 || groups[0].LastDeliveredID != id {
		t.Errorf("XINFO GROUPS = %v, %v", groups, err)
	}

	if n, err := client.XAck(ctx, "s", "g", id).Result(); n != 1 || err != nil {
		t.Errorf("XACK = %d, %v", n, err)
	}
	last := client.XAdd(ctx, &redis.XAddArgs{Stream: "s", Values: []string{"k", "w"}}).Val()
	if n, err := client.XTrimMinID(ctx, "s", last).Result(); n != 1 || err != nil {
		t.Errorf("XTRIM MINID = %d, %v", n, err)
	}
	if n := client.XLen(ctx, "s").Val(); n != 1 {
		t.Errorf("%d entries left, want the one added last", n)
	}
}

func TestClosingEndsEverything(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s, err := embedded.Start(ctx)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(&redis.Options{Addr: s.Addr(), MaxRetries: -1, DialerRetries: 1})
	defer client.Close()
	if err := client.Ping(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	cancel()
	s.Close()
	s.Close()
	if err := client.Ping(t.Context()).Err(); err == nil {
		t.Error("a closed server answered")
	}
}
