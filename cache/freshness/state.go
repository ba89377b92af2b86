package freshness

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"foreday/summarizer"
)

// State is what is known of one day, for whoever asks why its summary is late. Times are by
// this process's clock, zero if they are not known or there was none.
type State struct {
	FreshUntil time.Time // zero without a fresh copy
	StaleUntil time.Time // zero without a stale copy
	Zone       string    // in which the user's days are kept, "" if none is known
	Generation int64     // 0 if nothing was ever told or asked of the day
	Message    string    // the ID of the last message that no fresh copy answers
	Published  time.Time // when the first of those was
	Pending    Token     // the refresh that is owed; its ID may be ""
	Asked      time.Time // when that was
	Last       Token     // the last token given out; its ID may be ""
	Shared     Token     // that readers share; its ID may be ""
	Run        string    // the last that began, "" without any
	Began      time.Time // when it did
	Owner      string    // who is at it, "" if it has ended
	LeaseUntil time.Time // while it is alive
	Lapsed     bool      // its holder let its lease end
	Cooldown   time.Time // until when no other may begin
	Read       time.Time // when a reader last wanted the day
	Anew       bool      // one wants it fetched anew
	// Fault is why the last run failed, as long as that is remembered; Told is until when
	// readers are told, and Again when the job is tried again.
	Fault       Fault
	Told, Again time.Time
	Denied      Fault // why the last run that was denied access was, until one has read the calendar
}

// Tokens are those whose jobs may be in the queue, or whose refreshes in the ledger.
func (s State) Tokens() (tokens []Token) {
	seen := map[string]bool{"": true}
	for _, t := range []Token{s.Pending, s.Last, s.Shared} {
		if !seen[t.ID] {
			seen[t.ID] = true
			tokens = append(tokens, t)
		}
	}
	return tokens
}

// State looks at a day, and leaves no trace.
func (s *Store) State(ctx context.Context, user string, date summarizer.Date) (State, error) {
	keys := []string{stateKey(user, date), freshKey(user, date), staleKey(user, date), zoneKey(user)}
	r, err := newReply(s.scripts.inspectState.Run(ctx, s.client, keys, s.cfg.Lease.Milliseconds(), s.cfg.Cooldown.Milliseconds()))
	if err != nil {
		return State{}, fmt.Errorf("look at the state of user %s, %s: %w", user, date, err)
	}
	now := time.Now()
	token := func() Token { return Token{user, date, r.string()} }
	ago := func() time.Time {
		if d := r.span(); d >= 0 {
			return now.Add(-d)
		}
		return time.Time{}
	}
	st := State{FreshUntil: r.in(), StaleUntil: r.in(), Zone: r.string(), Generation: r.int(), Message: r.string()}
	st.Pending, st.Asked, st.Last, st.Shared = token(), ago(), token(), token()
	st.Run, st.Began, st.Owner = r.string(), ago(), r.string()
	lease := r.span()
	st.Lapsed = lease < 0
	if lease > 0 {
		st.LeaseUntil = now.Add(lease)
	}
	st.Cooldown, st.Published, st.Read = r.in(), ago(), ago()
	st.Anew = r.string() == "1"
	st.Fault, st.Told, st.Again, st.Denied = Fault(r.string()), r.in(), r.in(), Fault(r.string())
	return st, r.err
}

// Due says when somebody looks whether the refreshes of tokens were done, less than 0 from
// now if that is overdue, by the ledger's own clock. Those that are not tracked are left out.
func (l *Ledger) Due(ctx context.Context, tokens ...Token) (map[Token]time.Duration, error) {
	entries := make([]any, len(tokens))
	for i, t := range tokens {
		entries[i] = t.String()
	}
	due, err := l.store.scripts.inspectEntries.Run(ctx, l.client, l.keys(), entries...).StringSlice()
	if err != nil {
		return nil, fmt.Errorf("look when %d tokens are due: %w", len(tokens), err)
	}
	tracked := make(map[Token]time.Duration)
	for i, text := range due {
		if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
			tracked[tokens[i]] = time.Duration(ms) * time.Millisecond
		}
	}
	return tracked, nil
}
