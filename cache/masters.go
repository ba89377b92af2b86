package cache

import (
	"context"
	"fmt"
	"sync"

	"github.com/redis/go-redis/v9"
)

// EachMaster calls do with each server that takes writes: the one there is, or all
// masters of a cluster, at the same time.
func EachMaster(ctx context.Context, client redis.UniversalClient, do func(context.Context, *redis.Client) error) error {
	switch c := client.(type) {
	case *redis.ClusterClient:
		return c.ForEachMaster(ctx, do)
	case *redis.Client:
		return do(ctx, c)
	}
	return fmt.Errorf("a client of type %T has no servers that can be asked", client)
}

// askMasters asks each master, and returns the answers.
func askMasters[T any](
	ctx context.Context, client redis.UniversalClient, ask func(context.Context, *redis.Client) (T, error),
) ([]T, error) {
	var (
		mu      sync.Mutex
		answers []T
	)
	err := EachMaster(ctx, client, func(ctx context.Context, node *redis.Client) error {
		answer, err := ask(ctx, node)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		answers = append(answers, answer)
		return nil
	})
	return answers, err
}
