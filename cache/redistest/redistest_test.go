package redistest

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

func TestAServerThatSyncsEveryWriteKeepsThemWhenKilled(t *testing.T) {
	t.Parallel()
	s := Start(t, WithAppendOnly())
	client, ctx := s.Client(t), t.Context()
	if err := client.Set(ctx, "kept", "yes", 0).Err(); err != nil {
		t.Fatal(err)
	}
	s.Kill(t)
	if err := client.Get(ctx, "kept").Err(); err == nil || err == redis.Nil {
		t.Fatalf("a killed server answered: %v", err)
	}
	s.Restart(t)
	if got, err := client.Get(ctx, "kept").Result(); got != "yes" || err != nil {
		t.Errorf("after the restart: %q, %v; want yes", got, err)
	}
}

func TestAServerForgetsByDefault(t *testing.T) {
	t.Parallel()
	s := Start(t)
	client, ctx := s.Client(t), t.Context()
	client.Set(ctx, "kept", "yes", 0)
	s.Restart(t)
	if err := client.Get(ctx, "kept").Err(); err != redis.Nil {
		t.Errorf("after the restart: %v; want redis.Nil", err)
	}
}

func TestEachGivesAnEmptyServer(t *testing.T) {
	t.Parallel()
	Each(t, func(t *testing.T, client redis.UniversalClient) {
		if n, err := Admin(t, client).DBSize(t.Context()).Result(); n != 0 || err != nil {
			t.Errorf("DBSIZE = %d, %v", n, err)
		}
	})
}

func TestAClusterServesEverySlotAndRefusesKeysOfTwo(t *testing.T) {
	t.Parallel()
	began := time.Now()
	cluster := Cluster(t, 3)
	t.Logf("a cluster took %v", time.Since(began))
	client, ctx := cluster.Client(t), t.Context()
	for i := range 100 {
		if err := client.Set(ctx, fmt.Sprint("key", i), i, 0).Err(); err != nil {
			t.Fatal(err)
		}
	}
	err := client.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error {
		n, err := node.DBSize(ctx).Result()
		if err == nil && n == 0 {
			err = fmt.Errorf("%s holds no key", node)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	script := redis.NewScript(`return redis.call("GET", KEYS[1]) .. redis.call("GET", KEYS[2])`)
	if err := script.Run(ctx, client, []string{"key1", "key2"}).Err(); err == nil {
		t.Error("a script over keys of two slots ran")
	}
}

func TestAServersClockIsShiftedAndSteps(t *testing.T) {
	t.Parallel()
	s := Start(t, WithClock(time.Minute))
	client := s.Client(t)
	ahead := func() time.Duration {
		t.Helper()
		now, err := client.Time(t.Context()).Result()
		if err != nil {
			t.Fatal(err)
		}
		return time.Until(now).Round(10 * time.Second)
	}
	if got := ahead(); got != time.Minute {
		t.Errorf("the clock is ahead by %v, want a minute", got)
	}
	s.SetClock(t, -20*time.Minute)
	if got := ahead(); got != -20*time.Minute {
		t.Errorf("after a step back, the clock is ahead by %v, want -20m", got)
	}
	s.Restart(t)
	if got := ahead(); got != -20*time.Minute {
		t.Errorf("after a restart, the clock is ahead by %v, want -20m", got)
	}
}

func TestAReplicaTakesThePlaceOfItsMaster(t *testing.T) {
	t.Parallel()
	cluster := ClusterWithReplicas(t, 3, []string{"foreday:events"})
	client, ctx := cluster.Client(t), t.Context()
	master, err := client.MasterForKey(ctx, "foreday:events")
	if err != nil || master.Options().Addr != cluster.Node(0).Addr() {
		t.Fatalf("the key is on %v, want it on %s: %v", master, cluster.Node(0).Addr(), err)
	}
	cluster.Node(0).Kill(t)
	cluster.AwaitMaster(t, 3)
}

func TestSentinelsKnowTheMaster(t *testing.T) {
	t.Parallel()
	master := Start(t)
	sentinels := Sentinels(t, master, 3)
	client := redis.NewFailoverClient(&redis.FailoverOptions{MasterName: SentinelMaster, SentinelAddrs: []string{sentinels[0].Addr()}})
	defer client.Close()
	if err := client.Set(t.Context(), "key", "value", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if got := master.Client(t).Get(t.Context(), "key").Val(); got != "value" {
		t.Errorf("the master has %q", got)
	}
}

func TestEveryKindServesWhatItsURLAndItsClientsReach(t *testing.T) {
	t.Parallel()
	EachKind(t, func(t *testing.T, r *Redis) {
		_, kind, _ := strings.Cut(t.Name(), "/")
		client, ctx := r.Client(t), t.Context()
		for i := range 9 {
			if err := client.Set(ctx, fmt.Sprintf("foreday:{u%d}:settings", i), "x", 0).Err(); err != nil {
				t.Fatal(err)
			}
		}
		if keys := Keys(t, client, "foreday:*"); len(keys) != 9 {
			t.Errorf("the keys are %q", keys)
		}
		if err := client.FlushAll(ctx).Err(); (err == nil) != (kind != "acl") {
			t.Errorf("FLUSHALL by foreday's user: %v", err)
		}
		Clear(t, client)
		if keys := Keys(t, client, "*"); len(keys) != 0 {
			t.Errorf("after Clear there are %q", keys)
		}
		want := map[string]string{"cluster": "redis+cluster://", "sentinel": "redis+sentinel://", "tls": "rediss://"}[kind]
		if !strings.HasPrefix(r.URL(), cmp.Or(want, "redis://")) {
			t.Errorf("its URL is %q", r.URL())
		}
		r.Restart(t)
		if err := client.Set(ctx, "foreday:{u1}:settings", "x", 0).Err(); err != nil {
			t.Errorf("after a restart: %v", err)
		}
	})
}
