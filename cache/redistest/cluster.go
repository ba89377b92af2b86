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

// ClusterServer is a real Redis Cluster of masters without replicas.
type ClusterServer struct{ nodes []*Server }

// Cluster starts a Redis Cluster whose slots are spread evenly over the given
// number of nodes, and returns when all of them agree on that. It ends with the
// test.
func Cluster(t testing.TB, nodes int) *ClusterServer {
	t.Helper()
	c := &ClusterServer{}
	for range nodes {
		c.nodes = append(c.nodes, Start(t, WithConfig(
			"cluster-enabled yes",
			"cluster-config-file nodes.conf",
			"cluster-node-timeout 5000",
		)))
	}
	ctx, cancel := context.WithTimeout(t.Context(), startTimeout)
	defer cancel()
	if err := c.join(ctx, t); err != nil {
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
	client := redis.NewClusterClient(&redis.ClusterOptions{
		Addrs:                    c.Addrs(),
		Protocol:                 3,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func (c *ClusterServer) join(ctx context.Context, t testing.TB) error {
	clients := make([]*redis.Client, len(c.nodes))
	for i, n := range c.nodes {
		clients[i] = n.Client(t)
		// Distinct epochs from the start spare the nodes settling it by gossip.
		if err := clients[i].Do(ctx, "CLUSTER", "SET-CONFIG-EPOCH", i+1).Err(); err != nil {
			return fmt.Errorf("set the epoch of %s: %w", n.Addr(), err)
		}
		first, next := i*slots/len(c.nodes), (i+1)*slots/len(c.nodes)
		if err := clients[i].ClusterAddSlotsRange(ctx, first, next-1).Err(); err != nil {
			return fmt.Errorf("give %s the slots %d to %d: %w", n.Addr(), first, next-1, err)
		}
	}
	for i, from := range clients {
		for _, to := range c.nodes[i+1:] {
			host, port, err := net.SplitHostPort(to.Addr())
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

// waitAgreed returns when the node knows who serves each slot and takes commands.
func (c *ClusterServer) waitAgreed(ctx context.Context, node *redis.Client) error {
	for {
		info, err := node.ClusterInfo(ctx).Result()
		if err != nil {
			return err
		}
		if strings.Contains(info, "cluster_state:ok") &&
			strings.Contains(info, fmt.Sprintf("cluster_slots_ok:%d", slots)) &&
			strings.Contains(info, fmt.Sprintf("cluster_size:%d", len(c.nodes))) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; the node says:\n%s", ctx.Err(), info)
		case <-time.After(10 * time.Millisecond):
		}
	}
}
