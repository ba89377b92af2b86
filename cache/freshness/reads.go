package freshness

import (
	"context"
	"strconv"
	"time"

	"foreday/cache/habit"
	"foreday/summarizer"
)

// readsKey is a hash, the quarters of an hour in which the user has read the summary of the
// day that it was: 12 bytes for each number of a date, counted from [summarizer.Epoch] on.
func readsKey(user string) string { return "foreday:{" + user + "}:reads" }

// MarkRead notes that the day is being read at an instant by the user's clock, and returns
// what the user wants.
func (s *Store) MarkRead(ctx context.Context, user string, date summarizer.Date, at time.Time) (summarizer.Preferences, error) {
	quarter := ""
	if summarizer.DateOf(at) == date {
		quarter = strconv.Itoa(habit.QuarterOf(at))
	}
	keys := []string{stateKey(user, date), settingsKey(user), readsKey(user)}
	settings, err := s.scripts.read.Run(ctx, s.client, keys, s.cfg.stateTTL().Milliseconds(), summarizer.Epoch.DaysUntil(date), quarter,
		habit.Kept).Text()
	if err != nil {
		return summarizer.Preferences{}, err
	}
	return s.decodePreferences(user, settings)
}
