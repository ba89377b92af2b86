package events

import (
	"cmp"
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// PublisherConfig says where a Publisher publishes.
type PublisherConfig struct {
	Stream string // DefaultStream if empty
}

// Publisher puts messages on the stream. It is safe for concurrent use.
type Publisher struct {
	client redis.UniversalClient
	stream string
}

// NewPublisher returns a Publisher over the client, which stays the caller's to
// close.
func NewPublisher(client redis.UniversalClient, cfg PublisherConfig) *Publisher {
	return &Publisher{client: client, stream: cmp.Or(cfg.Stream, DefaultStream)}
}

// Publish puts the message on the stream and returns its ID there. A message
// that is not sound is refused with a *FieldError before anything is sent. After
// any other error the message may or may not be on the stream; publishing it
// again does no harm.
func (p *Publisher) Publish(ctx context.Context, m Message) (id string, err error) {
	if err := m.Validate(); err != nil {
		return "", fmt.Errorf("publish %s: %w", m.Type, err)
	}
	id, err = p.client.XAdd(ctx, p.entry(m)).Result()
	if err != nil {
		return "", fmt.Errorf("publish %s of user %s to %s: %w", m.Type, m.User, p.stream, err)
	}
	return id, nil
}

// publishChunk bounds how many messages are on the way at once.
const publishChunk = 1000

// PublishAll publishes the messages in order, in few round trips, and returns
// their IDs. If any is not sound, none is sent. After any other error the IDs of
// those known to be on the stream are returned, "" standing for the rest.
func (p *Publisher) PublishAll(ctx context.Context, messages []Message) (ids []string, err error) {
	for i, m := range messages {
		if err := m.Validate(); err != nil {
			return nil, fmt.Errorf("publish message %d of %d: %w", i+1, len(messages), err)
		}
	}
	ids = make([]string, len(messages))
	for from := 0; from < len(messages); from += publishChunk {
		to := min(from+publishChunk, len(messages))
		if err := p.publishChunk(ctx, messages[from:to], ids[from:to]); err != nil {
			return ids, fmt.Errorf("publish messages %d to %d of %d to %s: %w", from+1, to, len(messages), p.stream, err)
		}
	}
	return ids, nil
}

func (p *Publisher) publishChunk(ctx context.Context, messages []Message, ids []string) error {
	added := make([]*redis.StringCmd, len(messages))
	_, err := p.client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for i, m := range messages {
			added[i] = pipe.XAdd(ctx, p.entry(m))
		}
		return nil
	})
	for i, cmd := range added {
		ids[i] = cmd.Val()
	}
	return err
}

func (p *Publisher) entry(m Message) *redis.XAddArgs {
	return &redis.XAddArgs{Stream: p.stream, Values: m.Values()}
}
