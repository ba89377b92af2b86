// Package quota is the one place where calls to Google Calendar and to an
// OpenAI-compatible model leave the program. It keeps all processes together within the
// limits of those services, sends each request when it may be sent, retries what is
// worth it, and counts what happened.
//
// [Gate.Google] and [Gate.OpenAI] are http.RoundTrippers below the real clients, so that
// every single request is limited: each page of a listing, each retry. Credentials
// belong above them.
//
//	calendar/v3, go-openai
//	      │ http.Client
//	      ▼
//	RoundTripper (transport.go)     waits for a turn, or returns *Deferred, *Exhausted or *Unavailable
//	      │ reserve   ▲ turns
//	      │ settle    │
//	      │        batcher (batcher.go, trip.go)  ◄────►  ledger: one Lua script in Redis
//	      ▼                                               (ledger/*.lua, batch.go)
//	base http.RoundTripper
//
// Before a turn is asked for, a breaker (package breaker) is: while a service fails for all,
// calls end with [*Unavailable].
//
// # The sliding-window log (ledger/log.lua)
//
// No minute, wherever it starts, holds more than the limit. So the ledger keeps a log of
// calls, and not the counters of fixed windows or the single time of GCRA: a GCRA lets
// its burst and its rate pass in one window, up to twice the limit. A request reaches the
// upstream's counter after its turn and before its answer, and soon after it was written.
// So a call counts from its turn until a minute after the latest moment at which it can
// have arrived. A request that finds no connection soon after its turn loses it.
//
// A request counts as often as it is sent: net/http is kept from sending one again by
// itself when a connection breaks, which is the RoundTripper's to do, with another turn.
//
// Tokens are reserved before a call, for its input and all the output it allows, and
// settled by the answer's usage. A call that was not sent gives all back; one that may
// have been counted gives nothing back.
//
// All parts share the keys, the spans and the ledger's clock, which never goes back, of
// ledger/state.lua; ledger/run.lua runs a batch and keeps the state.
//
// # The scheduler (ledger/queue.lua, ledger/turns.lua)
//
// A call that cannot go is told when to ask again, and keeps its place in a queue. Short
// waits are waited out in the call. For longer ones the call returns [*Deferred], whose
// time is a little before the turn; work that names itself in [Caller].Job finds its place
// again, in whatever process. So few wakeups are spurious, and a free slot goes to whoever
// asks while all others sleep. Readers come before work done ahead, and that before work in
// the background; within each, places are given by start-time fair queueing over users. The
// calls of a user who takes much are spread evenly over what the others leave: a window
// that was filled in a burst empties in a burst, and all wait in between.
//
// # Feedback of the upstream (answer.go, ledger/feedback.lua)
//
// Retry-After, and refusals that name a limit, stop all processes, or one user, until the
// time given; a channel of Redis recalls turns that were given already (ACLs have to allow
// foreday:* for channels as for keys). Then calls are let in slowly. What x-ratelimit
// headers say is left counts if it is less than the ledger can explain: somebody else
// calls the service, too, or its limit is lower than ours. Where no limit is set and the
// upstream tells none, calls bypass the ledger (stops.go) until somebody hears otherwise.
//
// # Slow calls (bulkhead.go)
//
// Calls that last longer than is usual may hold half of the places that a process has for
// jobs. One more is given up, so that users whose calls are never answered do not hold up
// all others.
//
// # Degraded mode (degraded.go, ledger/processes.lua)
//
// Without Redis each process goes on with its share of the limits, at a pace: a few calls
// at once, the rest evenly over a window; but nothing is called for a user who used over half
// of the own limit lately, or whose tokens for a day are limited, nor by a process that stood still
// meanwhile. It reports what it did when Redis is back, also to one that was emptied; with it
// comes what was used when it last heard, of which all that nobody tells again counts as well.
// What a process that does not come back may have called since counts for one window: of what
// Redis lost of its last moments, four times what all processes called on average in such a
// time. While processes have different limits, the lowest of each kind hold.
package quota
