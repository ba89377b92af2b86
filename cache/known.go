package cache

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"foreday/summarizer"
)

// pageDays is how many days one script touches when all of a user's are meant, and
// listDays how many are listed at once.
const (
	pageDays = 128
	listDays = 16 * pageDays
)

// KnownDays yields the days with any state that a user has, in pages. All are among
// them that were known when it began; what is begun later is fetched later. After
// an error there are no more.
func (s *Store) KnownDays(ctx context.Context, user string) iter.Seq2[[]summarizer.Date, error] {
	return func(yield func([]summarizer.Date, error) bool) {
		for score, last := "", ""; ; {
			page, err := s.scripts.known.Run(ctx, s.client, []string{daysKey(user)}, score, last, listDays).StringSlice()
			if err != nil {
				yield(nil, fmt.Errorf("list the known days of user %s: %w", user, err))
				return
			}
			if len(page) == 0 {
				return
			}
			score, last = page[0], page[len(page)-1]
			dates := make([]summarizer.Date, 0, len(page)-1)
			for _, text := range page[1:] {
				// What is no date has no copy either.
				if date, err := summarizer.ParseDate(text); err == nil {
					dates = append(dates, date)
				}
			}
			for some := range slices.Chunk(dates, pageDays) {
				if !yield(some, nil) {
					return
				}
			}
		}
	}
}

// Drop deletes the fresh copies of days, and keeps runs under way from setting
// them, also where the state of a day cannot be read. It is the last resort for
// days that cannot be invalidated: nothing is promised for them.
func (s *Store) Drop(ctx context.Context, user string, days []summarizer.Date) error {
	for some := range slices.Chunk(days, pageDays) {
		keys := make([]string, 0, 2*len(some))
		for _, date := range some {
			keys = append(keys, stateKey(user, date), freshKey(user, date))
		}
		if err := s.scripts.drop.Run(ctx, s.client, keys).Err(); err != nil {
			return fmt.Errorf("drop %d fresh copies of user %s: %w", len(some), user, err)
		}
	}
	return nil
}

// IsDataError reports whether Redis failed at what is kept of one user, as a key of
// the wrong type, and will fail again. Anything else is taken for an outage.
func IsDataError(err error) bool {
	if redis.HasErrorPrefix(err, "WRONGTYPE") || errors.Is(err, errReply) {
		return true
	}
	var answer redis.Error
	if !errors.As(err, &answer) || !strings.HasPrefix(answer.Error(), "ERR ") || !strings.Contains(answer.Error(), " script") {
		return false
	}
	// Older servers wrap what a command in a script met into an error of their own.
	for _, outage := range []string{"OOM ", "READONLY ", "MISCONF ", "NOREPLICAS ", "NOPERM "} {
		if strings.Contains(err.Error(), outage) {
			return false
		}
	}
	return true
}

// errReply is wrapped by errors about a script's answer that cannot be read.
var errReply = errors.New("unexpected answer of a script")
