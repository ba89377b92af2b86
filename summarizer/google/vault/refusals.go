package vault

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Refusals remembers in Redis who was refused access. It is safe for concurrent
// use and does not own its client.
type Refusals struct{ client redis.UniversalClient }

// NewRefusals returns Refusals on client.
func NewRefusals(client redis.UniversalClient) Refusals { return Refusals{client} }

// Refused reports whether the last refusal of the user that is remembered was
// about the same thing.
func (r Refusals) Refused(ctx context.Context, user, about string) (bool, error) {
	last, err := r.client.Get(ctx, refusedKey(user)).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return false, fmt.Errorf("read whether the user was refused: %w", err)
	}
	return err == nil && last == about, nil
}

// Refuse remembers a refusal for its life.
func (r Refusals) Refuse(ctx context.Context, user, about string, life time.Duration) error {
	if err := r.client.Set(ctx, refusedKey(user), about, life).Err(); err != nil {
		return fmt.Errorf("remember that the user was refused: %w", err)
	}
	return nil
}

// Remembered is for how long a refusal of the user is remembered still, whatever it was about;
// 0 if none is.
func (r Refusals) Remembered(ctx context.Context, user string) (time.Duration, error) {
	left, err := r.client.PTTL(ctx, refusedKey(user)).Result()
	if err != nil {
		return 0, fmt.Errorf("read whether the user was refused: %w", err)
	}
	return max(0, left), nil
}

// HasToken reports whether Redis keeps a token of the user, who has connected then.
func HasToken(ctx context.Context, client redis.UniversalClient, user string) (bool, error) {
	n, err := client.Exists(ctx, secretKey(user)).Result()
	if err != nil {
		return false, fmt.Errorf("look whether the user has connected: %w", err)
	}
	return n > 0, nil
}
