package worker_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"foreday/cache"
	"foreday/cache/redistest"
	"foreday/events"
)

// A part of a cluster is gone, with its replica, or hangs. The messages of the users who
// lie there wait, and are applied when it is back; those of all others are applied as
// ever, and nothing becomes a dead letter. Not parallel: it looks how soon.
func TestADeadShardHoldsItsOwnUsersMessagesUp(t *testing.T) {
	t.Run("killed", func(t *testing.T) {
		deadShard(t, func(node *redistest.Server) (back func()) {
			node.Kill(t)
			return func() { node.Restart(t) }
		})
	})
	t.Run("frozen", func(t *testing.T) {
		deadShard(t, func(node *redistest.Server) (back func()) {
			node.Freeze(t)
			return func() { node.Thaw(t) }
		})
	})
}

func deadShard(t *testing.T, fail func(node *redistest.Server) (back func())) {
	cluster := redistest.ClusterWithReplicas(t, 3, []string{
		events.DefaultStream, events.DefaultDeadStream, "foreday:promised", "{foreday:read}", "{foreday:refresh}", "asynq:queues",
	}, redistest.WithConfig("cluster-require-full-coverage no"))
	client, err := cache.Connect("redis+cluster://" + strings.Join(cluster.Addrs(), ","))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	const gone = 1
	var there, elsewhere []string
	for n := 0; len(there) < 16 || len(elsewhere) < 8; n++ {
		user := fmt.Sprintf("user%d", n)
		master, err := cluster.Client(t).MasterForKey(t.Context(), user)
		if err != nil {
			t.Fatal(err)
		}
		if master.Options().Addr == cluster.Node(gone).Addr() {
			there = append(there, user)
		} else {
			elsewhere = append(elsewhere, user)
		}
	}
	b := setup(t, client)
	b.consume()
	for _, user := range elsewhere {
		b.set(user, today)
	}
	b.publish(changed(there[0]))
	b.acknowledged()

	back := fail(cluster.Node(gone))
	fail(cluster.Node(gone + 3))
	var took []time.Duration
	for i := range 8 {
		// In the same batches as others, some of whom nobody knew before.
		b.publish(changed(there[2*i]))
		b.publish(changed(there[2*i+1]))
		published := time.Now()
		b.publish(changed(elsewhere[i]))
		b.eventually("a message of a user elsewhere applied", func() bool { return !b.has(elsewhere[i], today) })
		took = append(took, time.Since(published))
	}
	slices.Sort(took)
	t.Logf("applied within %v, %v at most", took[len(took)/2].Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond))
	if most := took[len(took)-1]; most > 1500*time.Millisecond {
		t.Errorf("a message of a user elsewhere took %v", most)
	}
	pending := client.XPending(t.Context(), events.DefaultStream, events.DefaultGroup).Val()
	if pending == nil || pending.Count == 0 {
		t.Error("the messages of users who lie on what is gone were acknowledged")
	}
	back()
	b.acknowledged()
	if n := client.XLen(t.Context(), events.DefaultDeadStream).Val(); n != 0 {
		t.Errorf("%d dead letters", n)
	}
}
