package wiring

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"foreday/worker/quota"
)

const (
	// waitingPerWorker is how many jobs may wait for each worker: some seconds' work of one
	// with a CPU or two.
	waitingPerWorker = 100
	// lateJobs is how many jobs must wait for each worker for workers to be what makes
	// promised refreshes late. A single one may be old as its calendar fails.
	lateJobs = 10
	// lateFrom is how old the oldest promised refresh is then.
	lateFrom = 30 * time.Second
)

// workersWanted is how many workers there should be, for so many that are alive. It goes by
// the jobs and by the oldest promised refresh, not by the stream, which workers drain at
// once however little else they get done. While a limit binds, more workers would only wait.
func workersWanted(alive int, waiting int64, oldest time.Duration, limitBinds bool) int {
	wanted := int((waiting + waitingPerWorker - 1) / waitingPerWorker)
	if oldest > lateFrom && waiting > lateJobs*int64(alive) {
		wanted = max(wanted, alive+(alive+1)/2)
	}
	if limitBinds {
		wanted = min(wanted, alive)
	}
	return max(1, wanted)
}

// limitBinds reports whether calls to an upstream wait for a limit that all share. A model
// without credit is none: summaries are planned without it.
func limitBinds(ctx context.Context, client redis.UniversalClient) (bool, error) {
	for _, api := range []string{quota.Google, quota.OpenAI} {
		use, err := quota.LookAtUse(ctx, client, api, "", nil, time.Now())
		if err != nil {
			return false, err
		}
		use.NoCredit = 0
		if what, _ := use.Binding(); what != "" {
			return true, nil
		}
	}
	return false, nil
}
