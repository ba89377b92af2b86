package events

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
)

// Consumer is one member of a consumer group on one stream.
type Consumer struct {
	client redis.UniversalClient
	cfg    ConsumerConfig
	log    zerolog.Logger
	outage *outage
	// doubt is the newest entry of the stream when something last went wrong.
	// Entries up to it may have been delivered before without Redis knowing.
	doubt streamID
	size  batchSize

	claimAt, trimAt, forgetAt time.Time // when each is next due
}

// NewConsumer returns a Consumer over the client, which stays the caller's to
// close, after Run has returned. The error names the setting that is wrong.
func NewConsumer(client redis.UniversalClient, cfg ConsumerConfig) (*Consumer, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	log := cfg.Log.With().Str("stream", cfg.Stream).Str("group", cfg.Group).Str("consumer", cfg.Name).Logger()
	return &Consumer{client: client, cfg: cfg, log: log, outage: newOutage(log, cfg.Now), size: newBatchSize(cfg.Batch)}, nil
}

// Run hands messages to h until ctx ends, and blocks meanwhile. Then it finishes
// the batches in hand, within StopTimeout, and returns nil. Whatever it did not
// finish stays pending, for other consumers to claim.
//
// While Redis is away or refuses, or h fails, Run keeps trying: what Redis refuses, a
// password or rights, can be put right there. It returns an error only at its start,
// if the key in the stream's place is none. A Consumer runs once.
func (c *Consumer) Run(ctx context.Context, h Handler) error {
	if err := c.join(ctx); err != nil || ctx.Err() != nil {
		return err
	}
	work, cancel := c.workContext(ctx)
	defer cancel()
	r := &run{Consumer: c, handler: h, ctx: ctx, work: work}
	r.retries = newRetries(r)
	r.resume()
	r.consume()
	r.retries.wait()
	c.leave()
	return nil
}

// workContext returns the context for finishing what is in hand.
func (c *Consumer) workContext(ctx context.Context) (context.Context, context.CancelFunc) {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, func() {
		defer cancel()
		select {
		case <-time.After(c.cfg.StopTimeout):
		case <-work.Done():
		}
	})
	return work, cancel
}

// join makes the stream and the group if they are missing, from the very first
// entry, so that nothing published before the first consumer came is lost.
func (c *Consumer) join(ctx context.Context) error {
	for {
		err := c.createGroup(ctx)
		if err == nil {
			c.outage.over()
			return nil
		}
		if redis.HasErrorPrefix(err, "WRONGTYPE") {
			return fmt.Errorf("join group %s of stream %s: %w", c.cfg.Group, c.cfg.Stream, err)
		}
		if !c.outage.failed(ctx, "join the group", err) {
			return nil
		}
	}
}

func (c *Consumer) createGroup(ctx context.Context) error {
	err := c.client.XGroupCreateMkStream(ctx, c.cfg.Stream, c.cfg.Group, "0").Err()
	if redis.HasErrorPrefix(err, "BUSYGROUP") {
		return nil
	}
	return err
}

// rejoin is for when reading failed. Redis may have lost the group or some of
// what it knew of it, so all that is on the stream is in doubt.
func (c *Consumer) rejoin(ctx context.Context) error {
	if err := c.createGroup(ctx); err != nil {
		return err
	}
	newest, err := c.client.XRevRangeN(ctx, c.cfg.Stream, "+", "-", 1).Result()
	if err != nil {
		return err
	}
	if len(newest) > 0 {
		c.doubt = parseStreamID(newest[0].ID)
	}
	return nil
}

// leave takes the consumer off the group's list unless it left something
// pending. Nothing depends on it: others remove it in time.
func (c *Consumer) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), leaveTimeout)
	defer cancel()
	if err := c.forget(ctx, 0, c.cfg.Name); err != nil {
		c.log.Debug().Err(err).Msg("event consumer stays on the group's list")
	}
}

// leaveTimeout bounds how long a courtesy may hold up the end.
const leaveTimeout = 250 * time.Millisecond

// read returns the next messages, none if none came within Block. An ID of ">"
// asks for new ones, any other for those pending with this consumer after it.
func (c *Consumer) read(ctx context.Context, after string) ([]redis.XMessage, error) {
	streams, err := c.client.XReadGroup(ctx, &redis.XReadGroupArgs{
		Group:    c.cfg.Group,
		Consumer: c.cfg.Name,
		Streams:  []string{c.cfg.Stream, after},
		Count:    int64(c.size.next),
		Block:    c.cfg.Block,
	}).Result()
	if errors.Is(err, redis.Nil) || err == nil && len(streams) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return streams[0].Messages, nil
}

// ackAtOnce is how many messages one command acknowledges: a longer one would hold up
// everybody else's.
const ackAtOnce = 1000

func (c *Consumer) ack(ctx context.Context, ids []string) error {
	for some := range slices.Chunk(ids, ackAtOnce) {
		if err := c.client.XAck(ctx, c.cfg.Stream, c.cfg.Group, some...).Err(); err != nil {
			return err
		}
	}
	return nil
}

// How much of dead letters one script puts aside, for the same reason.
const (
	deadLettersAtOnce = 100
	deadValuesAtOnce  = 4000 // names and values
)

// writeDead writes dead letters to their stream, and returns how many, also with an error: some may be
// then. The streams may lie on two nodes, so this and the acknowledgement are two
// steps: a crash between them leaves a second copy.
func (c *Consumer) writeDead(ctx context.Context, dead []DeadLetter) (written int, err error) {
	for written < len(dead) {
		args := []any{c.cfg.MaxDead, maxDeadBytes}
		next := written
		for ; next < len(dead) && next-written < deadLettersAtOnce && len(args) < deadValuesAtOnce; next++ {
			values := dead[next].values()
			args = append(args, len(values))
			for _, value := range values {
				args = append(args, value)
			}
		}
		if err := writeDeadScript.Run(ctx, c.client, []string{c.cfg.DeadStream}, args...).Err(); err != nil {
			return written, err
		}
		written = next
	}
	return written, nil
}
