// Package worker turns messages into fresh summaries, by jobs of asynq.
//
//	stream ──► Ingest ──► queue ──► Refresh ──► cache
//	           invalidate            begin, fetch, judge, write up, commit
//	           track, enqueue
//	           acknowledge
//	                ▲                   │
//	                └────── Sweep ◄─────┘  whatever was lost on the way
//
// Package freshness explains the protocol and what it promises; this package takes its
// steps in their order. A message is acknowledged only after its days were invalidated and
// each refresh it asks for is tracked in the ledger, and in the queue, too, unless a run is
// under way that will put it there. A process may die between any two instructions: the
// message is then delivered again, or the sweep finds the entry overdue.
//
// # From messages to jobs
//
// [Ingester.Handle] takes a batch. What its messages say of each user becomes one
// invalidation (days.go), in the zone that the user had last: if that was wrong, Redis says
// so, and it is computed anew. Invalidations go in chunks of some hundred users, several at
// once (ingest.go); what each leaves pending is tracked in the ledger and then enqueued
// (invalidate.go, queue.go). That is nothing for days that are neither due ahead of readers
// nor read lately: of those the copy is dropped, and the next reader asks. Of a user who
// cannot be served now the consumer is told, and retries alone.
//
// # A run
//
// [Refresher.Refresh] does a job (refresh.go). It asks for the user's zone and begins the
// run, which clears the pending token and takes a lease (begin.go), extended until the run
// ends (lease.go). It does not begin one if another's lease stands, if there is a fresh
// copy that nobody wants anew, or if the day is neither due nor read lately; whether the
// job's own token is still pending does not matter. Before the cooldown is over, it is
// deferred. Then, in the order of steps.go: it waits while messages come fast
// (debounce.go); fetches the day, and again if it does not show yet what the messages told
// (expectation.go); judges and writes it up, or takes the last text if the fingerprint is
// the same; and commits, for up to ten seconds if Redis is away. The copy is fresh if the
// generation has not moved. If it has, the next run begins at once, two more times at most,
// where the cooldown is over; else what is pending is enqueued for then. What was done is
// struck off the ledger (finish.go).
//
// A run that fails is released, with word for readers of why (release.go), and the job is
// tried again after a pause (jobretry.go), or when the limit that held it up allows: not if
// access was denied just now, nor if messages came, whose own job will do it. A call of the
// model that has to wait for a limit leaves a summary written without it as the stale copy.
//
// [Sweeper] looks at entries of the ledger that are overdue, asks Audit what became of each,
// and enqueues what was lost (sweep.go). Each process is subscribed to a channel of its own:
// a run whose process is subscribed no more is over before its lease ends (presence.go).
//
// [Witness] looks from outside: it compares a few fresh copies with their calendars, and
// counts those that still differ some minutes later.
//
// All messages that come during a run cause one more. If they overtook its
// text, which is then paid for and not fresh, that one waits until no message has come for
// about as long as a run takes, or for five times as long at most.
//
// Beside that, [RefreshAhead] renews what is being read before it ends, and makes what
// regular readers are about to read. That is no promise: what it does not do is done when
// somebody reads.
//
// A job is picked up at once, and waiting for one costs next to nothing: whoever enqueues
// publishes a wake-up, and an idle worker holds back what asynq would ask Redis 200 times a
// second (see [idleClient]). A wake-up that is lost costs a second: so often it looks all
// the same.
//
// asynq alone would not do: it refuses a job with the ID of one that runs, is
// archived or retained, and notices a dead worker only after one to two minutes.
// So every job has an ID of its own, says nothing that the state in Redis does
// not say, and may run twice without harm.
package worker
