package freshness

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/summarizer"
)

// Fence is what a publisher is about to say has changed, of one user.
type Fence struct {
	User string
	// Days are all that may be meant, in whichever zone the user lives.
	Days []summarizer.Date
	// From and To are the instants between which something changed: days that lie
	// elsewhere in the user's zone are left as they are. Zero if all of Days are meant.
	From, To time.Time
}

func (f Fence) calls() []call {
	var from, to any = "", ""
	if !f.From.IsZero() {
		from, to = f.From.Unix(), f.To.Add(time.Second-1).Unix()
	}
	var calls []call
	for days := range slices.Chunk(f.Days, pageDays) {
		c := call{args: []any{from, to}}
		for _, date := range days {
			c.keys = append(c.keys, stateKey(f.User, date), freshKey(f.User, date))
		}
		calls = append(calls, c)
	}
	return calls
}

// Publish raises fences, and adds to the stream what they are for: in one round trip,
// or on a cluster, where both lie on different nodes, one after the other. When it
// returns nil, no reader is given as fresh what was fetched before, nor will be, though
// no worker is there. It tracks no refresh: that is done for the messages once they are
// delivered. A publisher that dies in between has published nothing, and left days
// without a fresh copy until they are read.
//
// Where a fence fails, what add adds is on the stream nevertheless.
func (s *Store) Publish(ctx context.Context, fences []Fence, add func(redis.Pipeliner)) error {
	var calls []call
	for _, f := range fences {
		calls = append(calls, f.calls()...)
	}
	if _, ok := s.client.(*redis.ClusterClient); ok {
		limited, cancel := context.WithTimeout(ctx, fenceTimeout)
		err := s.raise(limited, calls)
		cancel()
		return cmp.Or(s.pipelined(ctx, add), err)
	}
	return s.pipelined(ctx, func(p redis.Pipeliner) {
		for i, c := range calls {
			// With its text, as a script that is not known would leave the messages without.
			if i == 0 {
				s.scripts.fence.Eval(ctx, p, c.keys, c.args...)
			} else {
				s.scripts.fence.EvalSha(ctx, p, c.keys, c.args...)
			}
		}
		add(p)
	})
}

func (s *Store) pipelined(ctx context.Context, add func(redis.Pipeliner)) error {
	_, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error { add(p); return nil })
	return err
}

// fenceTimeout bounds how long a publisher waits for a node that does not answer.
const fenceTimeout = 3 * time.Second

// raise drops fresh copies, and keeps runs under way from setting them.
func (s *Store) raise(ctx context.Context, calls []call) error {
	var failed error
	for _, cmd := range runAll(ctx, s.client, s.scripts.fence, calls) {
		if err := cmd.Err(); err != nil {
			failed = fmt.Errorf("drop fresh copies: %w", err)
		}
	}
	return failed
}

// DropAll deletes the fresh copies of all days that are known of a user, and keeps
// runs under way from setting them. No refresh is tracked: it is for messages that are
// yet to be delivered, and the last resort for days that cannot be invalidated. Where it
// cannot be told which days there are, it takes all from the first to the last.
func (s *Store) DropAll(ctx context.Context, user string, first, last summarizer.Date) error {
	for page, err := range s.KnownDays(ctx, user) {
		if IsDataError(err) {
			page, err = nil, nil
			for d := first; !last.Before(d); d = d.AddDays(1) {
				page = append(page, d)
			}
		}
		if err != nil {
			return err
		}
		for _, c := range (Fence{User: user, Days: page}).calls() {
			if err := s.raise(ctx, []call{c}); err != nil {
				return err
			}
		}
	}
	return nil
}
