package freshness

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/summarizer"
)

// DueDay is a day to invalidate.
type DueDay struct {
	Date summarizer.Date
	Due  bool // it is regenerated ahead of any reader
	// Expect is what the next fetch should show of events, as whoever fetches
	// understands it. Of many the last few are kept.
	Expect []string
}

// Invalidation is what one or several messages ask for, for one user.
type Invalidation struct {
	User string
	// Zone is the one in which Days were computed, "" if it does not matter.
	Zone string
	Days []DueDay
	All  bool // every day with any state is meant, Days besides
	// Redelivered says that the messages may have been applied before, or are
	// being, by a worker that died or is slow: that nobody else vouches for what
	// this invalidation asks for.
	Redelivered bool
	Published   time.Time
	Message     string // the ID of the last of the messages on the stream; only for people
	// Traces are the traceparents of the last messages that have one, 55 bytes each, the
	// last first; at most [MaxTraces].
	Traces []string
	// SetZone, if not "", becomes the user's zone, unless Zone turns out to be
	// another's. A user without any is taken to live there.
	SetZone string
}

// Outcome is what came of an Invalidation.
type Outcome struct {
	// Err is an error of this one alone. It is unknown what was changed.
	Err error
	// Many says that nothing was changed: all days are meant, and so many are known
	// that [Store.KnownDays] is to page through them.
	Many bool
	// Again says that nothing was changed: the days are to be computed anew in Zone,
	// with Known among them if All is asked for.
	Again bool
	Zone  string
	Known []summarizer.Date
	Tasks []Task
}

// Invalidate applies invalidations in one round trip. The error is one that struck
// all of them; [Outcome] has those that struck one. Afterwards no fresh copy
// of those days is left, and no run begun before can set one. The tasks must be
// tracked and enqueued before the messages are acknowledged.
func (s *Store) Invalidate(ctx context.Context, list []Invalidation) ([]Outcome, error) {
	if err := s.Ledger().Track(ctx, foresight, foreseen(list, s.era(time.Now()))...); err != nil {
		return nil, err
	}
	calls := make([]call, len(list))
	for i, in := range list {
		calls[i] = s.invalidateCall(in)
	}
	outcomes := make([]Outcome, len(list))
	failed := 0
	for i, cmd := range runAll(ctx, s.client, s.scripts.invalidate, calls) {
		out, err := outcome(list[i], cmd)
		if err != nil {
			out = Outcome{Err: fmt.Errorf("invalidate %d days of user %s: %w", len(list[i].Days), list[i].User, err)}
		}
		if err != nil && !IsDataError(err) {
			failed++
		}
		outcomes[i] = out
	}
	// Of a cluster it may be one shard that is away, and all of these users' days lie there.
	if _, cluster := s.client.(*redis.ClusterClient); failed > 0 && failed == len(list) && !cluster {
		return nil, outcomes[0].Err
	}
	return outcomes, nil
}

// foresight is after what time somebody looks at days that were foreseen: longer
// than any worker is thought to be held up between two steps.
const foresight = 30 * time.Second

// foreseen returns tokens for the ledger that stand for those about to be taken
// on behalf of redelivered messages. Such a message may be in somebody else's
// hands as well, who is slow instead of dead and acknowledges it; if this worker
// then dies after it took a token, nobody would know of it but for these: their
// audit finds whatever is pending on their day.
func foreseen(list []Invalidation, id string) []Token {
	var tokens []Token
	for _, in := range list {
		for _, d := range in.Days {
			if in.Redelivered {
				tokens = append(tokens, Token{in.User, d.Date, id})
			}
		}
	}
	return tokens
}

// era names what this store foresees for a while, so that trying again adds nothing
// to the ledger. It is far shorter than foresight: no entry is named anew when a sweep
// may be about to strike it off.
func (s *Store) era(now time.Time) string {
	return s.id + "e" + strconv.FormatInt(now.UnixMilli()/(foresight/3).Milliseconds(), 36)
}

// MaxExpected bounds how many events of a day the next fetch is held against: if the
// calendar shows the last ones, it has caught up.
const MaxExpected = 8

// MaxTraces bounds how many traceparents are kept of the messages that a run answers.
const MaxTraces = 8

// nonce is different for each call of any store.
func (s *Store) nonce() string { return s.id + strconv.FormatUint(s.calls.Add(1), 36) }

func (s *Store) invalidateCall(in Invalidation) call {
	c := call{
		keys: make([]string, 0, 2+2*len(in.Days)),
		args: make([]any, 0, 12+3*len(in.Days)),
	}
	c.keys = append(c.keys, zoneKey(in.User), daysKey(in.User))
	c.args = append(c.args, in.Zone, flag(in.All), flag(in.Redelivered), in.Published.UnixMilli(),
		s.cfg.TokenAge.Milliseconds(), s.cfg.Cooldown.Milliseconds(), s.cfg.StaleTTL.Milliseconds(),
		s.cfg.stateTTL().Milliseconds(), in.SetZone, s.nonce(), in.Message, strings.Join(in.Traces, "\n"))
	for _, d := range in.Days {
		c.keys = append(c.keys, stateKey(in.User, d.Date), freshKey(in.User, d.Date))
		c.args = append(c.args, d.Date.String(), flag(d.Due), strings.Join(d.Expect[max(0, len(d.Expect)-MaxExpected):], "\n"))
	}
	return c
}

func outcome(in Invalidation, cmd *redis.Cmd) (Outcome, error) {
	r, err := newReply(cmd)
	if err != nil {
		return Outcome{}, err
	}
	switch r.int() {
	case 2:
		return Outcome{Many: true}, r.err
	case 0:
		out := Outcome{Again: true, Zone: r.string()}
		for r.more() {
			date, err := summarizer.ParseDate(r.string())
			if err != nil {
				return Outcome{}, fmt.Errorf("%w: %w", errReply, err)
			}
			out.Known = append(out.Known, date)
		}
		return out, r.err
	}
	var out Outcome
	for _, d := range in.Days {
		task := Task{Action: Action(r.int()), Token: Token{in.User, d.Date, r.string()}, NotBefore: r.in()}
		if task.Action != ActNothing {
			out.Tasks = append(out.Tasks, task)
		}
	}
	return out, r.err
}
