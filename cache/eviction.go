package cache

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// noEviction is the only maxmemory-policy under which Redis keeps what it was given.
const noEviction = "noeviction"

// Eviction returns the maxmemory-policy of a Redis that may evict keys when its memory
// is full, and with them tracked refreshes; "" if it keeps them, or does not say. Of a
// cluster, each master is asked.
func Eviction(ctx context.Context, client redis.UniversalClient) (policy string, err error) {
	policies, err := askMasters(ctx, client, func(ctx context.Context, node *redis.Client) (string, error) {
		info, err := node.Info(ctx, "memory").Result()
		if err != nil {
			return "", fmt.Errorf("ask Redis for its maxmemory-policy: %w", err)
		}
		return InfoField(info, "maxmemory_policy"), nil
	})
	for _, found := range policies {
		if found != noEviction && found != "" {
			policy = found
		}
	}
	return policy, err
}
