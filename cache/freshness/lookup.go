package freshness

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/summarizer"
)

// Copy is a fresh copy as a look found it. It is shared: nothing of it is to be changed.
type Copy struct {
	Summary *summarizer.Summary
	JSON    string    // of the summary, as it is kept but for the seal
	Until   time.Time // it is fresh, by then at the latest
	value   string    // as it is kept
}

// Size is about what the copy takes in memory, in bytes.
func (c *Copy) Size() int {
	if c.JSON == "" {
		return 4096 // as usual: nobody has encoded it
	}
	return len(c.value) + 2*len(c.JSON) // once as it is, once decoded
}

// Lookup is what one look at a day found.
type Lookup struct {
	Fresh *Copy         // nil if there is none
	TTL   time.Duration // of the fresh copy
	// Unreadable is the value in the fresh copy's place if it is none: sealed
	// with another key, say.
	Unreadable string
	// Failed is the mark that a run left which failed, another one each time. Only
	// LookupAwaited looks for it.
	Failed string
	// Err says that what is in the fresh copy's place is of another kind (see IsDataError):
	// somebody else put it there. Only LookupDays tells it here, as the other days have theirs.
	Err error
}

// Lookup looks for the fresh copy, in one round trip. If it is still the one known from
// a look before, nil if none is, nothing is decoded. If another has taken that one's
// place, it costs a second round trip.
func (s *Store) Lookup(ctx context.Context, user string, date summarizer.Date, known *Copy) (Lookup, error) {
	if known != nil {
		values, err := s.gatherer.get(ctx, freshKey(user, date))
		if look, sure := known.in(values); sure || err != nil {
			return look, wrapRead(err, user, date)
		}
	}
	return s.lookup(ctx, user, date, func(redis.Pipeliner) {})
}

// LookupWithZone is Lookup, and Zone in the same round trip.
func (s *Store) LookupWithZone(ctx context.Context, user string, date summarizer.Date, known *Copy) (Lookup, string, error) {
	if known != nil {
		values, err := s.gatherer.get(ctx, freshKey(user, date), zoneKey(user))
		if look, sure := known.in(values); sure || err != nil {
			zone := ""
			if len(values) > 1 {
				zone, _ = values[1].(string)
			}
			return look, zone, wrapRead(err, user, date)
		}
	}
	var zone *redis.StringCmd
	look, err := s.lookup(ctx, user, date, func(p redis.Pipeliner) { zone = p.Get(ctx, zoneKey(user)) })
	if wrong := zone.Err(); err == nil && wrong != nil && !errors.Is(wrong, redis.Nil) {
		err = wrapRead(wrong, user, date)
	}
	return look, zone.Val(), err
}

// in looks for the copy in the first of what was read. It is not sure of what is another
// copy.
func (c *Copy) in(values []any) (look Lookup, sure bool) {
	if len(values) == 0 {
		return Lookup{}, false
	}
	value, there := values[0].(string)
	if there && value == c.value {
		return Lookup{Fresh: c, TTL: max(0, time.Until(c.Until))}, true
	}
	return Lookup{}, !there
}

func wrapRead(err error, user string, date summarizer.Date) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("read summary of user %s, %s: %w", user, date, err)
}

// LookupDays looks for the fresh copies of so many days, in one round trip. Those that
// are known, nil if not, are not decoded again.
func (s *Store) LookupDays(ctx context.Context, user string, first summarizer.Date, known []*Copy) ([]Lookup, error) {
	return s.look(ctx, user, first, known, func(redis.Pipeliner) {})
}

func (s *Store) lookup(ctx context.Context, user string, date summarizer.Date, also func(redis.Pipeliner)) (Lookup, error) {
	looks, err := s.look(ctx, user, date, []*Copy{nil}, also)
	if err != nil {
		return Lookup{}, err
	}
	return looks[0], looks[0].Err
}

