package redistest

import (
	"net"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// MoveSlots moves the first n slots of a master, with what lies in them, to another one, as
// resharding does: key by key, while clients read and write.
func (c *ClusterServer) MoveSlots(t testing.TB, from, to, n int) {
	t.Helper()
	ctx := t.Context()
	source, target := c.nodes[from].Client(t), c.nodes[to].Client(t)
	must := func(client *redis.Client, args ...any) any {
		answer, err := client.Do(ctx, args...).Result()
		if err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		return answer
	}
	sourceID, targetID := must(source, "CLUSTER", "MYID"), must(target, "CLUSTER", "MYID")
	host, port, err := net.SplitHostPort(c.nodes[to].Addr())
	if err != nil {
		t.Fatal(err)
	}
	for _, slot := range c.slotsOf(t, from)[:n] {
		must(target, "CLUSTER", "SETSLOT", slot, "IMPORTING", sourceID)
		must(source, "CLUSTER", "SETSLOT", slot, "MIGRATING", targetID)
		for {
			keys := must(source, "CLUSTER", "GETKEYSINSLOT", slot, 100).([]any)
			if len(keys) == 0 {
				break
			}
			must(source, append([]any{"MIGRATE", host, port, "", 0, (5 * time.Second).Milliseconds(), "KEYS"}, keys...)...)
		}
		must(target, "CLUSTER", "SETSLOT", slot, "NODE", targetID)
		must(source, "CLUSTER", "SETSLOT", slot, "NODE", targetID)
	}
}

// slotsOf are the slots that a master has.
func (c *ClusterServer) slotsOf(t testing.TB, node int) (slots []int64) {
	t.Helper()
	id := c.nodes[node].Client(t).Do(t.Context(), "CLUSTER", "MYID").Val()
	shards, err := c.nodes[node].Client(t).ClusterShards(t.Context()).Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, shard := range shards {
		if !slices.ContainsFunc(shard.Nodes, func(n redis.Node) bool { return n.ID == id }) {
			continue
		}
		for _, some := range shard.Slots {
			for slot := some.Start; slot <= some.End; slot++ {
				slots = append(slots, slot)
			}
		}
	}
	return slots
}
