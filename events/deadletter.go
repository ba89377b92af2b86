package events

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// The fields that a dead letter has beside the message's own.
const (
	fieldDeadID     = "dead_id"
	fieldDeadReason = "dead_reason"
	fieldDeadAt     = "dead_at"
	fieldDeadTotal  = "dead_total"
)

// Limits on what is kept of dead letters.
const (
	maxDeadFields = 64
	maxDeadOwn    = 4096     // bytes of a message's own names and values together
	maxDeadReason = 4096     // bytes
	maxDeadBytes  = 48 << 20 // of all letters; Redis takes a third more for them
)

// DeadLetter is a message that could not be understood, or not be applied.
type DeadLetter struct {
	ID        string            // its ID among the dead letters
	MessageID string            // the ID it had on the stream; two dead letters that share it are copies
	Reason    string            // what is wrong with which field, and the cure
	At        time.Time         // when it was put aside, to the second
	Fields    map[string]string // the message's own fields, at most 64 and 4,096 bytes in all
}

// DeadLetters looks after the messages that could not be understood or applied. It
// is safe for concurrent use.
type DeadLetters struct {
	client       redis.UniversalClient
	stream, dead string
}

// NewDeadLetters returns the dead letters of a stream; "" stands for
// DefaultDeadStream and DefaultStream. The client stays the caller's to close.
func NewDeadLetters(client redis.UniversalClient, dead, stream string) *DeadLetters {
	return &DeadLetters{client: client, stream: cmp.Or(stream, DefaultStream), dead: cmp.Or(dead, DefaultDeadStream)}
}

// Count returns how many dead letters there are.
func (d *DeadLetters) Count(ctx context.Context) (int64, error) {
	n, err := d.client.XLen(ctx, d.dead).Result()
	if err != nil {
		return 0, fmt.Errorf("count dead letters in %s: %w", d.dead, err)
	}
	return n, nil
}

// List returns up to count dead letters, oldest first, beginning after the one
// with the ID after, or at the oldest if that is "".
func (d *DeadLetters) List(ctx context.Context, after string, count int64) ([]DeadLetter, error) {
	from := "-"
	if after != "" {
		from = "(" + after
	}
	entries, err := d.client.XRangeN(ctx, d.dead, from, "+", count).Result()
	if err != nil {
		return nil, fmt.Errorf("list %d dead letters of %s after %q: %w", count, d.dead, after, err)
	}
	letters := make([]DeadLetter, len(entries))
	for i, entry := range entries {
		letters[i] = readDeadLetter(entry)
	}
	return letters, nil
}

// All yields the dead letters that there are when it begins, oldest first.
func (d *DeadLetters) All(ctx context.Context) iter.Seq2[DeadLetter, error] {
	const page = 500
	return func(yield func(DeadLetter, error) bool) {
		newest, err := d.client.XRevRangeN(ctx, d.dead, "+", "-", 1).Result()
		if err != nil {
			yield(DeadLetter{}, fmt.Errorf("look for the newest dead letter of %s: %w", d.dead, err))
			return
		}
		for after := ""; len(newest) > 0 && after != newest[0].ID; {
			letters, err := d.List(ctx, after, page)
			if err != nil {
				yield(DeadLetter{}, err)
				return
			}
			for _, l := range letters {
				// What comes meanwhile may be what was put back.
				if parseStreamID(newest[0].ID).before(parseStreamID(l.ID)) || !yield(l, nil) {
					return
				}
				after = l.ID
			}
			if len(letters) < page {
				return
			}
		}
	}
}

// ReplayAll puts letters back as Replay does, and returns how many of them are dealt with. Of
// several that a crash has made of one message, one is put back, and the others go.
func (d *DeadLetters) ReplayAll(ctx context.Context, letters []DeadLetter) (done int, err error) {
	back := make(map[string]bool)
	for _, l := range letters {
		do := d.Replay
		if back[l.MessageID] {
			do = d.Drop
		}
		back[l.MessageID] = l.MessageID != ""
		n, err := do(ctx, l.ID)
		if err != nil {
			return done, err
		}
		done += n
	}
	return done, nil
}

// DropAll removes letters for good, and returns how many there were.
func (d *DeadLetters) DropAll(ctx context.Context, letters []DeadLetter) (done int, err error) {
	for some := range slices.Chunk(letters, 500) {
		ids := make([]string, len(some))
		for i, l := range some {
			ids[i] = l.ID
		}
		n, err := d.Drop(ctx, ids...)
		if err != nil {
			return done, err
		}
		done += n
	}
	return done, nil
}

