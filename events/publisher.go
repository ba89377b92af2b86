package events

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"foreday/cache/freshness"
	"foreday/summarizer"
)

// PublisherConfig says where a Publisher publishes.
type PublisherConfig struct {
	Stream string // DefaultStream if empty
}

// Publisher puts messages on the stream, and takes care that no reader is given as
// fresh any more what they make stale. It is safe for concurrent use.
type Publisher struct {
	store  *freshness.Store
	stream string
}

// NewPublisher returns a Publisher over the client, which stays the caller's to
// close.
func NewPublisher(client redis.UniversalClient, cfg PublisherConfig) *Publisher {
	return &Publisher{store: freshness.NewStore(client, freshness.Config{}), stream: cmp.Or(cfg.Stream, DefaultStream)}
}

// Publish puts the message on the stream and returns its ID there. No reader is
// given as fresh any more what was fetched before, whether workers are there or not: in
// the same round trip, such copies are deleted, and runs under way are kept from setting
// more. A message that is not sound is refused with a *FieldError before anything
// is sent. After any other error the message may or may not be on the stream, and readers
// may be given an old copy as fresh until a worker has applied it; publishing it again
// does no harm.
func (p *Publisher) Publish(ctx context.Context, m Message) (id string, err error) {
	if err := m.Validate(); err != nil {
		return "", fmt.Errorf("publish %s: %w", m.Type, err)
	}
	ids := make([]string, 1)
	if err := p.publish(ctx, []Message{m}, ids); err != nil {
		return "", fmt.Errorf("publish %s of user %s to %s: %w", m.Type, m.User, p.stream, err)
	}
	return ids[0], nil
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
		if err := p.publish(ctx, messages[from:to], ids[from:to]); err != nil {
			return ids, fmt.Errorf("publish messages %d to %d of %d to %s: %w", from+1, to, len(messages), p.stream, err)
		}
	}
	return ids, nil
}

func (p *Publisher) publish(ctx context.Context, messages []Message, ids []string) error {
	fences, err := p.fences(ctx, messages)
	added, here := make([]*redis.StringCmd, len(messages)), traceparentOf(ctx)
	err = cmp.Or(p.store.Publish(ctx, fences, func(pipe redis.Pipeliner) {
		for i, m := range messages {
			m.Traceparent = cmp.Or(m.Traceparent, here)
			added[i] = pipe.XAdd(ctx, &redis.XAddArgs{Stream: p.stream, Values: m.Values()})
		}
	}), err)
	for i, cmd := range added {
		ids[i] = cmd.Val()
	}
	return err
}

// fences returns what is to be fenced for the messages. Users all of whose days are
// meant it has fenced already.
func (p *Publisher) fences(ctx context.Context, messages []Message) (fences []freshness.Fence, err error) {
	all := make(map[string]bool)
	for _, m := range messages {
		if m.Type == CalendarChanged || m.Type == EventUpdated && m.Was.IsZero() {
			all[m.User] = true
		}
		for _, span := range []Span{m.Span, m.Was} {
			if span.IsZero() {
				continue
			}
			fence := span.fence(m.User)
			if len(fence.Days) > maxFencedDays {
				all[m.User] = true
			}
			fences = append(fences, fence)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, fenceTimeout)
	defer cancel()
	// One user's trouble keeps none of the others from being fenced.
	var group errgroup.Group
	group.SetLimit(fencesAtOnce)
	for user := range all {
		group.Go(func() error { return p.store.DropAll(ctx, user, FirstDate, LastDate) })
	}
	err = group.Wait()
	return slices.DeleteFunc(fences, func(f freshness.Fence) bool { return all[f.User] }), err
}

const (
	// fenceTimeout bounds how long a publisher waits for a node that does not answer.
	fenceTimeout = 3 * time.Second
	fencesAtOnce = 32 // users
)

// maxFencedDays is the longest span whose days are fenced one by one. For a longer
// one, all known days of the user are.
const maxFencedDays = 64

// No zone is further from UTC than this.
const furthestZone = 15 * time.Hour

// FirstDate and LastDate are the first and the last day that a message may touch in any
// zone.
var (
	FirstDate = summarizer.Date{Year: minYear - 1, Month: 12, Day: 31}
	LastDate  = summarizer.Date{Year: maxYear + 1, Month: 1, Day: 1}
)

// fence returns the days that the span touches in any zone: more than
// maxFencedDays of them stand for all.
func (s Span) fence(user string) freshness.Fence {
	f := freshness.Fence{User: user}
	first, last := s.Start, s.End.AddDate(0, 0, -1)
	if !s.AllDay {
		f.From, f.To = s.Start, s.End
		first, last = s.Start.UTC().Add(-furthestZone), s.End.UTC().Add(furthestZone)
	}
	end := summarizer.DateOf(last)
	for d := summarizer.DateOf(first); !end.Before(d) && len(f.Days) <= maxFencedDays; d = d.AddDays(1) {
		f.Days = append(f.Days, d)
	}
	return f
}
