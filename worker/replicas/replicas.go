// Package replicas has writes wait until replicas have confirmed them, so that they outlive
// a failover:
//
//	ctx = replicas.Require(ctx)
//	err := script.Run(ctx, client, keys).Err()   // is ErrTooFew if they have not
//
// Redis answers a write before its replicas have it, and what they lack is gone when one of
// them takes the master's place. WAIT asks for their word, but only about the writes of its
// own connection. So a hook puts it behind the commands, into the same pipeline; on a
// Redis Cluster, into that of each node that takes part. (Behind a write on another
// connection, or after a failover, it would count replicas that may lack the write.)
//
// Workers require it before messages are acknowledged, and prefer it where a run begins and
// ends. Publishers wait for no replicas.
//
// It is no strong consistency: the replica that is elected may be one that was not waited
// for, and what it has confirmed is in its memory, not on its disk.
package replicas

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
)

// ErrTooFew is the error of commands that were done, and confirmed by too few replicas in
// time. To do them again waits again.
var ErrTooFew = errors.New("too few replicas have confirmed a write")

// Config says what is waited for.
type Config struct {
	Replicas int           // 0 waits for none
	Timeout  time.Duration // at most so long for each pipeline
	Metrics  *Metrics      // nil counts nothing
}

// Metrics counts waits.
type Metrics struct{ waits *prometheus.CounterVec }

// NewMetrics registers foreday_replica_waits_total.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "foreday_replica_waits_total", Help: "Waits for replicas to confirm writes, by whether enough have in time.",
	}, []string{"outcome"})}
	m.waits.WithLabelValues("confirmed")
	m.waits.WithLabelValues("too_few")
	reg.MustRegister(m.waits)
	return m
}

func (m *Metrics) count(err error) {
	switch {
	case m == nil:
	case err == nil:
		m.waits.WithLabelValues("confirmed").Inc()
	default:
		m.waits.WithLabelValues("too_few").Inc()
	}
}

type mark struct{ required bool }

type key struct{}

// Require returns a context whose commands fail with ErrTooFew unless enough replicas
// confirm them.
func Require(ctx context.Context) context.Context { return context.WithValue(ctx, key{}, mark{true}) }

// Prefer returns a context whose commands give replicas time to confirm them, and succeed
// in any case.
func Prefer(ctx context.Context) context.Context { return context.WithValue(ctx, key{}, mark{}) }

// Without returns a context whose commands are not waited for, whatever ctx says.
func Without(ctx context.Context) context.Context {
	if _, marked := ctx.Value(key{}).(mark); !marked {
		return ctx
	}
	return context.WithValue(ctx, key{}, nil)
}

// Install makes a client wait where a context says so. It must be called before the
// client's first command. On clients of other types than those of one server (as Sentinels
// name it) and of a cluster, it does nothing.
func Install(client redis.UniversalClient, cfg Config) {
	if cfg.Replicas == 0 {
		return
	}
	switch c := client.(type) {
	case *redis.Client:
		c.AddHook(hook{c, cfg})
	case *redis.ClusterClient:
		c.OnNewNode(func(node *redis.Client) { node.AddHook(hook{node, cfg}) })
	}
}

// hook is of one node.
type hook struct {
	node *redis.Client
	cfg  Config
}

func (h hook) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook makes a pipeline of a command that is to be confirmed.
func (h hook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if _, marked := ctx.Value(key{}).(mark); !marked || ofConnection(cmd) {
			return next(ctx, cmd)
		}
		pipe := h.node.Pipeline()
		if err := pipe.Process(ctx, cmd); err != nil {
			return err
		}
		_, _ = pipe.Exec(ctx) // the command has its own error, or that of all
		return cmd.Err()
	}
}

// ProcessPipelineHook puts a WAIT behind commands that are to be confirmed.
func (h hook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		m, marked := ctx.Value(key{}).(mark)
		if !marked || len(cmds) == 0 || ofConnection(cmds[0]) {
			return next(ctx, cmds)
		}
		wait := redis.NewIntCmd(ctx, "wait", h.cfg.Replicas, h.cfg.Timeout.Milliseconds())
		err := next(ctx, append(slices.Clip(cmds), wait))
		confirmed := h.confirmed(wait)
		h.cfg.Metrics.count(confirmed)
		if confirmed == nil || !m.required {
			return firstOf(cmds, err)
		}
		for _, cmd := range cmds {
			if cmd.Err() == nil || errors.Is(cmd.Err(), redis.Nil) {
				cmd.SetErr(confirmed)
			}
		}
		return firstOf(cmds, confirmed)
	}
}

// ofConnection reports whether the command is one of those by which the client makes a
// connection ready, or learns where the slots are. It sends them under the context of the
// command that it wants to send next.
func ofConnection(cmd redis.Cmder) bool {
	return slices.Contains([]string{"hello", "auth", "select", "client", "readonly", "ping", "cluster", "command"}, cmd.Name())
}

// confirmed says what is wrong with the answer to a WAIT.
func (h hook) confirmed(wait *redis.IntCmd) error {
	n, err := wait.Result()
	switch {
	case err != nil:
		return fmt.Errorf("%w: WAIT: %w", ErrTooFew, err)
	case n < int64(h.cfg.Replicas):
		return fmt.Errorf("%w: %d of %d have, of the master %s, within %v: see whether its replicas are there and keep up",
			ErrTooFew, n, h.cfg.Replicas, h.node.Options().Addr, h.cfg.Timeout)
	}
	return nil
}

// firstOf is the first error of the commands: what a pipeline returns.
func firstOf(cmds []redis.Cmder, err error) error {
	if err == nil {
		return nil
	}
	for _, cmd := range cmds {
		if cmd.Err() != nil {
			return cmd.Err()
		}
	}
	return nil
}
