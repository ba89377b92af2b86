package vault

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"

	"foreday/cache"
)

var (
	//go:embed lua/swap.lua
	swapSource string
	swapScript = redis.NewScript(swapSource)

	//go:embed lua/release.lua
	releaseSource string
	releaseScript = redis.NewScript(releaseSource)
)

// purpose is what secrets are sealed for, beside their user.
const purpose = "token"

// Redis is a vault in Redis. It is safe for concurrent use and does not own its
// client.
type Redis struct {
	client redis.UniversalClient
	seal   *cache.Seal
}

// InRedis returns a vault on client. It takes no secret without a seal.
func InRedis(client redis.UniversalClient, seal *cache.Seal) (*Redis, error) {
	if seal == nil {
		return nil, errors.New("no key to seal them with: tokens are not put into Redis in clear")
	}
	return &Redis{client, seal}, nil
}

// Load returns the user's secret and its version, which is "" if there is none.
func (r *Redis) Load(ctx context.Context, user string) (secret []byte, version string, err error) {
	sealed, err := r.client.Get(ctx, secretKey(user)).Result()
	switch {
	case errors.Is(err, redis.Nil):
		return nil, "", nil
	case err != nil:
		return nil, "", fmt.Errorf("read the user's token from Redis: %w", err)
	}
	secret, ok := r.seal.Open([]byte(sealed), user, purpose)
	if !ok {
		return nil, "", errOtherKey
	}
	return secret, sealed, nil
}

// errOtherKey is about a secret that cannot be opened.
var errOtherKey = errors.New("the user's token was sealed with another FOREDAY_KEY, or tampered with: set the key it was sealed " +
	"with, or have the user connect again")

// Store puts the secret in place of whatever is there.
func (r *Redis) Store(ctx context.Context, user string, secret []byte) error {
	if err := r.client.Set(ctx, secretKey(user), r.seal.Close(secret, user, purpose), 0).Err(); err != nil {
		return fmt.Errorf("write the user's token to Redis: %w", err)
	}
	return nil
}

// Swap puts the secret in place of the version and returns the next one, or ""
// if another is there.
func (r *Redis) Swap(ctx context.Context, user, version string, secret []byte) (next string, err error) {
	next = string(r.seal.Close(secret, user, purpose))
	swapped, err := swapScript.Run(ctx, r.client, []string{secretKey(user)}, version, next).Int()
	switch {
	case err != nil:
		return "", fmt.Errorf("renew the user's token in Redis: %w", err)
	case swapped == 0:
		return "", nil
	}
	return next, nil
}

// Delete removes the user's secret, and reports whether there was one.
func (r *Redis) Delete(ctx context.Context, user string) (there bool, err error) {
	n, err := r.client.Del(ctx, secretKey(user)).Result()
	if err != nil {
		return false, fmt.Errorf("delete the user's token from Redis: %w", err)
	}
	return n > 0, nil
}

// Lease takes the right to renew the user's secret, for life at most. It returns
// nil if somebody has it.
func (r *Redis) Lease(ctx context.Context, user string, life time.Duration) (release func(), err error) {
	holder := uuid.NewString()
	got, err := r.client.SetNX(ctx, leaseKey(user), holder, life).Result()
	if err != nil {
		return nil, fmt.Errorf("take the lease on the user's token in Redis: %w", err)
	}
	if !got {
		// One that lasts longer than any does was taken before Redis's clock stepped back.
		return nil, r.client.Do(ctx, "PEXPIRE", leaseKey(user), life.Milliseconds(), "LT").Err()
	}
	return func() {
		// Whoever gave up waiting still gives it back. If that fails, it ends.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
		defer cancel()
		_ = releaseScript.Run(ctx, r.client, []string{leaseKey(user)}, holder).Err()
	}, nil
}

const releaseTimeout = 500 * time.Millisecond

// Every key of the package is built here. The braces are the hash tag that all of
// a user's keys share.

// secretKey holds the sealed secret, for good.
func secretKey(user string) string { return "foreday:{" + user + "}:token" }

// leaseKey names who has the right to renew the secret, for as long as they have it.
func leaseKey(user string) string { return "foreday:{" + user + "}:token-lease" }

// refusedKey holds what the user was refused, for a while.
func refusedKey(user string) string { return "foreday:{" + user + "}:refused" }
