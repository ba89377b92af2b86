package freshness

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"foreday/cache/habit"
	"foreday/summarizer"
)

// RequestAhead asks for a summary that nobody waits for yet. There may be a fresh copy: it
// stays until then. There is nothing to do if a run is under way or asked for, or failed.
func (s *Store) RequestAhead(ctx context.Context, user string, date summarizer.Date) (Task, error) {
	r, err := newReply(s.scripts.requestAhead.Run(ctx, s.client, []string{stateKey(user, date)}, s.cfg.TokenAge.Milliseconds(),
		s.cfg.Cooldown.Milliseconds(), s.cfg.stateTTL().Milliseconds(), s.cfg.Lease.Milliseconds()))
	if err != nil {
		return Task{}, fmt.Errorf("request summary of user %s, %s, ahead: %w", user, date, err)
	}
	t := Task{Token: Token{user, date, r.string()}, NotBefore: r.in()}
	if t.Token.ID != "" {
		t.Action = ActEnqueue
	}
	return t, r.err
}

// Readership is what is known of whether a day will be read soon.
type Readership struct {
	TTL       time.Duration // of the fresh copy; 0 without one
	SinceRead time.Duration // since the day was read last; less than 0 if nobody knows
	Zone      string        // in which the user's summaries were made; "" if none was
	Reads     habit.Reads
}

// Readership returns what is known of whether the day will be read soon.
func (s *Store) Readership(ctx context.Context, user string, date summarizer.Date) (Readership, error) {
	keys := []string{stateKey(user, date), freshKey(user, date), zoneKey(user), readsKey(user)}
	r, err := newReply(s.scripts.readership.Run(ctx, s.client, keys))
	if err != nil {
		return Readership{}, fmt.Errorf("readership for user %s, %s: %w", user, date, err)
	}
	known := Readership{TTL: r.span(), SinceRead: r.span(), Zone: r.string(), Reads: habit.Reads{}}
	for r.more() {
		day, err := strconv.Atoi(r.string())
		var quarters habit.Quarters
		copy(quarters[:], r.string())
		if err == nil {
			known.Reads[summarizer.Epoch.AddDays(day)] = quarters
		}
	}
	return known, r.err
}

// aheadKey is a ledger of the days to look at before they are read again. It is no promise:
// what it loses is made when it is read.
const aheadKey = "foreday:ahead"

// Ahead returns the ledger of the days that are to be looked at before they are read
// again.
func (s *Store) Ahead() *Ledger { return &Ledger{client: s.client, store: s, key: s.cfg.Ahead} }
