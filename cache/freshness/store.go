package freshness

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
)

// Config says how long things are kept. The zero value of a field is its default.
type Config struct {
	SummaryTTL  time.Duration // of the fresh copy; 1h
	DegradedTTL time.Duration // of a fresh copy that a model should have planned, and could not; 5m, at most SummaryTTL
	StaleTTL    time.Duration // of the stale copy; also how long a reader's interest keeps a day due; 24h
	Cooldown    time.Duration // least time between the starts of two runs for one day; 0 is none
	Lease       time.Duration // how long a run counts as alive without a sign of life; 2s
	TokenAge    time.Duration // age past which a pending token no longer counts; 10m
	FaultTTL    time.Duration // how long readers are told of a fault instead of trying again; 1m
	Seal        *Seal         // nil keeps summaries in clear
	Ledger      string        // the key of the ledger; foreday:promised
	Ahead       string        // the key of the days to look at ahead of readers; foreday:ahead
	Secret      string        // the key of the secret that learnt routines are hashed under; foreday:secret
}

func (c Config) withDefaults() Config {
	def := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	def(&c.SummaryTTL, time.Hour)
	def(&c.DegradedTTL, 5*time.Minute)
	def(&c.StaleTTL, 24*time.Hour)
	def(&c.Lease, 2*time.Second)
	def(&c.TokenAge, 10*time.Minute)
	def(&c.FaultTTL, time.Minute)
	if c.Ledger == "" {
		c.Ledger = ledgerKey
	}
	if c.Ahead == "" {
		c.Ahead = aheadKey
	}
	if c.Secret == "" {
		c.Secret = secretKey
	}
	c.DegradedTTL = min(c.DegradedTTL, c.SummaryTTL)
	return c
}

// stateTTL outlives every copy and every run, so that a day without state has
// nothing to invalidate.
func (c Config) stateTTL() time.Duration { return c.SummaryTTL + c.StaleTTL + 24*time.Hour }

// Store holds the summaries and the state of the protocol. It is safe for
// concurrent use and does not own its client.
type Store struct {
	client   redis.UniversalClient
	gatherer *gatherer
	awaiting awaiting
	cfg      Config
	scripts  scripts
	id       string // of this Store among all; see nonce
	calls    atomic.Uint64
}

// NewStore returns a Store on client.
func NewStore(client redis.UniversalClient, cfg Config) *Store {
	return &Store{
		client: client, gatherer: newGatherer(client), cfg: cfg.withDefaults(), scripts: loadScripts(asWritten), id: uuid.NewString()[:13] + ":",
	}
}

// Lease is how long a run counts as alive without an Extend.
func (s *Store) Lease() time.Duration { return s.cfg.Lease }

// Ready returns nil if Redis can be read and written, where the ledger lies.
func (s *Store) Ready(ctx context.Context) error {
	return s.client.Set(ctx, probeKey(s.cfg.Ledger), "", time.Minute).Err()
}

// StaleTTL is how long the stale copy is kept.
func (s *Store) StaleTTL() time.Duration { return s.cfg.StaleTTL }

// SummaryTTL is how long a fresh copy is kept at most.
func (s *Store) SummaryTTL() time.Duration { return s.cfg.SummaryTTL }

// Client returns the client that the Store works on.
func (s *Store) Client() redis.UniversalClient { return s.client }

// Cooldown is the least time between the starts of two runs for one day.
func (s *Store) Cooldown() time.Duration { return s.cfg.Cooldown }

func flag(b bool) string {
	if b {
		return "1"
	}
	return ""
}
