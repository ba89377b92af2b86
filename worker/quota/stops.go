package quota

import (
	"context"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// hearStops tells the desks at once when the far side, through whatever
// process, asked to be left alone, which calls turns back that were given already,
// or said something else that ends passes. Whoever misses a notice hears of it with
// the next turn. It blocks until ctx ends.
func hearStops(ctx context.Context, client redis.UniversalClient, desks map[string]*desk) {
	channels := make([]string, 0, len(desks))
	for c := range desks {
		channels = append(channels, c)
	}
	sub := client.Subscribe(ctx, channels...)
	defer func() { _ = sub.Close() }() // nothing depends on a clean end
	notices := sub.Channel()
	for {
		select {
		case <-ctx.Done():
			return
		case n, ok := <-notices:
			if !ok {
				return
			}
			wait, err := strconv.ParseInt(n.Payload, 10, 64)
			if err != nil || desks[n.Channel] == nil {
				continue // not ours
			}
			desks[n.Channel].heardStop(min(time.Duration(wait)*time.Millisecond, maxHold))
		}
	}
}
