package cache

import (
	"context"

	"github.com/redis/go-redis/v9"

	"foreday/cache/freshness"
)

// Seal encrypts what is kept of users; see [freshness.Seal].
type Seal = freshness.Seal

// NewSeal takes a key of 32 bytes, base64-encoded, or several; see [freshness.NewSeal].
func NewSeal(keys string) (*Seal, error) { return freshness.NewSeal(keys) }

// NewKey returns a random key for NewSeal.
func NewKey() string { return freshness.NewKey() }

// OtherKeyError says that a process has another key than the others.
type OtherKeyError = freshness.OtherKeyError

// CheckKey returns an [*OtherKeyError] if processes on this Redis seal with a key that s
// does not hold; nil seals nothing.
func CheckKey(ctx context.Context, client redis.UniversalClient, s *Seal) error {
	return freshness.CheckKey(ctx, client, s)
}

// AgreeOnKey is CheckKey for a process that stays up; it notes its key for the others.
func AgreeOnKey(ctx context.Context, client redis.UniversalClient, s *Seal) error {
	return freshness.AgreeOnKey(ctx, client, s)
}

// KeepKey is CheckKey for a process that goes on, and notes its key again if Redis was emptied.
func KeepKey(ctx context.Context, client redis.UniversalClient, s *Seal) error {
	return freshness.KeepKey(ctx, client, s)
}
