// Package cache is what apps read summaries with: a [Reader] over the Redis that
// [Connect] connects to.
//
//	          Get
//	fresh copy? ──► Hit, one round trip
//	    │ no
//	a refresh is requested of the workers
//	    ├─ stale copy? ──► Stale (stale-while-revalidate)
//	    ├─ made within Wait ──► Miss
//	    └─ Redis away, or sealed with another key ──► Bypass: made for this reader
//
// Many readers of one day cost one refresh: the workers coalesce what is requested,
// and a Bypass is made once for all who wait (singleflight), so that an expiry is no
// stampede. A breaker for each node of Redis keeps one that is away from holding up
// the users of the others.
//
// Package freshness, below, is the protocol that decides what may be read as fresh.
package cache
