package cache

import (
	"context"
	"hash/maphash"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/cache/freshness"
	"foreday/summarizer"
	"foreday/summarizer/memo"
)

// local is the copies that a process keeps of what it has read. When Redis is away,
// readers are given them, flagged. Where in-process hits are wanted, they are
// given as fresh, too: while whoever drops a copy in Redis can tell this process, and
// for no longer than localFor without asking Redis, whatever becomes of the connection.
type local struct {
	copies *memo.Cache[string, localCopy]
	hits   bool // are wanted
	// told is since when the process is told of what is dropped, in Unix nanoseconds; 0
	// while it is not.
	told atomic.Int64
	// drops counts what was told to be dropped, by hash of the key: what was read before
	// that is not to be kept as fresh after it.
	drops [1024]atomic.Uint64
	seed  maphash.Seed
}

type localCopy struct {
	*freshness.Copy
	read  time.Time // just before it was
	until time.Time // it is fresh, by then at the latest; zero if it is known not to be
}

const (
	// localFor bounds how old an in-process hit can be.
	localFor = 900 * time.Millisecond
	// localBytes bounds what the copies of a process take in all.
	localBytes = 64 << 20
	// quietFor is for how long a subscription may tell nothing before it is asked for a
	// sign of life; after as long again, it counts as lost.
	quietFor = 250 * time.Millisecond
)

func newLocal(hits bool) *local {
	return &local{hits: hits, seed: maphash.MakeSeed(), copies: memo.New[string](memo.Config[localCopy]{
		Weight: localBytes, Weigh: func(c localCopy) uint32 { return uint32(c.Size()) },
	})}
}

func (l *local) dropsOf(key string) *atomic.Uint64 {
	return &l.drops[maphash.String(l.seed, key)%uint64(len(l.drops))]
}

// fresh returns the copy if it may be given as fresh.
func (l *local) fresh(key string) (found *freshness.Copy, ttl time.Duration) {
	if !l.hits {
		return nil, 0
	}
	told := l.told.Load()
	if told == 0 {
		return nil, 0
	}
	c, ok := l.copies.Get(key)
	now := time.Now()
	if !ok || c.read.UnixNano() < told || now.Sub(c.read) > localFor || !now.Before(c.until) {
		return nil, 0
	}
	return c.Copy, c.until.Sub(now)
}

// last returns the copy, however old; nil if there is none.
func (l *local) last(key string) *freshness.Copy {
	c, _ := l.copies.Get(key)
	return c.Copy
}

// reading is the moment before copies are read from Redis.
type reading struct {
	began time.Time
	drops uint64
	known *freshness.Copy // that may still be the fresh one; nil if there is none
	some  bool            // there is a copy, be it old
}

// before is to be called before the copy is read that [local.keep] is to keep.
func (l *local) before(key string) reading {
	r := reading{began: time.Now(), drops: l.dropsOf(key).Load()}
	c, some := l.copies.Get(key)
	if r.some = some; some && r.began.Before(c.until) {
		r.known = c.Copy
	}
	return r
}

// keep keeps what a look has found in Redis.
func (l *local) keep(key string, look freshness.Lookup, r reading) {
	switch {
	case look.Fresh == nil:
		if r.known != nil {
			l.drop(key)
		}
		return
	case look.Fresh == r.known && !l.hits:
		return // it is there already
	}
	l.copies.Set(key, localCopy{look.Fresh, r.began, r.began.Add(look.TTL)})
	// Only now: a drop that comes later finds the copy.
	if l.dropsOf(key).Load() != r.drops {
		l.drop(key)
	}
}

// made keeps what was generated without Redis. It is no hit.
func (l *local) made(key string, sum summarizer.Summary) {
	l.copies.Set(key, localCopy{Copy: &freshness.Copy{Summary: &sum}})
}

// drop takes the copy for fresh no more.
func (l *local) drop(key string) {
	l.dropsOf(key).Add(1)
	if c, ok := l.copies.Get(key); ok {
		c.until = time.Time{}
		l.copies.Set(key, c)
	}
}

// KeepLocal makes hits of ReaderConfig.LocalHits possible, until ctx ends: it listens for
// what is dropped in Redis. Whenever it cannot, each read asks Redis.
func (r *Reader) KeepLocal(ctx context.Context) {
	if !r.local.hits {
		return
	}
	for pause := time.Duration(0); ctx.Err() == nil; pause = time.Second {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		if err := r.local.listen(ctx, r.store.Client()); err != nil && ctx.Err() == nil {
			r.outages.Warn().Err(err).Msg("cannot hear what is dropped in redis: each read asks redis until it can")
		}
	}
}

// listen takes copies for fresh no more when they are dropped in Redis, until the
// subscription fails.
func (l *local) listen(ctx context.Context, client redis.UniversalClient) error {
	defer l.told.Store(0)
	return Listen(ctx, client, quietFor, func(key string) {
		if key == "" {
			l.told.Store(time.Now().UnixNano())
			return
		}
		l.drop(key)
	}, freshness.DroppedChannel)
}
