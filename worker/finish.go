package worker

import (
	"context"
	"math/rand/v2"
	"time"

	"foreday/cache/freshness"
)

// finish sees to what is left after a commit: the ledger, and the messages that
// came during the run.
func (j *job) finish(ctx context.Context, c freshness.Committed) error {
	if c.Fresh && c.Waited >= 0 {
		j.Metrics.fresh(c.Waited)
	}
	if c.Fresh && c.Read {
		// An error: it is made when it is read.
		_ = PlanRenewal(ctx, j.Store, j.run.User, j.run.Date)
	}
	if c.Fresh && j.SampleOneIn > 0 && rand.N(j.SampleOneIn) == 0 {
		// An error: it is one of many.
		_ = j.Store.Sample(ctx, j.run.User, j.run.Date, j.run.Gen)
	}
	if c.Next.NotBefore.After(time.Now()) {
		// It is in the ledger, due too early: whoever looked would not let it wait.
		if err := j.Store.Ledger().TrackTasks(ctx, graceQueued, c.Next); err != nil {
			return err
		}
	}
	if err := j.Queue.Enqueue(ctx, c.Next); err != nil {
		return err
	}
	return j.settle(ctx)
}

// settle strikes off what the job answers for.
func (j *job) settle(ctx context.Context) error {
	return j.Store.Ledger().Settle(ctx, j.tokens...)
}
