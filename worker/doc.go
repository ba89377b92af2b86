// Package worker turns messages into fresh summaries. It is the only importer of
// asynq.
//
//	stream ──► Ingest ──► queue ──► Refresh ──► cache
//	           invalidate            begin, fetch, judge, write up, commit
//	           track, enqueue
//	           acknowledge
//	                ▲                   │
//	                └────── Sweep ◄─────┘  whatever was lost on the way
//
// Package cache explains the protocol and what it promises; this package takes
// its steps in their order. A message is acknowledged only after its days were
// invalidated and each refresh it asks for is both tracked in the ledger and in
// the queue. A process may die between any two instructions: the message is then
// delivered again, or the sweep finds the entry overdue.
//
// All messages that come during a run cause one more, at once. If they overtook its
// text, which is then paid for and not fresh, that one waits until no message has come for
// about as long as a run takes, or for five times as long at most.
//
// Beside that, [RefreshAhead] renews what is being read before it ends. That is no promise:
// what it does not do is done when somebody reads.
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
