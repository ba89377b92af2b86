package freshness

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// Ledger lists the refreshes that are owed and not yet seen done (an outbox): each
// token with the time at which somebody should look. All workers sweep it. It
// lies in one slot of a cluster, as the queue does.
type Ledger struct {
	client redis.UniversalClient
	store  *Store
	key    string
}

// Ledger returns the store's ledger.
func (s *Store) Ledger() *Ledger { return &Ledger{client: s.client, store: s, key: s.cfg.Ledger} }

// Track enters tokens, each to be looked at after the time given. It runs by the
// ledger's own clock, whatever that of this process says.
func (l *Ledger) Track(ctx context.Context, after time.Duration, tokens ...Token) error {
	return l.enter(ctx, "CH", tokens, func(int) time.Duration { return after })
}

// TrackNew is Track for tokens that may be in the ledger: those stay as they are.
func (l *Ledger) TrackNew(ctx context.Context, after time.Duration, tokens ...Token) error {
	return l.enter(ctx, "NX", tokens, func(int) time.Duration { return after })
}

// TrackTasks enters the tokens of tasks, each to be looked at the time given after it
// may be processed.
func (l *Ledger) TrackTasks(ctx context.Context, after time.Duration, tasks ...Task) error {
	tokens := make([]Token, len(tasks))
	for i, t := range tasks {
		tokens[i] = t.Token
	}
	return l.enter(ctx, "CH", tokens, func(i int) time.Duration { return after + max(0, time.Until(tasks[i].NotBefore)) })
}

func (l *Ledger) enter(ctx context.Context, how string, tokens []Token, after func(i int) time.Duration) error {
	for from := 0; from < len(tokens); from += maxEntries {
		some := tokens[from:min(from+maxEntries, len(tokens))]
		args := make([]any, 1, 1+2*len(some))
		args[0] = how
		for i, t := range some {
			args = append(args, after(from+i).Milliseconds(), t.String())
		}
		if err := l.store.scripts.track.Run(ctx, l.client, l.keys(), args...).Err(); err != nil {
			return fmt.Errorf("track %d tokens: %w", len(tokens), err)
		}
	}
	return nil
}

func (l *Ledger) keys() []string { return []string{l.key, clockKey(l.key)} }

// moments is how many moments a spread chooses from: with two it is far more even than
// with one (Mitzenmacher, The Power of Two Choices, 2001), and these are about all that a
// few minutes have. With six, the fullest minute of bench ahead was 2.1 times the average one.
const moments = 16

// Spread enters a token, to be looked at some time between soonest and latest: when few
// others are.
func (l *Ledger) Spread(ctx context.Context, t Token, soonest, latest time.Duration) error {
	args := []any{t.String(), 30_000}
	for range moments {
		args = append(args, (soonest + rand.N(max(latest-soonest, time.Millisecond))).Milliseconds())
	}
	if err := l.store.scripts.trackSpread.Run(ctx, l.client, l.keys(), args...).Err(); err != nil {
		return fmt.Errorf("track token %s: %w", t, err)
	}
	return nil
}

// maxEntries bounds the entries of a command: one of any length would block the
// server for everybody.
const maxEntries = 1000

// Settle strikes tokens off: their work is done, or another answers for it.
func (l *Ledger) Settle(ctx context.Context, tokens ...Token) error {
	members := make([]any, 0, len(tokens))
	for _, t := range tokens {
		if t.ID != "" {
			members = append(members, t.String())
		}
	}
	for some := range slices.Chunk(members, maxEntries) {
		if err := l.client.ZRem(ctx, l.key, some...).Err(); err != nil {
			return fmt.Errorf("settle %d tokens: %w", len(members), err)
		}
	}
	return nil
}

// Claim returns up to n overdue tokens and hides them from other sweeps for a
// while. An entry that is no token is struck off. next is after what time the next one is
// due; for ever, if there is none.
func (l *Ledger) Claim(ctx context.Context, n int, hide time.Duration) (tokens []Token, next time.Duration, err error) {
	entries, err := l.store.scripts.claim.Run(ctx, l.client, l.keys(), n, hide.Milliseconds()).StringSlice()
	if err != nil {
		return nil, 0, fmt.Errorf("claim overdue tokens: %w", err)
	}
	if len(entries) == 0 {
		return nil, math.MaxInt64, nil
	}
	last := len(entries) - 1
	ms, err := strconv.ParseInt(entries[last], 10, 64)
	if err != nil {
		return nil, 0, fmt.Errorf("claim overdue tokens: %w", err)
	}
	tokens = make([]Token, 0, last)
	for _, e := range entries[:last] {
		t, err := ParseToken(e)
		if err != nil {
			l.client.ZRem(ctx, l.key, e)
			continue
		}
		tokens = append(tokens, t)
	}
	return tokens, time.Duration(ms) * time.Millisecond, nil
}

