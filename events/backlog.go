package events

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// Backlog is how many messages wait, and how many were put aside.
type Backlog struct {
	Waiting int64 // on the stream, not yet acknowledged by the group, read or not
	Pending int64 // those of them that it has read
	Dead    int64 // dead letters
}

// ReadBacklog returns the backlog of a group of a stream. It may block until ctx is done.
func ReadBacklog(ctx context.Context, client redis.UniversalClient, stream, group, deadStream string) (Backlog, error) {
	var length, dead *redis.IntCmd
	_, err := client.Pipelined(ctx, func(p redis.Pipeliner) error {
		length, dead = p.XLen(ctx, stream), p.XLen(ctx, deadStream)
		return nil
	})
	if err != nil {
		return Backlog{}, fmt.Errorf("read how long the streams are: %w", err)
	}
	b := Backlog{Dead: dead.Val()}
	if length.Val() == 0 {
		return b, nil // there may be no stream at all
	}
	var about *redis.XInfoStreamCmd
	var groups *redis.XInfoGroupsCmd
	_, err = client.Pipelined(ctx, func(p redis.Pipeliner) error {
		about, groups = p.XInfoStream(ctx, stream), p.XInfoGroups(ctx, stream)
		return nil
	})
	if err != nil {
		return b, fmt.Errorf("read what the groups of stream %s have read: %w", stream, err)
	}
	// The lag is unknown after entries were deleted by hand, and some servers count in what
	// was acknowledged; no more can wait than there is.
	b.Waiting = length.Val()
	for _, g := range groups.Val() {
		if g.Name != group {
			continue
		}
		b.Pending = g.Pending
		switch {
		case g.LastDeliveredID == about.Val().LastGeneratedID:
			b.Waiting = min(b.Waiting, g.Pending)
		case g.Lag >= 0:
			b.Waiting = min(b.Waiting, g.Pending+g.Lag)
		}
	}
	return b, nil
}
