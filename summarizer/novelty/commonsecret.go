package novelty

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync/atomic"
)

// secrets knows what users' keys are made from: the Store's secret, which is
// asked for once, or while that cannot be had, one of this process's own.
type secrets struct {
	store Store
	alone []byte
	known atomic.Pointer[[]byte]
}

func newSecrets(store Store) *secrets {
	s := &secrets{store: store, alone: make([]byte, 32)}
	rand.Read(s.alone) // never fails
	return s
}

// key returns the user's key, and whether all who share the Store have the same.
func (s *secrets) key(ctx context.Context, user string, failed func(string, error)) (key Key, shared bool) {
	if s.store == nil {
		return NewKey(s.alone, user), false
	}
	known := s.known.Load()
	if known == nil {
		secret, err := s.store.Secret(ctx)
		if err != nil {
			failed(user, fmt.Errorf("secret of the learnt routines: %w", err))
			return NewKey(s.alone, user), false
		}
		known = &secret
		s.known.Store(known)
	}
	return NewKey(*known, user), true
}

// doubt has the Store asked again.
func (s *secrets) doubt() { s.known.Store(nil) }
