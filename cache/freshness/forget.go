package freshness

import (
	"context"
	"fmt"
)

// Forget deletes the copies of all known days of a user, keeps runs under way from leaving
// any, and deletes what was learnt of the user: what is usual for them, and when they read.
// What they have set stays. A run that begins afterwards may make another summary, if it may
// read the calendar.
func (s *Store) Forget(ctx context.Context, user string) error {
	for page, err := range s.KnownDays(ctx, user) {
		if err != nil {
			return err
		}
		var keys []string
		for _, date := range page {
			keys = append(keys, stateKey(user, date), freshKey(user, date), staleKey(user, date))
		}
		if err := s.scripts.dropCopies.Run(ctx, s.client, keys).Err(); err != nil {
			return fmt.Errorf("forget %d days of user %s: %w", len(page), user, err)
		}
	}
	if err := s.client.Del(ctx, routineKey(user), readsKey(user)).Err(); err != nil {
		return fmt.Errorf("forget what is usual for user %s: %w", user, err)
	}
	return nil
}
