package replicas_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/redis/go-redis/v9"

	"foreday/cache"
	"foreday/cache/redistest"
	"foreday/worker/replicas"
)

// Of the kind of Redis it matters that there are replicas, so these start their own.

const wait = time.Second

func connect(t *testing.T, url string, metrics *replicas.Metrics) redis.UniversalClient {
	t.Helper()
	client, err := cache.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	replicas.Install(client, replicas.Config{Replicas: 1, Timeout: wait, Metrics: metrics})
	return client
}

// hset writes as the protocol does, by a script.
var hset = redis.NewScript(`return redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])`)

func TestAWriteIsConfirmedOrFailsThoughItIsDone(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.QuickReplicas())
	replica := server.Replica(t)
	reg := prometheus.NewRegistry()
	client, ctx := connect(t, server.URL(), replicas.NewMetrics(reg)), t.Context()
	if err := hset.Run(replicas.Require(ctx), client, []string{"key"}, "field", 1).Err(); err != nil {
		t.Fatal(err)
	}
	if got := replica.Client(t).HGet(ctx, "key", "field").Val(); got != "1" {
		t.Errorf("after the write was confirmed, the replica has %q", got)
	}

	replica.Freeze(t)
	t.Cleanup(func() { replica.Thaw(t) })
	err := hset.Run(replicas.Require(ctx), client, []string{"key"}, "field", 2).Err()
	if !errors.Is(err, replicas.ErrTooFew) || !strings.Contains(err.Error(), "0 of 1") {
		t.Errorf("with a replica that does not answer: %v", err)
	}
	if got := client.HGet(ctx, "key", "field").Val(); got != "2" {
		t.Errorf("the master has %q", got)
	}
	if err := hset.Run(replicas.Prefer(ctx), client, []string{"key"}, "field", 3).Err(); err != nil {
		t.Errorf("where it need not be confirmed: %v", err)
	}
	const want = `
# HELP foreday_replica_waits_total Waits for replicas to confirm writes, by whether enough have in time.
# TYPE foreday_replica_waits_total counter
foreday_replica_waits_total{outcome="confirmed"} 2
foreday_replica_waits_total{outcome="too_few"} 2
`
	// The first script was not known yet, and was sent twice.
	if err := testutil.GatherAndCompare(reg, strings.NewReader(want)); err != nil {
		t.Error(err)
	}
	before := waits(t, server)
	client.HGet(ctx, "key", "field")
	if after := waits(t, server); before != 4 || after != before {
		t.Errorf("of WAIT, there were %d, and %d after a command that asks for none; want 4", before, after)
	}
}

// waits is how many WAIT the server has had.
func waits(t *testing.T, server *redistest.Server) (n int) {
	t.Helper()
	_, text, _ := strings.Cut(server.Client(t).Info(t.Context(), "commandstats").Val(), "cmdstat_wait:calls=")
	text, _, _ = strings.Cut(text, ",")
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestInAClusterOnlyTheCommandsOfTheMasterWhoseReplicaIsGoneFail(t *testing.T) {
	t.Parallel()
	cluster := redistest.ClusterWithReplicas(t, 3, nil)
	client, ctx := connect(t, "redis+cluster://"+strings.Join(cluster.Addrs(), ","), nil), t.Context()
	write := func(ctx context.Context) (failed map[string]bool) {
		failed = map[string]bool{}
		cmds, _ := client.Pipelined(ctx, func(p redis.Pipeliner) error {
			for n := range 30 {
				p.HSet(ctx, fmt.Sprint("key", n), "field", n)
			}
			return nil
		})
		for n, cmd := range cmds {
			if err := cmd.Err(); err != nil && !errors.Is(err, replicas.ErrTooFew) {
				t.Errorf("key%d: %v", n, err)
			}
			if cmd.Err() != nil {
				master, err := cluster.Client(t).MasterForKey(ctx, fmt.Sprint("key", n))
				if err != nil {
					t.Fatal(err)
				}
				failed[master.Options().Addr] = true
			}
		}
		return failed
	}
	if failed := write(replicas.Require(ctx)); len(failed) > 0 {
		t.Errorf("with all replicas there, these failed: %v", failed)
	}
	cluster.Node(3).Freeze(t)
	t.Cleanup(func() { cluster.Node(3).Thaw(t) })
	if failed := write(replicas.Require(ctx)); len(failed) != 1 || !failed[cluster.Node(0).Addr()] {
		t.Errorf("without the replica of %s, these failed: %v", cluster.Node(0).Addr(), failed)
	}
	if failed := write(replicas.Prefer(ctx)); len(failed) > 0 {
		t.Errorf("where they need not be confirmed, these failed: %v", failed)
	}

	// A slot that is on its way to the master without a replica: new keys are there.
	key := keyOn(t, cluster, 1)
	begin(t, cluster, key, 1, 0)
	if err := client.HSet(replicas.Require(ctx), key, "field", 1).Err(); !errors.Is(err, replicas.ErrTooFew) {
		t.Errorf("a write that was redirected: %v", err)
	}
}

// keyOn returns a key that lies on the node, and that nobody has.
func keyOn(t *testing.T, cluster *redistest.ClusterServer, node int) string {
	t.Helper()
	for n := 0; ; n++ {
		key := fmt.Sprint("moving", n)
		master, err := cluster.Client(t).MasterForKey(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if master.Options().Addr == cluster.Node(node).Addr() {
			return key
		}
	}
}

// begin begins to move the slot of a key from one node to another.
func begin(t *testing.T, cluster *redistest.ClusterServer, key string, from, to int) {
	t.Helper()
	ctx := t.Context()
	source, target := cluster.Node(from).Client(t), cluster.Node(to).Client(t)
	slot := source.ClusterKeySlot(ctx, key).Val()
	sourceID, targetID := source.Do(ctx, "CLUSTER", "MYID").Val(), target.Do(ctx, "CLUSTER", "MYID").Val()
	if err := target.Do(ctx, "CLUSTER", "SETSLOT", slot, "IMPORTING", sourceID).Err(); err != nil {
		t.Fatal(err)
	}
	if err := source.Do(ctx, "CLUSTER", "SETSLOT", slot, "MIGRATING", targetID).Err(); err != nil {
		t.Fatal(err)
	}
}
