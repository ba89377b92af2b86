package freshness

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"foreday/cache/habit"
	"foreday/summarizer"
)

// readsKey is a hash, the quarters of an hour in which the user has read the summary of the
// day that it was: 12 bytes for each number of a date, counted from 1970-01-01 on.
func readsKey(user string) string { return "foreday:{" + user + "}:reads" }

var dayZero = summarizer.Date{Year: 1970, Month: time.January, Day: 1}

// MarkRead notes that the day is being read at an instant by the user's clock, and returns
// what the user wants.
func (s *Store) MarkRead(ctx context.Context, user string, date summarizer.Date, at time.Time) (summarizer.Preferences, error) {
	quarter := ""
	if summarizer.DateOf(at) == date {
		quarter = strconv.Itoa(habit.QuarterOf(at))
	}
	keys := []string{stateKey(user, date), settingsKey(user), readsKey(user)}
	settings, err := s.scripts.read.Run(ctx, s.client, keys, s.cfg.stateTTL().Milliseconds(), dayZero.DaysUntil(date), quarter,
		habit.Kept).Text()
	if err != nil {
		return summarizer.Preferences{}, err
	}
	return s.decodePreferences(user, settings)
}

// Outlook is what is known of whether a day will be read soon.
type Outlook struct {
	TTL       time.Duration // of the fresh copy; 0 without one
	SinceRead time.Duration // since the day was read last; less than 0 if nobody knows
	Zone      string        // in which the user's summaries were made; "" if none was
	Reads     habit.Reads
}

// Outlook returns what is known of whether the day will be read soon.
func (s *Store) Outlook(ctx context.Context, user string, date summarizer.Date) (Outlook, error) {
	keys := []string{stateKey(user, date), freshKey(user, date), zoneKey(user), readsKey(user)}
	r, err := newReply(s.scripts.outlook.Run(ctx, s.client, keys))
	if err != nil {
		return Outlook{}, fmt.Errorf("outlook for user %s, %s: %w", user, date, err)
	}
	o := Outlook{TTL: r.span(), SinceRead: r.span(), Zone: r.string(), Reads: habit.Reads{}}
	for r.more() {
		day, err := strconv.Atoi(r.string())
		var quarters habit.Quarters
		copy(quarters[:], r.string())
		if err == nil {
			o.Reads[dayZero.AddDays(day)] = quarters
		}
	}
	return o, r.err
}

// aheadKey is a ledger of the days to look at before they are read again. It is no promise:
// what it loses is made when it is read.
const aheadKey = "foreday:ahead"

// Ahead returns the ledger of the days that are to be looked at before they are read
// again.
func (s *Store) Ahead() *Ledger { return &Ledger{client: s.client, store: s, key: s.cfg.Ahead} }
