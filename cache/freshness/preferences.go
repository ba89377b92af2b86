package freshness

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"foreday/summarizer"
)

// Preferences returns what the user wants, which is nothing unless it was set. An
// error wraps ErrUnreadable if what is kept cannot be read.
func (s *Store) Preferences(ctx context.Context, user string) (summarizer.Preferences, error) {
	value, err := s.client.Get(ctx, settingsKey(user)).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return summarizer.Preferences{}, fmt.Errorf("read settings of user %s: %w", user, err)
	}
	return s.decodePreferences(user, value)
}

// SetPreferences keeps what the user wants, without a time to live, and calls
// announce, which must put a calendar.changed message about the user on the
// stream: it invalidates the summaries that were made otherwise. They may be
// served as fresh until it is applied. After an error, set them again: that does
// no harm. A *summarizer.FieldError says that they make no sense.
func (s *Store) SetPreferences(ctx context.Context, user string, p summarizer.Preferences, announce func(context.Context) error) error {
	if err := p.Validate(); err != nil {
		return err
	}
	if err := s.keepPreferences(ctx, user, p); err != nil {
		return fmt.Errorf("keep settings of user %s: %w", user, err)
	}
	if err := announce(ctx); err != nil {
		return fmt.Errorf("the settings of user %s are kept, but their summaries are not refreshed, as no message could be published; set "+
			"them again: %w", user, err)
	}
	return nil
}

func (s *Store) keepPreferences(ctx context.Context, user string, p summarizer.Preferences) error {
	if p.IsZero() {
		return s.client.Del(ctx, settingsKey(user)).Err()
	}
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return s.client.Set(ctx, settingsKey(user), s.cfg.Seal.close(b, user, settingsOf(user)), 0).Err()
}

func (s *Store) decodePreferences(user, value string) (summarizer.Preferences, error) {
	var p summarizer.Preferences
	if value == "" {
		return p, nil
	}
	b, err := s.cfg.Seal.open(value, user, settingsOf(user))
	if err == nil {
		if json.Unmarshal(b, &p) != nil || p.Validate() != nil {
			err = fmt.Errorf("%w: not the settings of a user", ErrUnreadable)
		}
	}
	if err != nil {
		return summarizer.Preferences{}, fmt.Errorf("settings of user %s: %w: set them again", user, err)
	}
	return p, nil
}

// settingsOf is what a user's sealed settings are bound to. Users hold no
// whitespace, and no date reads so.
func settingsOf(user string) string { return user + " settings" }
