package redistest

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

const slots = 16384

// ClusterServer is a real Redis Cluster.
type ClusterServer struct {
	nodes   []*Server
	masters int // of the nodes, the first so many
}

// Cluster starts a Redis Cluster whose slots are spread evenly over the given
// number of nodes, and returns when all of them agree on that. It ends with the
// test.
func Cluster(t testing.TB, nodes int, opts ...Option) *ClusterServer {
	t.Helper()
	return cluster(t, nodes, nodes, nil, append([]Option{WithConfig("cluster-node-timeout 5000")}, opts...))
}

// cluster starts nodes, of which the first so many are masters. The first has the slots
// of the keys as well.
func cluster(t testing.TB, nodes, masters int, keys []string, opts []Option) *ClusterServer {
	t.Helper()
	c := &ClusterServer{masters: masters}
	opts = append([]Option{WithConfig("cluster-enabled yes", "cluster-config-file nodes.conf")}, opts...)
	for range nodes {
		c.nodes = append(c.nodes, Start(t, opts...))
	}
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	if err := c.join(ctx, t, keys); err != nil {
		t.Fatalf("form a cluster of %d nodes: %v", nodes, err)
	}
	return c
}

// Addrs returns each node's host:port.
func (c *ClusterServer) Addrs() []string {
	addrs := make([]string, len(c.nodes))
	for i, n := range c.nodes {
		addrs[i] = n.Addr()
	}
	return addrs
}

// Node returns the i-th node.
func (c *ClusterServer) Node(i int) *Server { return c.nodes[i] }

// Client returns a new client of the cluster, closed when the test ends.
func (c *ClusterServer) Client(t testing.TB) *redis.ClusterClient {
	client := redis.NewClusterClient(c.options())
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func (c *ClusterServer) options() *redis.ClusterOptions {
	return &redis.ClusterOptions{
		Addrs:                    c.Addrs(),
		Protocol:                 3,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}

// join gives the masters their slots, the first one those of the keys besides, and
// makes all nodes known to each other.
func (c *ClusterServer) join(ctx context.Context, t testing.TB, keys []string) error {
	clients := make([]*redis.Client, len(c.nodes))
	for i, n := range c.nodes {
		clients[i] = n.Client(t)
		// Distinct epochs from the start spare the nodes settling it by gossip.
		if err := clients[i].Do(ctx, "CLUSTER", "SET-CONFIG-EPOCH", i+1).Err(); err != nil {
			return fmt.Errorf("set the epoch of %s: %w", n.Addr(), err)
		}
	}
	shares, err := c.shares(ctx, clients[0], keys)
	if err != nil {
		return err
	}
	for i, share := range shares {
		if err := clients[i].ClusterAddSlots(ctx, share...).Err(); err != nil {
			return fmt.Errorf("give %s %d slots: %w", c.nodes[i].Addr(), len(share), err)
		}
	}
	for i, from := range clients {
		for _, to := range c.nodes[i+1:] {
			host, port, err := net.SplitHostPort(to.peerAddr())
			if err != nil {
				return err
			}
			if err := from.ClusterMeet(ctx, host, port).Err(); err != nil {
				return fmt.Errorf("introduce %s to %s: %w", to.Addr(), c.nodes[i].Addr(), err)
			}
		}
	}
	for i, client := range clients {
		if err := c.waitAgreed(ctx, client); err != nil {
			return fmt.Errorf("wait for %s: %w", c.nodes[i].Addr(), err)
		}
	}
	return nil
}

// shares divides the slots evenly among the masters, but for those of the keys.
func (c *ClusterServer) shares(ctx context.Context, node *redis.Client, keys []string) ([][]int, error) {
	pinned := map[int]bool{}
	for _, key := range keys {
		slot, err := node.ClusterKeySlot(ctx, key).Result()
		if err != nil {
			return nil, fmt.Errorf("slot of %s: %w", key, err)
		}
		pinned[int(slot)] = true
	}
	shares := make([][]int, c.masters)
	for slot := range slots {
		master := slot * c.masters / slots
		if pinned[slot] {
			master = 0
		}
		shares[master] = append(shares[master], slot)
	}
	return shares, nil
}

// waitAgreed returns when the node knows who serves each slot and takes commands.
func (c *ClusterServer) waitAgreed(ctx context.Context, node *redis.Client) error {
	for {
		info, err := node.ClusterInfo(ctx).Result()
		if err != nil {
			return err
		}
		if strings.Contains(info, "cluster_state:ok") &&
			strings.Contains(info, fmt.Sprintf("cluster_slots_ok:%d", slots)) &&
			strings.Contains(info, fmt.Sprintf("cluster_size:%d", c.masters)) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; the node says:\n%s", ctx.Err(), info)
		case <-time.After(10 * time.Millisecond):
		}
	}
}
