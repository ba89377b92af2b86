package main

import (
	"regexp"
	"testing"
	"time"

	"foreday/cache/redistest"
)

func TestAWorkerThatWaitsForReplicasAcknowledgesOnceThereIsOne(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, redistest.QuickReplicas()) // of which there is none at first
	client, sandbox := server.Client(t), startSandbox(t, "--users", "1")
	e := sandbox.env.with("REDIS_URL="+server.URL(), "FOREDAY_WAIT_REPLICAS=1", "FOREDAY_WAIT_TIMEOUT=20ms", "PORT="+freePort(t))
	worker := start(t, e, "worker")
	metrics := addressIn(t, worker.says(t, `"metrics":`), "metrics")
	publishToday(t, server, "u1")
	worker.says(t, "0 of 1 have")
	time.Sleep(200 * time.Millisecond) // for some tries more
	if pending := client.XPending(t.Context(), "foreday:events", "foreday").Val(); pending == nil || pending.Count != 1 {
		t.Errorf("without a replica, pending is %+v, want one message", pending)
	}
	if body := get(t, metrics).body; !regexp.MustCompile(`\nforeday_replica_waits_total\{outcome="too_few"\} [1-9]`).MatchString(body) {
		t.Error("/metrics does not count waits that failed")
	}
	server.Replica(t)
	wantDrained(t, client)
	if n := client.XLen(t.Context(), "foreday:dead").Val(); n != 0 {
		t.Errorf("%d dead letters", n)
	}
}
