package worker

import (
	"context"
	"errors"

	"foreday/cache"
)

// maxAgain bounds how often days are computed anew because the user's zone or
// cached days changed meanwhile.
const maxAgain = 5

var errAgain = errors.New("the days of a user keep changing under an invalidation; it will be tried again")

// invalidateAll applies invalidations and returns the refreshes they ask for.
// recompute is called for each whose days turn out to be computed in the wrong
// zone or incomplete.
func invalidateAll(ctx context.Context, store *cache.Store, list []cache.Invalidation,
	recompute func(*cache.Invalidation, cache.Outcome)) ([]cache.Task, error) {
	var tasks []cache.Task
	for range maxAgain {
		outcomes, err := store.Invalidate(ctx, list)
		if err != nil {
			return nil, err
		}
		var again []cache.Invalidation
		for i, out := range outcomes {
			if out.Again {
				recompute(&list[i], out)
				again = append(again, list[i])
				continue
			}
			tasks = append(tasks, out.Tasks...)
		}
		if len(again) == 0 {
			return tasks, nil
		}
		list = again
	}
	return nil, errAgain
}

// promise enters the refreshes into the ledger, and only then into the queue:
// whatever is lost after this returns is found by the sweep.
func promise(ctx context.Context, ledger *cache.Ledger, queue *Queue, tasks []cache.Task) error {
	if err := ledger.TrackTasks(ctx, graceQueued, tasks...); err != nil {
		return err
	}
	return queue.Enqueue(ctx, tasks...)
}
