package freshness

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"foreday/summarizer"
)

// Begun says how a Begin went.
type Begun int

// The ways a Begin can go.
const (
	BeginGo    Begun = iota // the run is the caller's
	BeginLater              // the cooldown lasts until Run.NotBefore
	BeginBusy               // another run is under way, and takes care of what is pending
	BeginDone               // the fresh copy is there already
	BeginIdle               // nobody wants this day regenerated
	BeginZoned              // the user's days were kept in another zone: invalidate them first
)

// Run is one regeneration under way.
type Run struct {
	User     string
	Date     summarizer.Date
	Owner    string
	Gen      int64
	ID       string
	Cleared  Token // the token that was pending and that this run fulfils; its ID may be ""
	Expect   []string
	Message  string              // the ID of the last message that it answers, "" if none is known
	Traces   []string            // the traceparents of the last messages that it answers, at most MaxTraces
	Previous *summarizer.Summary // the last good summary; nil if there is none
	// Preferences are the user's as they stood when the run began: a change of them
	// that was applied since has fenced the run off.
	Preferences summarizer.Preferences
	Unreadable  error // why Preferences is nothing though something is kept; nil if it is not so
	// Overtaken says that messages came during the run before, so that its summary,
	// which is Previous, was not fresh. SinceMessage is how long ago the last one came.
	Overtaken    bool
	SinceMessage time.Duration
	// Unwatched says that the ledger may have Cleared due much later than now, as its
	// job was deferred: nobody would look for this run until then.
	Unwatched bool
	NotBefore time.Time // only for Later
}

// Begin starts a run for a day that will be fetched in the zone given. It is the
// first thing a job does, before it looks at the calendar. The owner is unique
// to the job's execution; the same owner may Begin anew, which moves the run to
// the generation as it stands then. A nil zone is for a run that will not get as
// far as fetching anything.
func (s *Store) Begin(ctx context.Context, owner, user string, day summarizer.Day, due bool) (Run, Begun, error) {
	date, zone, starts, ends := day.Date, "", int64(0), int64(0)
	if day.Zone != nil {
		zone, starts, ends = day.Zone.String(), day.Start().Unix(), day.End().Unix()
	}
	keys := []string{stateKey(user, date), freshKey(user, date), staleKey(user, date), zoneKey(user), daysKey(user), settingsKey(user)}
	r, err := newReply(s.scripts.begin.Run(ctx, s.client, keys, date.String(), owner, zone, flag(due),
		s.cfg.Lease.Milliseconds(), s.cfg.Cooldown.Milliseconds(), s.cfg.StaleTTL.Milliseconds(), s.cfg.stateTTL().Milliseconds(), starts, ends))
	if err != nil {
		return Run{}, 0, fmt.Errorf("begin run for user %s, %s: %w", user, date, err)
	}
	run := Run{User: user, Date: date, Owner: owner}
	switch word := r.string(); word {
	case "go":
		run.Gen = r.int()
		run.ID = r.string()
		run.Cleared = Token{user, date, r.string()}
		run.Expect = lines(r.string())
		if stale := r.string(); stale != "" {
			// An unreadable copy is no reason to stop: it is about to be replaced.
			if sum, _, err := s.cfg.Seal.decode(user, date, staleKey(user, date), stale); err == nil {
				run.Previous = &sum
			}
		}
		run.Preferences, run.Unreadable = s.decodePreferences(user, r.string())
		run.Overtaken = r.string() == "1"
		run.SinceMessage = r.span()
		run.Unwatched = r.string() == "1"
		run.Message = r.string()
		run.Traces = lines(r.string())
		return run, BeginGo, r.err
	case "later":
		run.NotBefore = r.in()
		return run, BeginLater, r.err
	case "busy":
		return run, BeginBusy, r.err
	case "done":
		return run, BeginDone, r.err
	case "idle":
		return run, BeginIdle, r.err
	case "zone":
		return run, BeginZoned, r.err
	default:
		return Run{}, 0, fmt.Errorf("begin run for user %s, %s: unexpected answer %q", user, date, word)
	}
}

// ErrLost says that a run's lease was taken over by another.
var ErrLost = errors.New("another run has taken the lease")

