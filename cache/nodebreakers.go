package cache

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/sony/gobreaker/v2"
)

// breakers keep readers from waiting for a Redis that does not answer. Each node of
// a cluster has its own, and so has what the nodes are known by, and the queue: what
// ails one is no reason to go without the others.
type breakers struct {
	client  redis.UniversalClient
	timeout time.Duration // of each look into Redis
	slots   *breaker
	queue   *breaker
	nodes   sync.Map // node's address -> *breaker
	// down is when a cluster was first said to be down, in nanoseconds since 1970; 0
	// while it is not.
	down atomic.Int64
}

// breaker remembers for what it opened.
type breaker struct {
	*gobreaker.CircuitBreaker[string]
	last atomic.Pointer[error]
}

func newBreakers(client redis.UniversalClient, timeout time.Duration) *breakers {
	return &breakers{client: client, timeout: timeout, slots: newBreaker("slots"), queue: newBreaker("queue")}
}

func newBreaker(name string) *breaker {
	return &breaker{CircuitBreaker: gobreaker.NewCircuitBreaker[string](gobreaker.Settings{
		Name: name, Timeout: time.Second,
		ReadyToTrip:  func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= 3 },
		IsSuccessful: func(err error) bool { return !keepsWaiting(err) },
		IsExcluded:   func(err error) bool { return errors.Is(err, errGivenUp) },
	})}
}

// keepsWaiting reports whether the error is one for which whoever asks next would
// wait as well. A Redis that refuses a command answers, and may do others.
func keepsWaiting(err error) bool {
	if err == nil || errors.Is(err, redis.Nil) {
		return false
	}
	err = explain(err)
	var known *RedisError
	var reply redis.Error
	if !errors.As(err, &known) && errors.As(err, &reply) {
		return false
	}
	return slices.Contains([]string{
		Unavailable, "redis-loading", "redis-master-down", "redis-too-many-clients", "redis-busy",
		"redis-wrong-password", "redis-untrusted-certificate", "redis-client-certificate",
	}, CodeOf(err))
}

// errGivenUp is wrapped by the error of a look that ended because its reader had
// gone or had waited long enough: that says nothing of Redis.
var errGivenUp = errors.New("the reader gave up")

// electionWait is how long, from when a cluster is first down, its readers wait for
// the new master. For that moment all nodes of a cluster refuse all reads, unless
// cluster-allow-reads-when-down is set.
const electionWait = 2 * time.Second

// ofUser runs one look at a user's keys.
func (b *breakers) ofUser(ctx context.Context, user string, look func(context.Context) error) error {
	return b.ofUserWithin(ctx, b.timeout, user, look)
}

// ofUserWithin is ofUser with another timeout.
func (b *breakers) ofUserWithin(ctx context.Context, timeout time.Duration, user string, look func(context.Context) error) error {
	for {
		err := b.onNode(ctx, timeout, user, look)
		if !redis.IsClusterDownError(err) {
			if err == nil && b.down.Load() != 0 {
				b.down.Store(0)
			}
			return err
		}
		b.down.CompareAndSwap(0, time.Now().UnixNano())
		if time.Since(time.Unix(0, b.down.Load())) > electionWait {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", errGivenUp, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// onNode runs the look on the node that has the user's keys.
func (b *breakers) onNode(ctx context.Context, timeout time.Duration, user string, look func(context.Context) error) error {
	node := ""
	if cluster, ok := b.client.(*redis.ClusterClient); ok {
		var err error
		if node, err = b.guard(ctx, timeout, b.slots, func(ctx context.Context) (string, error) {
			// Known from the first answer on; from then nothing is asked here.
			master, err := cluster.MasterForKey(ctx, user)
			if err != nil {
				return "", explain(err)
			}
			return master.Options().Addr, nil
		}); err != nil {
			return err
		}
	}
	own, ok := b.nodes.Load(node)
	if !ok {
		own, _ = b.nodes.LoadOrStore(node, newBreaker(node))
	}
	_, err := b.guard(ctx, timeout, own.(*breaker), func(ctx context.Context) (string, error) { return "", look(ctx) })
	return err
}

// ofQueue runs one call to the queue.
func (b *breakers) ofQueue(ctx context.Context, call func(context.Context) error) error {
	_, err := b.guard(ctx, b.timeout, b.queue, func(ctx context.Context) (string, error) { return "", call(ctx) })
	return err
}

// guard runs one look within a timeout and a breaker.
func (b *breakers) guard(ctx context.Context, timeout time.Duration, on *breaker,
	look func(context.Context) (string, error)) (string, error) {
	found, err := on.Execute(func() (string, error) {
		limited, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		found, err := look(limited)
		if err != nil && ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", errGivenUp, err)
		} else if keepsWaiting(err) {
			on.last.Store(&err)
		}
		return found, err
	})
	if last := on.last.Load(); last != nil && (errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests)) {
		err = fmt.Errorf("%w: %w", err, *last)
	}
	return found, err
}
