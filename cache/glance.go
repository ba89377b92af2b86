package cache

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/redis/go-redis/v9"

	"foreday/summarizer"
)

// glance is what one look at a day found.
type glance struct {
	fresh *summarizer.Summary
	ttl   time.Duration
	// unreadable is the value in the fresh copy's place if it is none: sealed
	// with another key, say.
	unreadable string
	// fault is the mark that a run left which failed; only waiters look for it.
	fault string
}

// glance looks for the fresh copy, in one round trip.
func (s *Store) glance(ctx context.Context, user string, date summarizer.Date) (glance, error) {
	return s.look(ctx, user, date, false)
}

// await is glance for those who wait for a run, which may have failed.
func (s *Store) await(ctx context.Context, user string, date summarizer.Date) (glance, error) {
	return s.look(ctx, user, date, true)
}

func (s *Store) look(ctx context.Context, user string, date summarizer.Date, waiting bool) (glance, error) {
	key := freshKey(user, date)
	var get, fault *redis.StringCmd
	var ttl *redis.DurationCmd
	_, err := s.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		get, ttl = p.Get(ctx, key), p.PTTL(ctx, key)
		if waiting {
			fault = p.HGet(ctx, stateKey(user, date), "fault")
		}
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return glance{}, fmt.Errorf("read summary of user %s, %s: %w", user, date, err)
	}
	switch {
	case get.Err() != nil && waiting:
		return glance{fault: fault.Val()}, nil
	case get.Err() != nil:
		return glance{}, nil
	}
	sum, err := s.cfg.Seal.decode(user, date, key, get.Val())
	if err != nil {
		return glance{unreadable: get.Val()}, nil //nolint:nilerr // as good as absent, and about to be discarded
	}
	return glance{fresh: &sum, ttl: max(0, ttl.Val())}, nil
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
		sum, err := s.cfg.Seal.decode(user, date, keys[i], text)
		if err != nil {
			return nil
		}
		return &sum
	}
	return read(0), read(1), nil
}

// discard removes a fresh copy that could not be read, unless another has taken
// its place. As long as it stood, nobody would make a new one.
func (s *Store) discard(ctx context.Context, user string, date summarizer.Date, unreadable string) error {
	if err := s.scripts.discard.Run(ctx, s.client, []string{freshKey(user, date)}, unreadable).Err(); err != nil {
		return fmt.Errorf("discard unreadable summary of user %s, %s: %w", user, date, err)
	}
	return nil
}

// asked is what came of asking for a summary.
type asked struct {
	task  Task
	stale *summarizer.Summary
	// fault is why there is none, NoFault if nothing is known; again is when the job
	// that failed is tried again, zero if it is not.
	fault Fault
	again time.Time
	// prefer is what the user wants, as far as that can be read.
	prefer summarizer.Preferences
}

// sharedFor is how long readers of one day share the job that one of them asked for.
const sharedFor = 2 * time.Second

func (s *Store) ask(ctx context.Context, user string, date summarizer.Date) (asked, error) {
	keys := []string{stateKey(user, date), freshKey(user, date), staleKey(user, date), settingsKey(user)}
	r, err := newReply(s.scripts.ask.Run(ctx, s.client, keys, s.cfg.TokenAge.Milliseconds(), s.cfg.Cooldown.Milliseconds(),
		s.cfg.stateTTL().Milliseconds(), sharedFor.Milliseconds(), s.cfg.Lease.Milliseconds()))
	if err != nil {
		return asked{}, fmt.Errorf("ask for summary of user %s, %s: %w", user, date, err)
	}
	a := asked{task: Task{Action: Action(r.int()), Token: Token{user, date, r.string()}, NotBefore: r.in()}}
	if stale := r.string(); stale != "" {
		if sum, err := s.cfg.Seal.decode(user, date, staleKey(user, date), stale); err == nil {
			a.stale = &sum
		}
	}
	a.prefer, _ = s.decodePreferences(user, r.string()) // a worker that cannot read them says so
	a.fault = Fault(r.string())
	if ms := r.int(); ms > 0 {
		a.again = time.Now().Add(time.Duration(ms) * time.Millisecond)
	}
	return a, r.err
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

// markRead notes that the day is being read, and returns what the user wants.
func (s *Store) markRead(ctx context.Context, user string, date summarizer.Date) (summarizer.Preferences, error) {
	keys := []string{stateKey(user, date), settingsKey(user)}
	settings, err := s.scripts.read.Run(ctx, s.client, keys, s.cfg.stateTTL().Milliseconds()).Text()
	if err != nil {
		return summarizer.Preferences{}, err
	}
	return s.decodePreferences(user, settings)
}

// marks remembers which days were lately marked as read.
type marks struct {
	seen *otter.Cache[string, struct{}]
}

func newMarks(every time.Duration) marks {
	return marks{otter.Must(&otter.Options[string, struct{}]{
		MaximumSize: 100_000, ExpiryCalculator: otter.ExpiryWriting[string, struct{}](max(every, time.Second)),
	})}
}

// due reports whether the day was not marked for a while, and counts it as marked.
func (m marks) due(user string, date summarizer.Date) bool {
	_, fresh := m.seen.SetIfAbsent(user+" "+date.String(), struct{}{})
	return fresh
}
