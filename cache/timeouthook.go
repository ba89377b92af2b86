package cache

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

// commandTimeout bounds every command, with its tries, redirects and waits for a
// connection. Whoever asks in a loop has new slots or a new master in use so soon
// after they are known, and can end so soon when told to.
const commandTimeout = 3 * time.Second

// slotsTimeout bounds each node's answer about the slots of a cluster. The nodes are
// asked one after the other, those that are dead among them.
const slotsTimeout = 500 * time.Millisecond

// bounded is the hook of every client: a command takes no longer than
// commandTimeout, whatever the URL says and however much time its context has, and
// its error is told as what it is.
type bounded struct{}

func (bounded) DialHook(next redis.DialHook) redis.DialHook { return next }

func (bounded) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		ctx, cancel := within(ctx, commandTimeout)
		defer cancel()
		return explain(next(ctx, cmd))
	}
}

func (bounded) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		ctx, cancel := within(ctx, commandTimeout)
		defer cancel()
		err := next(ctx, cmds)
		if err == nil {
			return nil
		}
		for _, cmd := range cmds {
			if err := cmd.Err(); err != nil {
				cmd.SetErr(explain(err))
			}
		}
		return explain(err)
	}
}

// slotsBounded is the hook of each node of a cluster.
type slotsBounded struct{ bounded }

func (slotsBounded) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.Name() != "cluster" {
			return next(ctx, cmd)
		}
		ctx, cancel := within(ctx, slotsTimeout)
		defer cancel()
		return next(ctx, cmd)
	}
}

func (slotsBounded) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// within is context.WithTimeout, which costs nothing where the context ends earlier.
func within(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, d)
}
