package redistest

import (
	"context"
	"slices"
	"sync"

	"github.com/redis/go-redis/v9"
)

// tb is what is needed of a test, also of one of rapid.
type tb interface {
	Helper()
	Fatal(args ...any)
	Context() context.Context
	Cleanup(f func())
}

// Keys returns the keys of that pattern, those of all nodes of a cluster, sorted.
func Keys(t tb, c redis.UniversalClient, pattern string) []string {
	t.Helper()
	var mu sync.Mutex
	var all []string
	onEach(t, c, func(ctx context.Context, node redis.Cmdable) error {
		keys, err := node.Keys(ctx, pattern).Result()
		mu.Lock()
		defer mu.Unlock()
		all = append(all, keys...)
		return err
	})
	slices.Sort(all)
	return all
}

// Clear deletes every key, those of all nodes of a cluster.
func Clear(t tb, c redis.UniversalClient) {
	t.Helper()
	onEach(t, c, func(ctx context.Context, node redis.Cmdable) error { return node.FlushAll(ctx).Err() })
}

// onEach does something with every node that has keys, with the right to do anything.
func onEach(t tb, c redis.UniversalClient, do func(context.Context, redis.Cmdable) error) {
	t.Helper()
	// Tests clean up with these, too, when their context is over.
	ctx := context.WithoutCancel(t.Context())
	c = Admin(t, c)
	var err error
	if cluster, ok := c.(*redis.ClusterClient); ok {
		err = cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error { return do(ctx, node) })
	} else {
		err = do(ctx, c)
	}
	if err != nil {
		t.Fatal(err)
	}
}
