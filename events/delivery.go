package events

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Delivery is a message as a consumer got it.
type Delivery struct {
	Message
	// ID is the message's ID on the stream.
	ID string
	// Redelivered says that the message may have been delivered before: to a
	// consumer that died, or to a Handler that failed. What was done about it
	// then is unknown. It may be set without need.
	Redelivered bool
	// Published is when Redis took the message, to the millisecond, in UTC.
	Published time.Time
}

// Handler acts on messages.
type Handler interface {
	// Handle sees to it that what the messages ask for is safely on its way. It
	// is called with one batch at a time, never an empty one, in the order of the
	// stream but for redelivered ones, and may keep the slice. If it returns nil,
	// all are acknowledged; on an error none is, and the same batch comes again
	// after a pause. ctx ends some time after the consumer was told to stop.
	Handle(ctx context.Context, batch []Delivery) error
}

// HandlerFunc is a function as a Handler.
type HandlerFunc func(ctx context.Context, batch []Delivery) error

// Handle calls f.
func (f HandlerFunc) Handle(ctx context.Context, batch []Delivery) error { return f(ctx, batch) }

// batch is what one read brought, told apart.
type batch struct {
	good []Delivery
	dead []DeadLetter
	// void holds IDs whose entries were deleted from the stream while pending.
	void []string
	// since is from when on it is in hand; zero if all of it counts as redelivered
	// anyway.
	since time.Time
}

func (b *batch) markRedelivered() {
	for i := range b.good {
		b.good[i].Redelivered = true
	}
}

func (b *batch) empty() bool { return len(b.good) == 0 && len(b.dead) == 0 && len(b.void) == 0 }

// goodIDs returns what is to be acknowledged once the batch was handled.
func (b *batch) goodIDs() []string {
	ids := make([]string, len(b.good))
	for i, d := range b.good {
		ids[i] = d.ID
	}
	return ids
}

// badIDs returns what is to be acknowledged without being handled.
func (b *batch) badIDs() []string {
	ids := b.void
	for _, d := range b.dead {
		ids = append(ids, d.MessageID)
	}
	return ids
}

// newBatch parses entries. Those up to doubt, and all if it is the greatest ID,
// count as redelivered.
func newBatch(entries []redis.XMessage, doubt streamID, now time.Time) *batch {
	b := &batch{good: make([]Delivery, 0, len(entries))}
	for _, entry := range entries {
		if entry.Values == nil {
			b.void = append(b.void, entry.ID)
			continue
		}
		id := parseStreamID(entry.ID)
		m, problem := parse(entry.Values)
		if problem != nil {
			b.dead = append(b.dead, DeadLetter{
				MessageID: entry.ID, Reason: problem.Error(), At: now, Fields: textFields(entry.Values),
			})
			continue
		}
		b.good = append(b.good, Delivery{Message: m, ID: entry.ID, Redelivered: !doubt.before(id), Published: id.time()})
	}
	return b
}

// streamID is an entry's ID: milliseconds since 1970 by the clock of Redis, and
// a number among those of the same millisecond.
type streamID struct{ ms, seq uint64 }

// parseStreamID reads an ID as Redis writes it; anything else is taken for 0-0.
func parseStreamID(s string) streamID {
	ms, seq, _ := strings.Cut(s, "-")
	m, errMs := strconv.ParseUint(ms, 10, 64)
	n, errSeq := strconv.ParseUint(seq, 10, 64)
	if errMs != nil || errSeq != nil {
		return streamID{}
	}
	return streamID{m, n}
}

func (id streamID) before(other streamID) bool {
	return id.ms < other.ms || id.ms == other.ms && id.seq < other.seq
}

func (id streamID) time() time.Time { return time.UnixMilli(int64(id.ms)).UTC() }
