package redistest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// ClusterWithReplicas starts a Redis Cluster of masters with a replica each, which
// notices within a second that a node is gone. Node(i) is the i-th master,
// Node(masters+i) its replica. The first master has the slots of the keys as well. The
// options are for all nodes.
func ClusterWithReplicas(t testing.TB, masters int, keys []string, opts ...Option) *ClusterServer {
	t.Helper()
	quick := WithConfig("cluster-node-timeout 1000")
	c := cluster(t, 2*masters, masters, keys, append([]Option{quick, QuickReplicas()}, opts...))
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	for i := range masters {
		if err := c.replicate(ctx, t, c.nodes[masters+i], c.nodes[i]); err != nil {
			t.Fatalf("make %s a replica of %s: %v", c.nodes[masters+i].Addr(), c.nodes[i].Addr(), err)
		}
	}
	return c
}

// replicate makes one node the replica of another, and returns when it has caught up
// and all nodes know.
func (c *ClusterServer) replicate(ctx context.Context, t testing.TB, replica, master *Server) error {
	id, err := master.Client(t).Do(ctx, "CLUSTER", "MYID").Text()
	if err != nil {
		return err
	}
	if err := replica.Client(t).Do(ctx, "CLUSTER", "REPLICATE", id).Err(); err != nil {
		return err
	}
	own, err := replica.Client(t).Do(ctx, "CLUSTER", "MYID").Text()
	if err != nil {
		return err
	}
	done := func() bool {
		info, err := replica.Client(t).Info(ctx, "replication").Result()
		if err != nil || !strings.Contains(info, "master_link_status:up") {
			return false
		}
		for _, n := range c.nodes {
			known, err := n.Client(t).Do(ctx, "CLUSTER", "REPLICAS", id).StringSlice()
			if err != nil || !strings.Contains(strings.Join(known, "\n"), own) {
				return false
			}
		}
		return true
	}
	for !done() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the replica: %w", ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

// AwaitMaster returns when node i is a master that takes writes.
func (c *ClusterServer) AwaitMaster(t testing.TB, i int) {
	t.Helper()
	node := c.nodes[i].Client(t)
	for deadline := time.Now().Add(startTimeout); ; time.Sleep(10 * time.Millisecond) {
		info, err := node.ClusterInfo(t.Context()).Result()
		role, _ := node.Info(t.Context(), "replication").Result()
		if err == nil && strings.Contains(role, "role:master") && strings.Contains(info, "cluster_state:ok") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s was not elected: %v\n%s\n%s", c.nodes[i].Addr(), err, role, info)
		}
	}
}
