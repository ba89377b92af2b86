package cache_test

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cache/redistest"
)

func TestAPolicyThatEvictsIsFoundOnAnyMaster(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, client redis.UniversalClient) {
		if policy, _ := cache.Eviction(t.Context(), client); policy != "" {
			t.Errorf("a Redis that keeps what it has evicts by %q", policy)
		}
	})
	for name, client := range map[string]redis.UniversalClient{
		"one server": redistest.Start(t).Client(t),
		"a cluster":  redistest.Cluster(t, 3).Client(t),
	} {
		first := client
		if c, ok := client.(*redis.ClusterClient); ok {
			node, err := c.MasterForKey(t.Context(), "foreday:events")
			if err != nil {
				t.Fatal(err)
			}
			first = node
		}
		if err := first.ConfigSet(t.Context(), "maxmemory-policy", "volatile-ttl").Err(); err != nil {
			t.Fatal(err)
		}
		if policy, err := cache.Eviction(t.Context(), client); policy != "volatile-ttl" || err != nil {
			t.Errorf("%s: %q, %v", name, policy, err)
		}
	}
}
