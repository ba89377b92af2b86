// Command chaos breaks a deployment of foreday on purpose, over and over, and
// checks that it keeps its promises meanwhile. scripts/chaos runs it.
//
//	apps ──► calendar (the truth)          apps change a calendar, then tell the stream
//	  └────► stream ──► Redis ◄──────────── watch: what is acknowledged, what is fresh
//	                      ▲
//	           proxy    proxy    proxy      cut, slow, silent
//	             ▲        ▲        ▲
//	           worker   worker   worker     the real program; SIGKILL every 1 to 3 s,
//	             │        │        │        SIGSTOP for longer than its leases
//	             └────────┼────────┘
//	           calendar and model           one call in five goes wrong
//
// The server is a real redis-server that syncs its append-only file at every
// write; it is killed and restarted too, and its clock is wrong by up to a minute and
// steps. The limits on calls are those by default. Apps, calendar, model, proxies and the
// watch live in this process; everything talks over loopback. The proxies are
// toxiproxy's, a fault injector for TCP that is used as a library here.
//
// # What is checked
//
// Every state that a calendar has been in is kept as a version of each day it
// touches, along with the message that told of it. The watch looks, some
// hundred times a second and in one transaction, at what the consumer group has
// acknowledged and at all fresh copies. So it knows exactly which messages were
// acknowledged when a copy was given as fresh.
//
//   - Stale given as fresh: a fresh copy that holds none of the states since the
//     last acknowledged message, or that was fetched before that message was
//     even published. Apps that read through the Go package are checked as well,
//     against what was known to be acknowledged before they asked.
//   - Lost refreshes: days whose fresh copy does not hold the last state, or is
//     missing, 40 seconds after everything has calmed down.
//   - Dead letters: exactly the malformed messages that were planted. A worker
//     that dies between setting one aside and acknowledging it leaves a second
//     copy, which is no fault.
//   - Recovery of a kill or a freeze: the time from then until every day that was out of
//     date at that moment, whoever was at work on it, has had a fresh copy with
//     everything published until then. So the slowest day counts. Those
//     that fell into an outage of Redis, or were followed by one before all was
//     well again, are in the figure, and also reported apart.
//     99 of 100 must take 12 seconds or less.
//   - Workers end only when they are killed, or when they find no Redis at their
//     start; none of them panics.
package main
