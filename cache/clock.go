package cache

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// ClockFar is how far Redis's clock may be from a process's before times that pass
// between them, of messages, jobs and limits, are too wrong to go by.
const ClockFar = 5 * time.Second

// ClockOffset returns how far Redis's clock is ahead of this machine's; of a cluster, of
// the master whose clock is the farthest away. It is as exact as the way there is short.
func ClockOffset(ctx context.Context, client redis.UniversalClient) (time.Duration, error) {
	offsets, err := askMasters(ctx, client, func(ctx context.Context, node *redis.Client) (time.Duration, error) {
		if err := node.Ping(ctx).Err(); err != nil { // so that no connection is made meanwhile
			return 0, fmt.Errorf("ask Redis for the time: %w", err)
		}
		asked := time.Now()
		said, err := node.Time(ctx).Result()
		if err != nil {
			return 0, fmt.Errorf("ask Redis for the time: %w", err)
		}
		return said.Sub(asked.Add(time.Since(asked) / 2)), nil
	})
	var farthest time.Duration
	for _, offset := range offsets {
		if offset.Abs() > farthest.Abs() {
			farthest = offset
		}
	}
	return farthest, err
}
