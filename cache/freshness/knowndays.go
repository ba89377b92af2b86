package freshness

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"foreday/summarizer"
)

// pageDays is how many days one script touches when all of a user's are meant.
const pageDays = 128

// KnownDays yields the days with any state that a user has, in pages. All are among
// them that were known when it began; what is begun later is fetched later. After
// an error there are no more.
func (s *Store) KnownDays(ctx context.Context, user string) iter.Seq2[[]summarizer.Date, error] {
	return func(yield func([]summarizer.Date, error) bool) {
		for cursor := uint64(0); ; {
			// Of a set that changes, a scan misses none that is there all the time.
			found, next, err := s.client.ZScan(ctx, daysKey(user), cursor, "", 4*pageDays).Result()
			if err != nil {
				yield(nil, fmt.Errorf("list the known days of user %s: %w", user, err))
				return
			}
			dates := make([]summarizer.Date, 0, len(found)/2)
			for i := 0; i < len(found); i += 2 { // each with its score
				// What is no date has no copy either.
				if date, err := summarizer.ParseDate(found[i]); err == nil {
					dates = append(dates, date)
				}
			}
			for some := range slices.Chunk(dates, pageDays) {
				if !yield(some, nil) {
					return
				}
			}
			if cursor = next; cursor == 0 {
				return
			}
		}
	}
}
