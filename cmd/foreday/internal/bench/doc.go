// Package bench measures foreday, each figure beside its yardstick. [Run] runs one
// of the benches, which are named for what they measure; each describes its workload at
// the head of its file, and all are seeded, so that two runs do the same work.
//
//	coalesce, freshness, ingest, reads, scale    parts of foreday in this process (system.go)
//	fairness, hostile, idle, outage, quota,
//	report, stampede                             processes and a Redis of their own (deployment.go, fleet.go)
//	ahead, novelty, writing                      made-up days and calendars, without other processes
//
// A [Result] is printed for people in the rows of the README's table, drawn on a page of
// HTML, or encoded as JSON.
package bench