// OfUser returns the dead letters of one user, newest first, of the so many newest there are
// of all. Whose letters name no user, they are nobody's.
func (d *DeadLetters) OfUser(ctx context.Context, user string, newest int64) (letters []DeadLetter, err error) {
	const page = 100
	for to := "+"; newest > 0; newest -= page {
		entries, err := d.client.XRevRangeN(ctx, d.dead, to, "-", min(page, newest)).Result()
		if err != nil {
			return nil, fmt.Errorf("look for dead letters of user %s in %s: %w", user, d.dead, err)
		}
		for _, entry := range entries {
			if entry.Values[fieldUser] == user {
				letters = append(letters, readDeadLetter(entry))
			}
			to = "(" + entry.ID
		}
		if len(entries) < page {
			break
		}
	}
	return letters, nil
}

// Replay puts the dead letters with the given IDs back on the stream, with their
// own fields, and removes them. It returns how many it removed; IDs that are not there,
// as they were put back before, are passed over. Each is put back once, whoever else is at
// it; on a Redis Cluster, where the streams lie on different nodes, others at the same
// moment or a crash in between can put one back again, which costs a refresh and no more.
func (d *DeadLetters) Replay(ctx context.Context, ids ...string) (n int, err error) {
	for _, id := range ids {
		found, err := d.replay(ctx, id)
		if err != nil {
			return n, fmt.Errorf("replay dead letter %s of %s to %s: %w", id, d.dead, d.stream, err)
		}
		if found {
			n++
		}
	}
	return n, nil
}

func (d *DeadLetters) replay(ctx context.Context, id string) (found bool, err error) {
	entries, err := d.client.XRange(ctx, d.dead, id, id).Result()
	if err != nil || len(entries) == 0 {
		return false, err
	}
	letter := readDeadLetter(entries[0])
	values := letter.ownValues()
	if len(values) == 0 {
		return false, errors.New("it has no fields of its own; drop it")
	}
	if _, cluster := d.client.(*redis.ClusterClient); cluster {
		if err := d.client.XAdd(ctx, &redis.XAddArgs{Stream: d.stream, Values: values}).Err(); err != nil {
			return false, err
		}
		n, err := d.client.XDel(ctx, d.dead, id).Result()
		return n == 1, err
	}
	args := []any{id}
	for _, v := range values {
		args = append(args, v)
	}
	return replayScript.Run(ctx, d.client, []string{d.dead, d.stream}, args...).Bool()
}

// Drop removes the dead letters with the given IDs for good and returns how many
// there were.
func (d *DeadLetters) Drop(ctx context.Context, ids ...string) (int, error) {
	if len(ids) == 0 {
		return 0, nil
	}
	n, err := d.client.XDel(ctx, d.dead, ids...).Result()
	if err != nil {
		return 0, fmt.Errorf("drop %d dead letters of %s: %w", len(ids), d.dead, err)
	}
	return int(n), nil
}

func readDeadLetter(entry redis.XMessage) DeadLetter {
	letter := DeadLetter{ID: entry.ID, Fields: make(map[string]string, len(entry.Values))}
	for name, value := range entry.Values {
		letter.Fields[name], _ = value.(string)
	}
	letter.MessageID = letter.take(fieldDeadID)
	letter.Reason = letter.take(fieldDeadReason)
	letter.At, _ = time.Parse(time.RFC3339, letter.take(fieldDeadAt))
	letter.take(fieldDeadTotal)
	return letter
}

func (l *DeadLetter) take(field string) string {
	value := l.Fields[field]
	delete(l.Fields, field)
	return value
}

// values returns the letter's fields in a fixed order, the message's own first,
// in the form that XADD takes.
func (l *DeadLetter) values() []string {
	return append(l.ownValues(),
		fieldDeadID, l.MessageID,
		fieldDeadReason, cut(l.Reason, maxDeadReason),
		fieldDeadAt, l.At.UTC().Format(time.RFC3339))
}

// ownValues returns the message's own fields in the form that XADD takes. What
// an earlier death left among them is not its own.
func (l *DeadLetter) ownValues() []string {
	values := make([]string, 0, 2*len(l.Fields)+6)
	for _, field := range slices.Sorted(maps.Keys(l.Fields)) {
		switch field {
		case fieldDeadID, fieldDeadReason, fieldDeadAt, fieldDeadTotal:
		default:
			values = append(values, field, l.Fields[field])
		}
	}
	return values
}

// textFields copies a message's fields within the limits, so that a hostile one
// cannot be stored at any size for as long as nobody looks.
func textFields(values map[string]any) map[string]string {
	fields, room := make(map[string]string, min(len(values), maxDeadFields)), maxDeadOwn
	for _, name := range slices.Sorted(maps.Keys(values)) {
		text, _ := values[name].(string)
		if len(fields) == maxDeadFields || len(name) >= room {
			break
		}
		room -= len(name)
		fields[name] = cut(text, room)
		room -= len(fields[name])
	}
	return fields
}

func cut(s string, most int) string { return s[:min(len(s), most)] }
