package worker

import (
	"context"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// A process that works is subscribed to a channel of its own for as long as it lives: Redis
// drops the subscription at once when a process dies, while a lease has to run out. It stays
// when a network is silent or a process frozen, so that a lease need not be long for those.

// reconnecting is how long a process may be without its subscription until it is taken for
// dead: it may only be connecting anew.
const reconnecting = 250 * time.Millisecond

// presenceChannel is what a process is subscribed to. On a cluster, it has the node of the
// queue's keys.
func presenceChannel(queue, process string) string { return queueKey(queue, "alive:"+process) }

// died reports whether the process of a run's owner is not subscribed any more. Who is not
// subscribed itself cannot tell: Redis may have been restarted for all. If in doubt, it has
// not died, and the lease decides.
func (s *Sweeper) died(ctx context.Context, owner string) bool {
	process, _, named := strings.Cut(owner, " ")
	if !named || s.Process == "" {
		return false
	}
	return s.absent(ctx, process) && pause(ctx, reconnecting) && s.absent(ctx, process)
}

func (s *Sweeper) absent(ctx context.Context, process string) bool {
	mine, theirs := presenceChannel(s.Queue.refresh, s.Process), presenceChannel(s.Queue.refresh, process)
	cmd := redis.NewMapStringIntCmd(ctx, "pubsub", "numsub", mine, theirs)
	cmd.SetFirstKeyPos(2) // a cluster would take any node
	if err := s.Queue.redis.Process(ctx, cmd); err != nil {
		return false
	}
	subscribed := cmd.Val()
	return subscribed[mine] > 0 && subscribed[theirs] == 0
}
