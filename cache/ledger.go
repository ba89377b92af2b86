package cache

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// Ledger lists the refreshes that were promised and not yet seen done: each
// token with the time at which somebody should look. All workers sweep it. It
// lies in one slot of a cluster, as the queue does.
type Ledger struct {
	client redis.UniversalClient
	store  *Store
}

// Ledger returns the store's ledger.
func (s *Store) Ledger() *Ledger { return &Ledger{client: s.client, store: s} }

// Track enters tokens, each to be looked at when it is due.
func (l *Ledger) Track(ctx context.Context, due time.Time, tokens ...Token) error {
	for some := range slices.Chunk(tokens, maxEntries) {
		entries := make([]redis.Z, len(some))
		for i, t := range some {
			entries[i] = redis.Z{Score: float64(due.UnixMilli()), Member: t.String()}
		}
		if err := l.client.ZAdd(ctx, l.store.cfg.Ledger, entries...).Err(); err != nil {
			return fmt.Errorf("track %d tokens: %w", len(tokens), err)
		}
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
		if err := l.client.ZRem(ctx, l.store.cfg.Ledger, some...).Err(); err != nil {
			return fmt.Errorf("settle %d tokens: %w", len(members), err)
		}
	}
	return nil
}

// Claim returns up to n overdue tokens and hides them from other sweeps for a
// while. An entry that is no token is struck off.
func (l *Ledger) Claim(ctx context.Context, n int, hide time.Duration) ([]Token, error) {
	entries, err := l.store.scripts.claim.Run(ctx, l.client, []string{l.store.cfg.Ledger}, n, hide.Milliseconds()).StringSlice()
	if err != nil {
		return nil, fmt.Errorf("claim overdue tokens: %w", err)
	}
	tokens := make([]Token, 0, len(entries))
	for _, e := range entries {
		t, err := ParseToken(e)
		if err != nil {
			l.client.ZRem(ctx, l.store.cfg.Ledger, e)
			continue
		}
		tokens = append(tokens, t)
	}
	return tokens, nil
}

// Len returns how many promises are open.
func (l *Ledger) Len(ctx context.Context) (int64, error) {
	return l.client.ZCard(ctx, l.store.cfg.Ledger).Result()
}

// Finding is what an Audit found.
type Finding int

// The findings.
const (
	Kept     Finding = iota // the work is done, or was given up on purpose
	Wait                    // a run is under way
	Other                   // another token answers for the day by now
	Queued                  // a job should be in the queue: look there
	Reissued                // it was lost; a new token is to be tracked and enqueued
)

// Queue is what the queue knows of a token's job.
type Queue string

// What the queue can know. An audit starts with Unasked.
const (
	Unasked Queue = "?"
	Lost    Queue = "lost" // there is no such job, or nobody is working on it
	Dead    Queue = "dead" // it failed for good
)

// Audit looks whether the refresh that the token promised was done. Wait comes
// with the time the run's lease ends, Other and Reissued with a token.
func (l *Ledger) Audit(ctx context.Context, t Token, queue Queue) (Finding, Token, time.Time, error) {
	r, err := newReply(l.store.scripts.audit.Run(ctx, l.client, []string{stateKey(t.User, t.Date), freshKey(t.User, t.Date)}, t.ID, string(queue)))
	if err != nil {
		return 0, Token{}, time.Time{}, fmt.Errorf("audit token %s: %w", t, err)
	}
	switch word := r.string(); word {
	case "kept":
		return Kept, Token{}, time.Time{}, r.err
	case "wait":
		return Wait, Token{}, r.time(), r.err
	case "other":
		return Other, Token{t.User, t.Date, r.string()}, time.Time{}, r.err
	case "queued":
		return Queued, Token{}, time.Time{}, r.err
	case "reissued":
		return Reissued, Token{t.User, t.Date, r.string()}, time.Time{}, r.err
	default:
		return 0, Token{}, time.Time{}, fmt.Errorf("audit token %s: unexpected answer %q", t, word)
	}
}
