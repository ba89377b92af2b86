package freshness

import (
	"context"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// gatherer reads keys. Under load, what several want is read by one MGET: those who come
// while as many are under way as may be are served by the next. So nobody is
// given what was read before they asked, which might be stale since, and nobody waits
// while nothing is under way.
type gatherer struct {
	client redis.UniversalClient
	alone  bool // in a cluster, where keys lie on several nodes, each reads alone

	mu    sync.Mutex
	under int       // way
	next  *gathered // nil if nobody waits
}

// gathered is what is read together.
type gathered struct {
	keys   []string
	values []any
	err    error
	done   chan struct{} // closed when it was read
}

const (
	// gathersAtOnce is how many reads are under way at the same time: one is being
	// answered while the other is on its way.
	gathersAtOnce = 2
	// gatherMost bounds the keys of one read.
	gatherMost = 256
	// gatherTimeout bounds a read that several wait for. Each of them may give up sooner.
	gatherTimeout = 500 * time.Millisecond
)

func newGatherer(client redis.UniversalClient) *gatherer {
	_, cluster := client.(*redis.ClusterClient)
	return &gatherer{client: client, alone: cluster}
}

// get returns the values of the keys, nil for those that are not there, as MGET does.
// All are of one user.
func (g *gatherer) get(ctx context.Context, keys ...string) ([]any, error) {
	if g.alone {
		return g.client.MGet(ctx, keys...).Result()
	}
	g.mu.Lock()
	if g.under < gathersAtOnce || g.next != nil && len(g.next.keys)+len(keys) > gatherMost {
		g.under++
		g.mu.Unlock()
		defer g.ended()
		return g.client.MGet(ctx, keys...).Result()
	}
	if g.next == nil {
		g.next = &gathered{done: make(chan struct{})}
	}
	together, at := g.next, len(g.next.keys)
	together.keys = append(together.keys, keys...)
	g.mu.Unlock()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-together.done:
	}
	if together.err != nil {
		return nil, together.err
	}
	return together.values[at : at+len(keys)], nil
}

// ended has the next read begin when one has ended.
func (g *gatherer) ended() {
	g.mu.Lock()
	defer g.mu.Unlock()
	next := g.next
	if next == nil || g.under > gathersAtOnce {
		g.under--
		return
	}
	g.next = nil
	go func() {
		defer g.ended()
		defer close(next.done)
		ctx, cancel := context.WithTimeout(context.Background(), gatherTimeout)
		defer cancel()
		next.values, next.err = g.client.MGet(ctx, next.keys...).Result()
	}()
}