// Len returns how many refreshes are tracked.
func (l *Ledger) Len(ctx context.Context) (int64, error) {
	return l.client.ZCard(ctx, l.key).Result()
}

// Oldest returns when the oldest of the tracked refreshes was asked for: of the thousand
// that are due first or last, if there are more; zero without any. Tokens are counters
// that start from the clock of Redis, so this is that clock's time, or a little later.
func (l *Ledger) Oldest(ctx context.Context) (oldest time.Time, err error) {
	for _, reverse := range []bool{false, true} {
		entries, err := l.client.ZRangeArgs(ctx, redis.ZRangeArgs{Key: l.key, Start: 0, Stop: 499, Rev: reverse}).Result()
		if err != nil {
			return time.Time{}, fmt.Errorf("look for the oldest refresh: %w", err)
		}
		for _, e := range entries {
			t, err := ParseToken(e)
			us, idErr := strconv.ParseInt(t.ID, 10, 64)
			if at := time.UnixMicro(us); err == nil && idErr == nil && (oldest.IsZero() || at.Before(oldest)) {
				oldest = at
			}
		}
	}
	return oldest, nil
}

// OldestAge returns how long ago that was, 0 without any, by the clock of Redis.
func (l *Ledger) OldestAge(ctx context.Context) (time.Duration, error) {
	oldest, err := l.Oldest(ctx)
	if err != nil || oldest.IsZero() {
		return 0, err
	}
	now, err := l.client.Time(ctx).Result()
	if err != nil {
		return 0, fmt.Errorf("ask Redis for the time: %w", err)
	}
	return max(0, now.Sub(oldest)), nil
}

// Finding is what an Audit found.
type Finding int

// The findings.
const (
	AuditKept     Finding = iota // the work is done, or was given up on purpose
	AuditWait                    // a run is under way
	AuditOther                   // another token answers for the day by now
	AuditQueued                  // a job should be in the queue: look there
	AuditReissued                // it was lost; a new token is to be tracked and enqueued
)

// JobState is what the queue knows of a token's job.
type JobState string

// What the queue can know. An audit starts with JobUnknown.
const (
	JobUnknown JobState = "?"
	JobLost    JobState = "lost" // there is no such job, or nobody is working on it
	JobDead    JobState = "dead" // it failed for good
)

// Audited is what an Audit found.
type Audited struct {
	Finding Finding
	Token   Token         // that answers for the day; only for Other and Reissued
	Lease   time.Duration // until the run's lease ends; only for Wait
	Owner   string        // whose run it is; only for Wait
	Age     time.Duration // how long ago the token was taken; only for Queued
}

// Audit looks whether the refresh of the token was done. A run of the owner that is known
// to be dead does not count as under way, however long its lease lasts; "" is nobody.
func (l *Ledger) Audit(ctx context.Context, t Token, queue JobState, dead string) (Audited, error) {
	keys := []string{stateKey(t.User, t.Date), freshKey(t.User, t.Date)}
	r, err := newReply(l.store.scripts.audit.Run(ctx, l.client, keys, t.ID, string(queue), l.store.cfg.Lease.Milliseconds(), dead))
	if err != nil {
		return Audited{}, fmt.Errorf("audit token %s: %w", t, err)
	}
	switch word := r.string(); word {
	case "kept":
		return Audited{Finding: AuditKept}, r.err
	case "wait":
		return Audited{Finding: AuditWait, Lease: r.span(), Owner: r.string()}, r.err
	case "other":
		return Audited{Finding: AuditOther, Token: Token{t.User, t.Date, r.string()}}, r.err
	case "queued":
		return Audited{Finding: AuditQueued, Age: r.span()}, r.err
	case "reissued":
		return Audited{Finding: AuditReissued, Token: Token{t.User, t.Date, r.string()}}, r.err
	default:
		return Audited{}, fmt.Errorf("audit token %s: unexpected answer %q", t, word)
	}
}
