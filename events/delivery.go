package events

import (
	"context"
	"errors"
	"fmt"
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
	// all are acknowledged. After an *Unfinished those of the users it names go to
	// Retry, and the others are acknowledged. On any other error none is, and the
	// same batch comes again after a pause. ctx ends some time after the consumer was
	// told to stop.
	Handle(ctx context.Context, batch []Delivery) error
	// Retry does the same for messages of one user that Handle left, while Handle
	// goes on with the others': it may take its time. It is called again, after a
	// pause, until it returns nil, but only a few times after a *Rejected. Calls for
	// several users may overlap.
	Retry(ctx context.Context, batch []Delivery) error
	// GiveUp is called before messages of one user, rejected a few times, go to
	// the dead letters. It does what can still be done about them. A *Rejected
	// says that this was not all; any other error calls it again.
	GiveUp(ctx context.Context, batch []Delivery) error
}

// Unfinished is what a Handler returns if it is done with the messages of all users
// but some.
type Unfinished struct {
	// Users says why for each: ErrLong, a *Rejected, or any other error for an
	// outage that is waited out.
	Users map[string]error
}

// Error says how many users it is about.
func (u *Unfinished) Error() string {
	return fmt.Sprintf("messages of %d users are not applied", len(u.Users))
}

// Rejected is an error that lies in what is kept of a user: trying for long is no use.
type Rejected struct{ Err error }

// Error says why.
func (r *Rejected) Error() string { return r.Err.Error() }

// Unwrap returns the reason.
func (r *Rejected) Unwrap() error { return r.Err }

// ErrLong says that nothing failed, but others would have to wait for long.
var ErrLong = errors.New("the messages take long to apply")

// HandlerFunc is a function as a Handler, for Handle and Retry alike. It has nothing
// to do when messages are given up.
type HandlerFunc func(ctx context.Context, batch []Delivery) error

// Handle calls f.
func (f HandlerFunc) Handle(ctx context.Context, batch []Delivery) error { return f(ctx, batch) }

// Retry calls f.
func (f HandlerFunc) Retry(ctx context.Context, batch []Delivery) error { return f(ctx, batch) }

// GiveUp does nothing.
func (f HandlerFunc) GiveUp(context.Context, []Delivery) error { return nil }

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