// Extend keeps the run's lease and returns the generation as it stands. It is to
// be called well before Config.Lease has passed. ErrLost means that somebody
// else has taken over; going on is harmless, and wasted.
func (s *Store) Extend(ctx context.Context, run Run) (gen int64, err error) {
	text, err := s.scripts.extend.Run(ctx, s.client, []string{stateKey(run.User, run.Date)},
		run.ID, s.cfg.Lease.Milliseconds()).Text()
	if err != nil {
		return 0, fmt.Errorf("extend run for user %s, %s: %w", run.User, run.Date, err)
	}
	if text == "" {
		return 0, ErrLost
	}
	return strconv.ParseInt(text, 10, 64)
}

// Committed is what came of a Commit.
type Committed struct {
	Fresh bool // it was set as the fresh copy
	Read  bool // a reader has wanted the day lately
	// Waited is how long ago the earliest message that this summary answers was
	// published; less than 0 if no message asked for it, or nobody knows.
	Waited time.Duration
	// Next is to be enqueued if its Action says so: messages came during the run.
	Next Task
}

// Commit ends the run with its summary. It becomes the fresh copy only if the
// day was not invalidated since Begin; otherwise it is kept as the stale copy, if
// it is newer than the one there.
func (s *Store) Commit(ctx context.Context, run Run, sum summarizer.Summary) (Committed, error) {
	fresh, stale := freshKey(run.User, run.Date), staleKey(run.User, run.Date)
	asFresh, asStale, err := s.cfg.Seal.encode(sum, fresh, stale)
	if err != nil {
		return Committed{}, err
	}
	ttl := s.cfg.SummaryTTL
	if sum.Degraded {
		ttl = s.cfg.DegradedTTL
	}
	keys := []string{stateKey(run.User, run.Date), fresh, stale}
	r, err := newReply(s.scripts.commit.Run(ctx, s.client, keys, run.ID, strconv.FormatInt(run.Gen, 10), asFresh, asStale,
		ttl.Milliseconds(), s.cfg.StaleTTL.Milliseconds(), s.cfg.stateTTL().Milliseconds(), s.cfg.Cooldown.Milliseconds()))
	if err != nil {
		return Committed{}, fmt.Errorf("commit summary of user %s, %s: %w", run.User, run.Date, err)
	}
	c := Committed{Fresh: r.int() == 1, Next: Task{Token: Token{run.User, run.Date, r.string()}, NotBefore: r.in()}, Waited: r.span()}
	c.Read = r.int() == 1
	if c.Next.Token.ID != "" {
		c.Next.Action = ActEnqueue
	}
	return c, r.err
}

// Failure says how a run ended without its summary.
type Failure struct {
	// Retry is the job's token, if the job will be tried again. It is made pending
	// again, so that messages know of that job, and must be tracked in the Ledger.
	Retry Token
	// Fault is remembered for readers, who are told of it instead of waiting; "" for
	// none. Again is in what time the job is tried again, 0 if it is not.
	Fault Fault
	Again time.Duration
	// Instead is a summary for readers in the meantime, kept as the stale copy; nil
	// for none.
	Instead *summarizer.Summary
}

// Release ends the run without its summary. If messages came during the run, their
// token is returned: it is to be enqueued, and the job need not try again.
func (s *Store) Release(ctx context.Context, run Run, f Failure) (pending Token, err error) {
	instead := ""
	if f.Instead != nil {
		if _, instead, err = s.cfg.Seal.encode(*f.Instead, freshKey(run.User, run.Date), staleKey(run.User, run.Date)); err != nil {
			return Token{}, err
		}
	}
	told := s.cfg.FaultTTL
	if f.Again > 0 && (f.Again < told || f.Fault == FaultQuota) {
		told = f.Again
	}
	keys := []string{stateKey(run.User, run.Date), freshKey(run.User, run.Date), staleKey(run.User, run.Date)}
	text, err := s.scripts.release.Run(ctx, s.client, keys, run.ID, f.Retry.ID, string(f.Fault),
		told.Milliseconds(), f.Again.Milliseconds(), instead, s.cfg.StaleTTL.Milliseconds()).Text()
	if err != nil {
		return Token{}, fmt.Errorf("release run for user %s, %s: %w", run.User, run.Date, err)
	}
	return Token{run.User, run.Date, text}, nil
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}
