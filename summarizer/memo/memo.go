// Package memo remembers values in the memory of one process: so many at most, and for so
// long. Whatever is remembered may be forgotten at any time.
//
// It is a thin face of otter. One instance of otter's generic code serves all types here:
// Go compiles another one for each, in every package that so much as mentions a type in
// which one lies, which took more time than all of foreday's own code.
package memo

import (
	"context"
	"time"

	"github.com/maypok86/otter/v2"
)

// Config bounds what a Cache remembers. Either Entries or Weight is needed.
type Config[V any] struct {
	Entries int                   // the most of them
	Weight  uint64                // the most that all together weigh
	Weigh   func(V) uint32        // what one weighs
	TTL     func(V) time.Duration // how long one is remembered, from when it is set; nil is for good
	Now     func() time.Time      // the clock: time.Now if nil; several goroutines call it
}

// For is a TTL that is the same for every value.
func For[V any](ttl time.Duration) func(V) time.Duration {
	return func(V) time.Duration { return ttl }
}

// Cache remembers values by their keys. It is safe for concurrent use.
type Cache[K comparable, V any] struct{ kept store }

// store is what a Cache needs of otter's. Behind an interface, no package but this one
// compiles the code.
type store interface {
	GetIfPresent(key any) (any, bool)
	Set(key, value any) (any, bool)
	SetIfAbsent(key, value any) (any, bool)
	Get(ctx context.Context, key any, load otter.Loader[any, any]) (any, error)
	Invalidate(key any) (any, bool)
	ComputeIfPresent(key any, compute func(any) (any, otter.ComputeOp)) (any, bool)
}

// New returns a Cache that remembers nothing yet.
func New[K comparable, V any](c Config[V]) *Cache[K, V] {
	options := &otter.Options[any, any]{MaximumSize: c.Entries, MaximumWeight: c.Weight, Clock: clock(time.Now)}
	if c.Weigh != nil {
		options.Weigher = func(_, value any) uint32 { return c.Weigh(as[V](value)) }
	}
	if c.TTL != nil {
		options.ExpiryCalculator = otter.ExpiryWritingFunc(func(e otter.Entry[any, any]) time.Duration { return c.TTL(as[V](e.Value)) })
	}
	if c.Now != nil {
		options.Clock = clock(c.Now)
	}
	return &Cache[K, V]{otter.Must(options)}
}

// as is a value in its own type. One that is a nil interface has none.
func as[V any](value any) V {
	v, _ := value.(V)
	return v
}

// Get returns the key's value, if it is remembered.
func (c *Cache[K, V]) Get(key K) (value V, ok bool) {
	kept, ok := c.kept.GetIfPresent(key)
	return as[V](kept), ok
}

// Set remembers the value.
func (c *Cache[K, V]) Set(key K, value V) { c.kept.Set(key, value) }

// SetIfAbsent remembers the value unless there is one, and reports whether it did.
func (c *Cache[K, V]) SetIfAbsent(key K, value V) bool {
	_, set := c.kept.SetIfAbsent(key, value)
	return set
}

// Load returns the key's value, and loads it if it is not remembered. However many want
// it, one loads it, and the others wait until it has or their ctx ends. Errors are not
// remembered.
func (c *Cache[K, V]) Load(ctx context.Context, key K, load func(context.Context, K) (V, error)) (V, error) {
	kept, err := c.kept.Get(ctx, key, otter.LoaderFunc[any, any](func(ctx context.Context, _ any) (any, error) { return load(ctx, key) }))
	return as[V](kept), err
}

// Forget forgets the key's value.
func (c *Cache[K, V]) Forget(key K) { c.kept.Invalidate(key) }

// ForgetIf forgets the key's value if it is the one meant.
func (c *Cache[K, V]) ForgetIf(key K, meant func(V) bool) {
	c.kept.ComputeIfPresent(key, func(kept any) (any, otter.ComputeOp) {
		if meant(as[V](kept)) {
			return nil, otter.InvalidateOp
		}
		return kept, otter.CancelOp
	})
}

// clock is a clock for otter. Without ticks it starts no goroutine of its own: what has
// expired is never returned, and leaves memory as the cache is used.
type clock func() time.Time

func (c clock) NowNano() int64                    { return c().UnixNano() }
func (clock) Tick(time.Duration) <-chan time.Time { return nil }
