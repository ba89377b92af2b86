package freshness

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// errReply is wrapped by errors about a script's answer that cannot be read.
var errReply = errors.New("unexpected answer of a script")

// reply reads a script's answer from front to back. The first mistake sticks in
// err, and what is read after it is zero.
type reply struct {
	items []any
	err   error
}

func newReply(cmd *redis.Cmd) (*reply, error) {
	items, err := cmd.Slice()
	if err != nil {
		return nil, err
	}
	return &reply{items: items}, nil
}

func (r *reply) more() bool { return r.err == nil && len(r.items) > 0 }

func (r *reply) next() any {
	if !r.more() {
		if r.err == nil {
			r.err = fmt.Errorf("%w: too short", errReply)
		}
		return nil
	}
	item := r.items[0]
	r.items = r.items[1:]
	return item
}

func (r *reply) string() string {
	switch v := r.next().(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case nil:
		return ""
	default:
		r.err = fmt.Errorf("%w: %T where a string was due", errReply, v)
		return ""
	}
}

func (r *reply) int() int64 {
	switch v := r.next().(type) {
	case int64:
		return v
	case string:
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil && r.err == nil {
			r.err = fmt.Errorf("%w: %q where a number was due", errReply, v)
		}
		return n
	case nil:
		return 0
	default:
		r.err = fmt.Errorf("%w: %T where a number was due", errReply, v)
		return 0
	}
}

// span reads milliseconds.
func (r *reply) span() time.Duration { return time.Duration(r.int()) * time.Millisecond }

// in reads how many milliseconds from now something is to be, and returns that as a
// time of this process's clock; 0 is the zero time. The scripts tell no times, as
// Redis's clock may be another.
func (r *reply) in() time.Time {
	if wait := r.span(); wait > 0 {
		return time.Now().Add(wait)
	}
	return time.Time{}
}
