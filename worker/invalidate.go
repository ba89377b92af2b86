package worker

import (
	"context"
	"errors"

	"foreday/cache/freshness"
	"foreday/worker/replicas"
)

// maxAgain bounds how often days are computed anew because the user's zone or
// cached days changed meanwhile.
const maxAgain = 5

var errAgain = errors.New("the days of a user keep changing under an invalidation; it will be tried again")

// errMany is of an invalidation that means more days than are applied at once.
var errMany = errors.New("so many days are known of the user that they are invalidated page by page")

// invalidateAll applies invalidations and returns the refreshes they ask for, and
// the users for whom it failed. recompute is called for each whose days turn out to
// be computed in the wrong zone or incomplete.
func invalidateAll(ctx context.Context, store *freshness.Store, list []freshness.Invalidation,
	recompute func(*freshness.Invalidation, freshness.Outcome)) (tasks []freshness.Task, failed map[string]error, err error) {
	failed = make(map[string]error)
	for range maxAgain {
		outcomes, err := store.Invalidate(ctx, list)
		if err != nil {
			return tasks, failed, err
		}
		var again []freshness.Invalidation
		for i, out := range outcomes {
			switch {
			case out.Err != nil:
				failed[list[i].User] = out.Err
			case out.Many:
				failed[list[i].User] = errMany
			case out.Again:
				recompute(&list[i], out)
				again = append(again, list[i])
			default:
				tasks = append(tasks, out.Tasks...)
			}
		}
		if len(again) == 0 {
			return tasks, failed, nil
		}
		list = again
	}
	for _, in := range list {
		failed[in.User] = errAgain
	}
	return tasks, failed, nil
}

// invalidateOne applies an invalidation of one user, however many days are known of
// them, and tracks the refreshes it asks for. Known days that do not fit into one
// step are applied page by page, and the rest after them: a zone that is set by it
// stands only when all is done.
func invalidateOne(ctx context.Context, store *freshness.Store, queue *Queue, in freshness.Invalidation,
	recompute func(*freshness.Invalidation, freshness.Outcome)) error {
	list := []freshness.Invalidation{in}
	tasks, failed, err := invalidateAll(ctx, store, list, recompute)
	if err == nil {
		err = failed[in.User]
	}
	if errors.Is(err, errMany) {
		// What was computed anew on the way is in the list.
		return invalidatePages(ctx, store, queue, list[0])
	}
	if err != nil {
		return err
	}
	return trackAndEnqueue(ctx, store.Ledger(), queue, tasks)
}

// invalidatePages invalidates all known days of a user, then those of in. None of
// these steps means all days, so that each is done at once.
func invalidatePages(ctx context.Context, store *freshness.Store, queue *Queue, in freshness.Invalidation) error {
	apply := func(in freshness.Invalidation) error {
		return invalidateOne(ctx, store, queue, in, func(*freshness.Invalidation, freshness.Outcome) {})
	}
	for page, err := range store.KnownDays(ctx, in.User) {
		if err != nil {
			return err
		}
		days := make([]freshness.DueDay, len(page))
		for i, date := range page {
			days[i] = freshness.DueDay{Date: date}
		}
		some := freshness.Invalidation{User: in.User, Days: days, Redelivered: in.Redelivered, Published: in.Published, Message: in.Message,
			Traces: in.Traces}
		if err := apply(some); err != nil {
			return err
		}
	}
	in.All = false
	return apply(in)
}

// trackAndEnqueue enters the refreshes into the ledger, and only then into the queue:
// whatever is lost after this returns is found by the sweep. So replicas need not have the
// jobs.
func trackAndEnqueue(ctx context.Context, ledger *freshness.Ledger, queue *Queue, tasks []freshness.Task) error {
	if err := ledger.TrackTasks(ctx, graceQueued, tasks...); err != nil {
		return err
	}
	return queue.Enqueue(replicas.Without(ctx), tasks...)
}
