// Package bench measures foreday, each figure beside its yardstick. [Run] runs one
// of the benches, which are named for what they measure; each describes its workload at
// the head of its file, and all are seeded, so that two runs do the same work.
//
//	coalesce, freshness, ingest     parts of foreday in this process (system.go)
//	fairness, hostile, idle, quota  worker processes and a Redis of their own (deployment.go, fleet.go)
//	novelty, writing                what is told of made-up calendars, without Redis
//
// A [Result] is printed for people in the rows of the README's table, drawn on a page of
// HTML, or encoded as JSON.
package bench
