package worker_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"foreday/cache"
	"foreday/cache/redistest"
	"foreday/events"
	"foreday/worker/replicas"
)

// What a master has answered and its replica has not yet heard of is gone with it. Here the
// replica hears nothing for a while, so that this is certain. (Workers that wait for
// nothing show that the master's end does lose something.)
func TestNoRefreshIsLostWithAMasterWhoseReplicasWereWaitedFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ replicas, lost int }{"waiting": {1, 0}, "not waiting": {0, 8}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if lost := lostInAFailover(t, c.replicas); lost != c.lost {
				t.Errorf("%d refreshes were lost, want %d", lost, c.lost)
			}
		})
	}
}

// lostInAFailover has four workers refresh eight users, whose master dies, and returns how
// many of them are left without what was published last.
func lostInAFailover(t *testing.T, wait int) (lost int) {
	cluster := redistest.ClusterWithReplicas(t, 3, []string{
		events.DefaultStream, events.DefaultDeadStream, "foreday:promised", "{foreday:read}", "{foreday:refresh}", "asynq:queues",
	})
	client, err := cache.Connect("redis+cluster://" + strings.Join(cluster.Addrs(), ","))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	replicas.Install(client, replicas.Config{Replicas: wait, Timeout: 100 * time.Millisecond})
	b := setup(t, client)
	b.ingester.ReplicaTimeout = 100 * time.Millisecond
	const master, replica = 1, 4
	users := usersOn(t, cluster, master, 8)
	for _, user := range users {
		b.google.AddUser(user, berlin)
		b.create(user, "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
	}
	for range 4 {
		b.work()
	}
	for _, user := range users {
		b.awaitFresh(user, today, holding("Dentist"))
	}
	b.acknowledged()

	cluster.Node(replica).Freeze(t)
	// What was sent to it before is in its socket, and it would read that.
	if err := cluster.Node(master).Client(t).ClientKillByFilter(t.Context(), "TYPE", "replica").Err(); err != nil {
		t.Fatal(err)
	}
	for _, user := range users {
		b.create(user, "Lawyer", "2026-11-23 17:00", "2026-11-23 18:00")
	}
	for _, user := range users {
		if wait > 0 {
			b.eventually("the message applied", func() bool { return !b.has(user, today) })
		} else {
			b.awaitFresh(user, today, holding("Dentist", "Lawyer"))
		}
	}
	if wait == 0 {
		b.acknowledged()
	}
	cluster.Node(master).Kill(t)
	cluster.Node(replica).Thaw(t)
	cluster.AwaitMaster(t, replica)
	cluster.Node(master).Restart(t) // as a replica, for those who wait for one
	if wait > 0 {
		b.acknowledged()
	}
	for _, user := range users {
		if !b.becomesFresh(user, wait > 0) {
			lost++
		}
	}
	return lost
}

// usersOn returns so many users whose keys are on the node.
func usersOn(t *testing.T, cluster *redistest.ClusterServer, node, n int) (users []string) {
	t.Helper()
	client := cluster.Client(t)
	for i := 0; len(users) < n; i++ {
		user := fmt.Sprintf("user%d", i)
		master, err := client.MasterForKey(t.Context(), user)
		if err != nil {
			t.Fatal(err)
		}
		if master.Options().Addr == cluster.Node(node).Addr() {
			users = append(users, user)
		}
	}
	return users
}

// becomesFresh reports whether a fresh summary tells of the second event, at once or, if it
// is to be waited for, in the end. It asks for none.
func (b *bench) becomesFresh(user string, wait bool) bool {
	for late := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		fresh, _, err := b.store.Peek(context.Background(), user, today)
		if err == nil && fresh != nil && slices.Contains(titlesOf(*fresh), "Lawyer") {
			return true
		}
		if err == nil && !wait || time.Now().After(late) {
			return false
		}
	}
}

func TestWorkersGoOnAfterAFailoverBySentinels(t *testing.T) {
	t.Parallel()
	master := redistest.Start(t, redistest.QuickReplicas())
	replica := master.Replica(t, redistest.QuickReplicas())
	sentinels := redistest.Sentinels(t, master, 3)
	client, err := cache.Connect(redistest.SentinelURL(sentinels))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	replicas.Install(client, replicas.Config{Replicas: 1, Timeout: 100 * time.Millisecond})
	b := setup(t, client)
	b.ingester.ReplicaTimeout = 100 * time.Millisecond
	users := []string{"ada", "bob", "eve"}
	for range 4 {
		b.work()
	}
	for _, user := range users {
		b.google.AddUser(user, berlin)
		b.create(user, "Dentist", "2026-11-23 15:00", "2026-11-23 16:00")
		b.awaitFresh(user, today, holding("Dentist"))
	}
	b.eventually("Sentinels that know each other and the replica", func() bool {
		known, err := sentinels[0].Client(t).Do(t.Context(), "SENTINEL", "REPLICAS", redistest.SentinelMaster).Slice()
		quorum := sentinels[0].Client(t).Do(t.Context(), "SENTINEL", "CKQUORUM", redistest.SentinelMaster).Err()
		return err == nil && len(known) == 1 && quorum == nil
	})
	for _, user := range users {
		event := b.insert(user, "Lawyer", "2026-11-23 17:00", "2026-11-23 18:00")
		if _, err := b.publisher.Publish(replicas.Require(t.Context()), created(user, event)); err != nil {
			t.Fatal(err)
		}
	}
	master.Kill(t)
	b.eventually("the replica in the master's place", func() bool {
		role, err := replica.Client(t).Do(t.Context(), "ROLE").Slice()
		return err == nil && role[0] == "master"
	})
	replica.Replica(t)
	for _, user := range users {
		if !b.becomesFresh(user, true) {
			t.Errorf("the refresh of %s was lost", user)
		}
	}
}
