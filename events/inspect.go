package events

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// GroupState is how one consumer group of a stream stands, for an operator.
type GroupState struct {
	Name         string
	Pending, Lag int64 // messages read and not acknowledged, and not read; a Lag below 0 is unknown
	Consumers    []ConsumerState
	Oldest       []PendingState // the oldest pending messages, 1,000 at most
}

// ConsumerState is how one consumer of a group stands.
type ConsumerState struct {
	Name    string
	Pending int64
	Idle    time.Duration // since it last asked for messages
}

// PendingState is a message that was read and not acknowledged.
type PendingState struct {
	ID         string
	Deliveries int64         // how often it was handed out
	Idle       time.Duration // since that was last done, or whoever has it said that it is in hand
}

// Silent reports whether no consumer has asked for messages for so long.
func (g GroupState) Silent(since time.Duration) bool {
	for _, c := range g.Consumers {
		if c.Idle < since {
			return false
		}
	}
	return true
}

// inspected is how many of the oldest pending messages of a group are looked at.
const inspected = 1000

// Inspect returns how many messages a stream holds, and how each of its groups stands.
// A stream that does not exist has neither.
func Inspect(ctx context.Context, client redis.UniversalClient, stream string) (length int64, groups []GroupState, err error) {
	fail := func(err error) (int64, []GroupState, error) {
		return 0, nil, fmt.Errorf("look at the groups of stream %s: %w", stream, err)
	}
	if length, err = client.XLen(ctx, stream).Result(); err != nil {
		return fail(err)
	}
	infos, err := client.XInfoGroups(ctx, stream).Result()
	if err != nil {
		if strings.Contains(err.Error(), "no such key") { // nothing was ever published
			return 0, nil, nil
		}
		return fail(err)
	}
	for _, info := range infos {
		g := GroupState{Name: info.Name, Pending: info.Pending, Lag: min(info.Lag, length)}
		consumers, err := client.XInfoConsumers(ctx, stream, info.Name).Result()
		if err != nil {
			return fail(err)
		}
		for _, c := range consumers {
			g.Consumers = append(g.Consumers, ConsumerState{Name: c.Name, Pending: c.Pending, Idle: c.Idle})
		}
		pending, err := client.XPendingExt(ctx, &redis.XPendingExtArgs{
			Stream: stream, Group: info.Name, Start: "-", End: "+", Count: inspected,
		}).Result()
		if err != nil {
			return fail(err)
		}
		for _, p := range pending {
			g.Oldest = append(g.Oldest, PendingState{ID: p.ID, Deliveries: p.RetryCount, Idle: p.Idle})
		}
		groups = append(groups, g)
	}
	slices.SortFunc(groups, func(a, b GroupState) int { return strings.Compare(a.Name, b.Name) })
	return length, groups, nil
}
