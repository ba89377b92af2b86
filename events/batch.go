package events

import (
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

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

// idsOf returns what is to be acknowledged once the messages were handled.
func idsOf(deliveries []Delivery) []string {
	ids := make([]string, len(deliveries))
	for i, d := range deliveries {
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
