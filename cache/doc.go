// Package cache is what apps read summaries with: a [Reader] over the Redis that
// [Connect] connects to.
//
//	          Get
//	fresh copy? ──► Hit, one round trip
//	    │ no
//	a refresh is requested of the workers
//	    ├─ stale copy? ──► Stale (stale-while-revalidate)
//	    ├─ made within Wait ──► Miss
//	    └─ Redis away ──► Bypass: this process's last copy, or made here
//
// A copy that this process has is given without asking Redis, if [ReaderConfig.LocalHits]
// is set and word of changes arrives (local.go). Else one look into Redis is tried, for
// half a second at most, or two while a cluster elects a master, behind a breaker for each
// node (nodebreakers.go): a Redis that is away holds up nobody, and one node's trouble is
// not the users' of the others. That a day is read is noted in Redis once a quarter of an
// hour, and once of each copy (marks.go), so that it is renewed ahead.
//
// A refresh is requested by a script that says what there is to do: unless a run is under
// way, its job is enqueued ahead of all that no reader waits for. It is not tracked in the
// ledger: if it is lost, the reader asks again. Whoever has no copy at all then looks every
// few milliseconds, less often the more who wait; after Wait, the Generator makes the
// summary here, which is a Miss, too. Before either, what [WithAdmission] has put into the
// context is asked (admit.go). Without Redis, what this process last had is given, with its
// age, if it would still be fresh, and only without that a summary is made here. [Fresh]
// and [MaxAge] wait likewise for one that is fetched from now on; only if neither the
// workers nor the Generator make it are they given what there is. Where copies are sealed
// with another key, all are made here, as a Bypass. What Redis told of a run that failed is
// told at once, and for some seconds to whoever asks again.
//
// Many readers of one day cost one refresh: the workers coalesce what is requested,
// and a Bypass is made once for all who wait (singleflight), so that an expiry is no
// stampede.
//
// Package freshness, below, is the protocol that decides what may be read as fresh.
package cache
