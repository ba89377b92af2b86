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

// MarkRead notes, in one round trip, that the days are being read at an instant by the user's
// clock, and returns what the user wants.
func (s *Store) MarkRead(ctx context.Context, user string, at time.Time, dates ...summarizer.Date) (summarizer.Preferences, error) {
	calls := make([]call, len(dates))
	for i, date := range dates {
		quarter := ""
		if summarizer.DateOf(at) == date {
			quarter = strconv.Itoa(habit.QuarterOf(at))
		}
		calls[i] = call{[]string{stateKey(user, date), settingsKey(user), readsKey(user)},
			[]any{s.cfg.stateTTL().Milliseconds(), summarizer.Epoch.DaysUntil(date), quarter, habit.Kept}}
	}
	settings := ""
	for _, cmd := range runAll(ctx, s.client, s.scripts.markRead, calls) {
		var err error
		if settings, err = cmd.Text(); err != nil {
			return summarizer.Preferences{}, err
		}
	}
	return s.decodePreferences(user, settings)
}