// look looks for fresh copies, and for what also adds, whose errors are the caller's to see.
func (s *Store) look(ctx context.Context, user string, first summarizer.Date, known []*Copy, also func(redis.Pipeliner)) ([]Lookup, error) {
	copies := make([]copyCmds, len(known))
	began := time.Now()
	_, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range known {
			copies[i] = getCopy(ctx, p, freshKey(user, first.AddDays(i)))
		}
		also(p)
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) && !IsDataError(err) {
		return nil, wrapRead(err, user, first)
	}
	looks := make([]Lookup, len(known))
	for i, c := range copies {
		looks[i], err = s.looked(user, first.AddDays(i), c, known[i], began)
		if looks[i].Err = err; err != nil && !IsDataError(err) {
			return nil, err
		}
	}
	return looks, nil
}

// copyCmds are the commands that read a fresh copy.
type copyCmds struct {
	value *redis.StringCmd
	ttl   *redis.DurationCmd
}

func getCopy(ctx context.Context, p redis.Pipeliner, key string) copyCmds {
	return copyCmds{value: p.Get(ctx, key), ttl: p.PTTL(ctx, key)}
}

// looked is what commands that were sent at began, or later, have found.
func (s *Store) looked(user string, date summarizer.Date, c copyCmds, known *Copy, began time.Time) (Lookup, error) {
	if err := c.value.Err(); errors.Is(err, redis.Nil) {
		return Lookup{}, nil
	} else if err != nil {
		return Lookup{}, wrapRead(err, user, date)
	}
	look := s.found(user, date, c.value.Val(), known)
	look.TTL = max(0, c.ttl.Val())
	if look.Fresh != nil {
		look.Fresh.Until = began.Add(look.TTL)
	}
	return look, nil
}

// found reads what is in the fresh copy's place.
func (s *Store) found(user string, date summarizer.Date, value string, known *Copy) Lookup {
	if known != nil && known.value == value {
		again := *known
		return Lookup{Fresh: &again}
	}
	sum, opened, err := s.cfg.Seal.decode(user, date, freshKey(user, date), value)
	if err != nil {
		return Lookup{Unreadable: value} // as good as absent, and about to be discarded
	}
	return Lookup{Fresh: &Copy{Summary: &sum, JSON: opened, value: value}}
}

// Peek returns the fresh copy and the stale copy of a day, each nil if absent,
// without leaving any trace.
func (s *Store) Peek(ctx context.Context, user string, date summarizer.Date) (fresh, stale *summarizer.Summary, err error) {
	keys := []string{freshKey(user, date), staleKey(user, date)}
	values, err := s.client.MGet(ctx, keys...).Result()
	if err != nil {
		return nil, nil, fmt.Errorf("read summaries of user %s, %s: %w", user, date, err)
	}
	read := func(i int) *summarizer.Summary {
		text, ok := values[i].(string)
		if !ok {
			return nil
		}
		sum, _, err := s.cfg.Seal.decode(user, date, keys[i], text)
		if err != nil {
			return nil
		}
		return &sum
	}
	return read(0), read(1), nil
}

// Discard removes a fresh copy that could not be read, unless another has taken
// its place. As long as it stood, nobody would make a new one. If the processes on this Redis
// seal with another key, it removes nothing and returns an [*OtherKeyError].
func (s *Store) Discard(ctx context.Context, user string, date summarizer.Date, unreadable string) error {
	if err := CheckKey(ctx, s.client, s.cfg.Seal); err != nil {
		return err
	}
	if err := s.scripts.discardCopy.Run(ctx, s.client, []string{freshKey(user, date)}, unreadable).Err(); err != nil {
		return fmt.Errorf("discard unreadable summary of user %s, %s: %w", user, date, err)
	}
	return nil
}

// Zone returns the name of the zone in which the user's summaries were made, ""
// if none was.
func (s *Store) Zone(ctx context.Context, user string) (string, error) {
	name, err := s.client.Get(ctx, zoneKey(user)).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("read time zone of user %s: %w", user, err)
	}
	return name, nil
}
