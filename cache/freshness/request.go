package freshness

import (
	"context"
	"fmt"
	"time"

	"foreday/summarizer"
)

// Requested is what came of a Request.
type Requested struct {
	Task  Task
	Stale *summarizer.Summary // nil if there is none
	// Fault is why there is no fresh copy, NoFault if nothing is known; Again is when
	// the job that failed is tried again, zero if it is not.
	Fault Fault
	Again time.Time
	// Denied is FaultAccess while no run has read the calendar since one was denied it:
	// another may be under way, and is likely to end like that.
	Denied Fault
	// Generation is what a fresh copy must have at least, to be fetched since; only if
	// it was asked to be.
	Generation int64
	// Preferences are the user's, as far as they can be read.
	Preferences summarizer.Preferences
}

// sharedFor is how long readers of one day share the job that one of them asked for.
const sharedFor = 2 * time.Second

// Request asks for a summary on behalf of a reader who found no fresh copy. The task
// that it returns is to be done.
func (s *Store) Request(ctx context.Context, user string, date summarizer.Date) (Requested, error) {
	return s.request(ctx, user, date, false)
}

// RequestAnew asks for a summary that is fetched from now on. A fresh copy that is
// there stays until then, and runs under way begin anew.
func (s *Store) RequestAnew(ctx context.Context, user string, date summarizer.Date) (Requested, error) {
	return s.request(ctx, user, date, true)
}

func (s *Store) request(ctx context.Context, user string, date summarizer.Date, anew bool) (Requested, error) {
	keys := []string{stateKey(user, date), freshKey(user, date), staleKey(user, date), settingsKey(user)}
	r, err := newReply(s.scripts.request.Run(ctx, s.client, keys, s.cfg.TokenAge.Milliseconds(), s.cfg.Cooldown.Milliseconds(),
		s.cfg.stateTTL().Milliseconds(), sharedFor.Milliseconds(), s.cfg.Lease.Milliseconds(), flag(anew)))
	if err != nil {
		return Requested{}, fmt.Errorf("request summary of user %s, %s: %w", user, date, err)
	}
	a := Requested{Task: Task{Action: Action(r.int()), Token: Token{user, date, r.string()}, NotBefore: r.in()}}
	if stale := r.string(); stale != "" {
		if sum, _, err := s.cfg.Seal.decode(user, date, staleKey(user, date), stale); err == nil {
			a.Stale = &sum
		}
	}
	a.Preferences, _ = s.decodePreferences(user, r.string()) // a worker that cannot read them says so
	a.Fault = Fault(r.string())
	if ms := r.int(); ms > 0 {
		a.Again = time.Now().Add(time.Duration(ms) * time.Millisecond)
	}
	a.Generation = r.int()
	a.Denied = Fault(r.string())
	return a, r.err
}
