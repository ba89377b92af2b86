// Package freshness is the protocol that keeps cached summaries from being read as
// fresh when they are not (cache invalidation with fencing tokens, and a transactional
// outbox of refreshes). [Store] has its steps, each one atomic, and [Ledger] what was
// tracked and is not yet done.
//
// It promises that no reader is given as fresh a summary whose calendar was fetched before
// a message that was published with a fence, or applied, and that whatever is to be
// regenerated is, whoever crashes on the way. (A process that keeps copies of its own, see
// cache.ReaderConfig, may be some milliseconds behind, and never a second.) The state of
// one user's day:
//
//	            Invalidate                    Begin
//	┌───────┐  takes a token   ┌─────────┐  clears it, takes   ┌─────────┐
//	│ fresh │ ───────────────► │ pending │ ──────────────────► │ running │
//	└───────┘  drops the copy  └─────────┘  a lease            └─────────┘
//	    ▲                           ▲                            │  │  │
//	    │ Commit, generation unmoved │ Commit, generation moved   │  │  │
//	    └────────────────────────────┼────────────────────────────┘──┘  │
//	                                 └────── lease ran out: Audit ──────┘
//
// Every step is one atomic Lua script over keys that share the user's hash tag, or of the
// ledger's (lua/, with what they have in common in lua/shared), and each bears being run
// twice, as go-redis does when an answer is lost. A look for a copy is no script but a GET.
// Those for copies that the process knows already go together in one MGET, but on a Cluster
// (gatheredreads.go), and those of all who wait for runs in one pipeline (awaiting.go).
// Request, for a reader without a copy, is a step: it brings the stale copy, what failed, and
// the user's preferences.
//
// A token here names one refresh, and is no credential.
//
//   - The generation rises with every invalidation. A run remembers the one it
//     began with and may set the fresh copy only if it still stands (fencing).
//     A publisher's fence adds one to it; otherwise it is taken from the clock of
//     Redis in microseconds, so that a counter that expired or was lost never repeats
//     a value.
//   - All times are of the clock of Redis, and go over the wire as distances from
//     now: those of processes may differ from it. It may step back, at a failover.
//     So counters never go back with it, and tell no times; what seems to lie in
//     the future counts as past; the Ledger has a clock of its own that follows
//     it, but never goes back.
//   - Publish fences before the message is on the stream: it raises the generation and
//     drops the fresh copy, so that no reader depends on a worker being there. It
//     takes no token: Invalidate does, when the message is delivered, and may
//     find nothing to drop.
//   - Invalidate takes a token only for days that are due: so many from today on, or
//     read within the life of a stale copy. Which days a user has is kept in a sorted
//     set (knowndays.go), for messages about all of them.
//   - While a token is pending there is no fresh copy, and every run begun
//     before it was taken is fenced off. So a message that finds one standing
//     has nothing to change.
//   - The pending token names the one queued job that will do the work. Further
//     messages find it standing and queue nothing (coalescing). Begin clears it,
//     at the start: what arrives during the run takes a new one, which the run
//     hands to the queue when it ends.
//   - The lease says that a run is alive. Its holder extends it; when it runs
//     out, somebody else takes the work over.
//   - The Ledger lists every token that a message took until its work is done; a
//     reader's is not in it, as the reader asks again. A token's entry is
//     written before its message is acknowledged, so that a sweep over the
//     overdue entries finds whatever was lost on the way, wherever that was. Up to
//     there the message itself vouches for it, as it will be delivered again;
//     for one that others have in hand too, the day is entered beforehand.
//
// Beside summaries it keeps what users want otherwise than usual, which comes to a
// run with the answer of Begin, so that a run begun before a change was applied is
// fenced off; and what is usual for them, as it was learnt.
//
// Of some copies word is kept for a worker.Witness (samples.go), and of what is being read
// for worker.RefreshAhead (reads.go, ahead.go).
//
// A copy is written twice: the fresh one, whose presence alone means that it may
// be served, and the stale one, for readers who prefer old to none.
package freshness
