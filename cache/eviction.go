package cache

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
)

// noEviction is the only maxmemory-policy under which Redis keeps what it was given.
const noEviction = "noeviction"

// Eviction returns the maxmemory-policy of a Redis that may evict keys when its memory
// is full, and with them tracked refreshes; "" if it keeps them, or does not say. Of a
// cluster, each master is asked.
func Eviction(ctx context.Context, client redis.UniversalClient) (policy string, err error) {
	var mu sync.Mutex // masters are asked at the same time
	ask := func(ctx context.Context, node redis.UniversalClient) error {
		info, err := node.Info(ctx, "memory").Result()
		if err != nil {
			return fmt.Errorf("ask Redis for its maxmemory-policy: %w", err)
		}
		if found := infoField(info, "maxmemory_policy"); found != noEviction && found != "" {
			mu.Lock()
			defer mu.Unlock()
			policy = found
		}
		return nil
	}
	if cluster, ok := client.(*redis.ClusterClient); ok {
		err = cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error { return ask(ctx, node) })
	} else {
		err = ask(ctx, client)
	}
	return policy, err
}

// infoField finds one field of an answer to INFO.
func infoField(info, name string) string {
	for line := range strings.Lines(info) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), name+":"); ok {
			return value
		}
	}
	return ""
}
