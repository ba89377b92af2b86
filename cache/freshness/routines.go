package freshness

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// routineTimeout bounds each look at a learnt routine: a summary waits for it, and
// can be made without.
const routineTimeout = 300 * time.Millisecond

// Routines keeps learnt routines, for all workers together. It implements the
// Store of package novelty. That a Redis which hangs is given up within 300 ms
// takes a client that heeds the deadlines of contexts, as those of Connect do.
type Routines struct{ store *Store }

// Routines returns the learnt routines in the same Redis, under the same Seal.
func (s *Store) Routines() Routines { return Routines{s} }

// Secret returns what routines are hashed under. It is derived from the Seal's
// key; without a Seal, it is a random one that is made once and kept in Redis.
func (r Routines) Secret(ctx context.Context) ([]byte, error) {
	if seal := r.store.cfg.Seal; seal != nil {
		return seal.keys[0].secret, nil
	}
	ctx, cancel := context.WithTimeout(ctx, routineTimeout)
	defer cancel()
	random := make([]byte, 32)
	rand.Read(random) // never fails
	var kept *redis.StringCmd
	_, err := r.store.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.SetNX(ctx, r.store.cfg.Secret, random, 0)
		kept = p.Get(ctx, r.store.cfg.Secret)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read or make the secret %s: %w", r.store.cfg.Secret, err)
	}
	return kept.Bytes()
}

// Load returns the user's routine, and false if none is kept that can be read.
func (r Routines) Load(ctx context.Context, user string) ([]byte, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, routineTimeout)
	defer cancel()
	value, err := r.store.client.Get(ctx, routineKey(user)).Result()
	if errors.Is(err, redis.Nil) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	routine, err := r.store.cfg.Seal.open(value, user, routineOf(user))
	return routine, err == nil, err
}

// Save keeps the user's routine for the time given.
func (r Routines) Save(ctx context.Context, user string, routine []byte, keep time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, routineTimeout)
	defer cancel()
	return r.store.client.Set(ctx, routineKey(user), r.store.cfg.Seal.close(routine, user, routineOf(user)), keep).Err()
}

// routineOf is what a user's sealed routine is bound to.
func routineOf(user string) string { return user + " routine" }
