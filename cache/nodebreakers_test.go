package cache_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cache/freshness"
	"foreday/cache/redistest"
)

// queueOn is a queue whose keys lie in one slot, as the real one's do.
type queueOn struct {
	client redis.UniversalClient
	key    string
}

func (q queueOn) Request(ctx context.Context, task freshness.Task) error {
	return q.client.RPush(ctx, q.key, task.Token.String()).Err()
}

// A master that dies without a replica takes its users, and the queue, with it.
func TestADeadShardIsItsOwnUsersTrouble(t *testing.T) {
	t.Parallel()
	cluster := redistest.Cluster(t, 3, redistest.WithConfig("cluster-require-full-coverage no"))
	client := connect(t, "redis+cluster://"+cluster.Addrs()[0]+","+cluster.Addrs()[1])
	b := setup(t, client, freshness.Config{})
	const queue = "queue"
	dead := masterOf(t, cluster, queue)
	var healthy, lost []string
	for n := range 60 {
		user := fmt.Sprint("u", n)
		b.commit(t, user, "kept")
		if masterOf(t, cluster, user) == dead {
			lost = append(lost, user)
		} else {
			healthy = append(healthy, user)
		}
	}
	hits, stale, missing := healthy[:len(healthy)/2], healthy[len(healthy)/2:len(healthy)-2], healthy[len(healthy)-2:]
	for _, user := range stale {
		b.invalidate(t, user, true)
	}
	for _, user := range missing {
		client.Del(t.Context(), "foreday:{"+user+"}:summary:"+day.String(), "foreday:{"+user+"}:stale:"+day.String())
	}
	for i := range 3 {
		if cluster.Node(i).Addr() == dead {
			cluster.Node(i).Kill(t)
		}
	}

	reader := b.reader(cache.ReaderConfig{Requester: queueOn{client, queue}, Generator: &generator{}, RedisTimeout: time.Second})
	for range 3 {
		for name, c := range map[string]struct {
			users []string
			want  cache.Status
		}{"hits": {hits, cache.Hit}, "stale": {stale, cache.Stale}, "missing": {missing, cache.Bypass}, "lost": {lost, cache.Bypass}} {
			for _, user := range c.users {
				got, err := reader.Get(t.Context(), user, day)
				if err != nil || got.Status != c.want {
					t.Fatalf("%s: user %s got %v, %v; want %v", name, user, got.Status, err, c.want)
				}
				if got.Status != cache.Hit && got.Detail != cache.Unavailable {
					t.Errorf("%s: the detail is %q", name, got.Detail)
				}
			}
		}
	}
	if took := fastest(func() { _, _ = reader.Get(t.Context(), lost[0], day) }); took > 100*time.Millisecond {
		t.Errorf("a reader waited %v for a node that is known to be dead", took)
	}
}

func masterOf(t *testing.T, cluster *redistest.ClusterServer, key string) string {
	t.Helper()
	master, err := cluster.Client(t).MasterForKey(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return master.Options().Addr
}

func connect(t *testing.T, address string) redis.UniversalClient {
	t.Helper()
	client, err := cache.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// fastest returns how long it took in the best of three tries.
func fastest(do func()) time.Duration {
	best := time.Hour
	for range 3 {
		began := time.Now()
		do()
		best = min(best, time.Since(began))
	}
	return best
}

// A Redis that takes no writes serves what it has, and says why there is no more.
func TestARedisThatTakesNoWritesStillServesWhatItHas(t *testing.T) {
	t.Parallel()
	for code, breakIt := range map[string]func(t *testing.T, client redis.UniversalClient){
		"redis-out-of-memory": func(t *testing.T, client redis.UniversalClient) {
			client.ConfigSet(t.Context(), "maxmemory", "1")
		},
		"redis-read-only": func(t *testing.T, client redis.UniversalClient) {
			client.ConfigSet(t.Context(), "replica-serve-stale-data", "yes")
			client.Do(t.Context(), "REPLICAOF", "127.0.0.1", "1")
		},
		"redis-too-few-replicas": func(t *testing.T, client redis.UniversalClient) {
			client.ConfigSet(t.Context(), "min-replicas-to-write", "1")
		},
		"redis-no-permission": func(t *testing.T, client redis.UniversalClient) {
			client.Do(t.Context(), "ACL", "SETUSER", "default", "-@write")
		},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			client := connect(t, redistest.Start(t).URL())
			b := setup(t, client, freshness.Config{})
			b.commit(t, "hit", "kept")
			b.commit(t, "stale", "kept")
			b.invalidate(t, "stale", true)
			breakIt(t, client)
			reader := b.reader(cache.ReaderConfig{Generator: &generator{}})
			for range 5 { // more than a breaker takes
				for user, want := range map[string]cache.Answer{
					"hit":   {Status: cache.Hit},
					"stale": {Status: cache.Stale, Detail: code},
					"none":  {Status: cache.Bypass, Detail: code},
				} {
					got, err := reader.Get(t.Context(), user, day)
					if err != nil || got.Status != want.Status || got.Detail != want.Detail {
						t.Errorf("user %s: got %v, detail %q, %v; want %v, %q", user, got.Status, got.Detail, err, want.Status, want.Detail)
					}
				}
			}
			if err := b.store.Ready(t.Context()); cache.CodeOf(err) != code {
				t.Errorf("Ready says %v, want %s", err, code)
			}
		})
	}
}
