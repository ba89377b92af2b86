// Package quota is the one place where calls to Google Calendar and to an
// OpenAI-compatible model leave the house. It keeps all processes together
// within the limits of those services, sends each request when it may be sent,
// tries again what is worth trying again, and counts what happened.
//
// It is used as the http.RoundTripper below the real clients, so that every
// single request is limited: each page of a listing, each retry.
//
//	calendar/v3, go-openai
//	      │ http.Client
//	      ▼
//	Gate.Google / Gate.OpenAI      waits, or says *Later or *Exhausted
//	      │                 ▲
//	      │                 │ turns
//	      │                desk ◄────► ledger: one script, in Redis
//	      ▼
//	base http.RoundTripper         as near to the wire as possible: credentials
//	                               (oauth2.Transport) belong above the gate
//
// # Never over
//
// A limit is a sliding window: no minute, wherever it starts, may hold more.
// When a request reaches the far side's counter nobody here knows, only that it
// is after its turn and before its answer, and soon after it was written. So
// the ledger, a log of calls, counts each from its turn until a minute after
// the latest moment at which it can have arrived; whichever of the moments
// between is the true one, every window is covered. A request that finds no
// connection soon after its turn is taken back.
//
// Tokens are reserved before a call, for its input and all the output it
// allows, and settled after by the answer's usage. A call that was not sent
// gives all back; one that may have been counted, nothing.
//
// # Never idle, never in vain
//
// Who cannot go is told when to, by a ledger that knows who is before them and
// when each call leaves the window, and has a place in the queue until then.
// Short waits are waited out in the call. For longer ones the call ends with
// *Later, whose time is a little before the turn; work that names itself in
// Caller.Job finds its place again then, in whatever process. While all places
// are asleep, a free slot goes to whoever asks.
//
// Places are given round robin over users, readers before work done ahead. A
// user who already takes much of the limits while others are about is spread
// evenly over what the others leave, because a window that was filled in a
// burst empties in a burst, and all wait in between.
//
// # The far side's word
//
// Retry-After, and refusals that name a limit, hold all processes, or one user,
// until the time given; a time that cannot be meant says nothing. Turns already
// given are called back over a channel of Redis (ACLs have to allow foreday:* for
// channels as for keys). Then calls are let in slowly. What x-ratelimit headers say is left is compared with what the
// ledger had left when it let the call go, less all it has let go since: only if
// it is less than that, somebody else calls the service too, or its limit is
// lower than ours.
//
// Where no limit is set, and the far side says nothing of its own, there is nothing
// to ask for. Then the ledger lets a process call without asking for a tenth of a
// second at a time; a word of the far side's ends that for all, over the same channel.
//
// # Without Redis
//
// Each process goes on with its share of the limits (see alone), which it takes at
// a pace: a few calls at once, the rest evenly over a window. It reports what it did
// when Redis is back, also to one that has forgotten everything. Of a process that
// does not come back, what it may have called in the time that Redis was away is
// taken to be called, for one window; the others have to make do with what that
// leaves. What it called in the last moments before, if Redis has lost them, is taken to
// be four times what all processes called on average in that time.
//
// # Different limits
//
// Each process tells the ledger its limits. While they differ, because a new
// setting is being rolled out or by mistake, the lowest of each kind hold for all,
// and each process logs when that begins and when it ends.
package quota
