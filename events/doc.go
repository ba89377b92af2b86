// Package events carries word of calendar changes from the apps that make them
// to the workers that act on them, over a Redis Stream.
//
//	app ── Publisher ──► foreday:events ──► Consumer ──► Handler
//	                          ▲                 │ cannot be understood, or not be applied
//	                          └── DeadLetters ◄─┴─► foreday:dead
//
// A message of the consumer group is, from the group's point of view, in one of
// these states, and each arrow is one command:
//
//	new ──XREADGROUP──► pending ──Handle, then XACK──► acknowledged ──XTRIM──► gone
//	                     │   ▲
//	                     └───┘ XAUTOCLAIM, when its consumer has died
//
// Messages of a user for whom Handle did not finish stay pending apart from the rest,
// and hold up nobody else's:
//
//	pending ──Unfinished──► waiting ──Retry, then XACK──► acknowledged
//	                         │   ▲ │
//	                         └───┘ └─ rejected a few times: GiveUp, XADD, XACK ──► dead letter
//	                   outage, after a pause
//
// What it promises:
//
//   - When Publish has returned, no reader is given as fresh a summary that was
//     fetched before, whether or not a worker is there. (For copies kept in a process,
//     see cache.ReaderConfig.)
//   - At least once. A message is acknowledged only after Handle returned nil
//     for it, or Retry did. Whoever dies before that leaves it pending, and another consumer
//     claims it after ClaimIdle. Handlers must bear seeing a message twice.
//   - Nobody is held up by a message that makes no sense, or by a user whose
//     messages cannot be applied: those go to the dead letters, with the reason,
//     and the ones behind them go on. A crash in between
//     can leave two copies there, never none; both have the same dead_id.
//   - What any group has not acknowledged is never trimmed; what all groups have is
//     trimmed soon, so the stream stays short.
//   - While Redis is away, a consumer waits, and says so once.
//
// Fences and XADD go to Redis in one pipeline; on a Cluster, and for messages that mean all
// of a user's days, the fences go first. What waits is kept in the consumer's memory, and
// stays pending in Redis. The next batch is sized by the bytes of the last (batchbytes.go).
//
// One consumer reads one stream, in order and one batch at a time, reading one
// batch ahead. More throughput comes from more consumers in the group, among
// which there is no order.
//
// Redis 7.0 or newer is needed. Any client works: one server, Sentinel, Cluster.
package events
