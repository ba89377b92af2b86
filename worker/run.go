package worker

import (
	"context"
	"errors"
	"time"

	"foreday/cache"
	"foreday/summarizer"
)

// run fetches, judges and writes up the day under the run's lease, and commits
// the result. If it has to start over, it begins anew and counts that.
func (r *Refresher) run(ctx context.Context, owner string, run *cache.Run, keeps *[]cache.Token, day summarizer.Day,
	restarts *int) (outcome, cache.Committed, error) {
	lease := r.keepAlive(ctx, run)
	defer lease.stop()
	ctx = lease.ctx
	if r.awaitQuiet(ctx, run) {
		if err := r.beginAnew(ctx, owner, run, keeps, day); err == nil {
			lease.moved(run.ID)
		} else if !errors.Is(err, errOthers) {
			return failed, cache.Committed{}, lease.cause(err)
		}
	}
	var draft summarizer.Draft
	for ; ; *restarts++ {
		var err error
		began := time.Now()
		if draft, err = r.fetch(ctx, run, day); err != nil {
			return failed, cache.Committed{}, lease.cause(err)
		}
		if *restarts == maxRestarts || time.Since(began) < briefFetch || !r.superseded(ctx, run) {
			break
		}
		// What came in the meantime makes this draft old news: better to fetch
		// again than to pay for a text that can never be fresh.
		err = r.beginAnew(ctx, owner, run, keeps, day)
		if errors.Is(err, errOthers) {
			break
		}
		if err != nil {
			return failed, cache.Committed{}, lease.cause(err)
		}
		lease.moved(run.ID)
	}
	sum, out, err := r.write(ctx, run, draft)
	if err != nil {
		return failed, cache.Committed{}, lease.cause(err)
	}
	sum.Generation = run.Gen
	committed, err := r.commit(ctx, *run, sum)
	if err != nil {
		return failed, cache.Committed{}, lease.cause(err)
	}
	if !committed.Fresh {
		out = superseded
	}
	r.Metrics.summary(sum, out)
	return out, committed, nil
}

// lookAgain is how long to wait before each further look at a calendar that does
// not show yet what the messages tell: it may lag a moment behind its own
// acknowledgements.
var lookAgain = []time.Duration{50 * time.Millisecond, 150 * time.Millisecond, 500 * time.Millisecond}

// fetch reads the day, again if it lags behind the messages, unless others have come:
// what this run then finds is old news anyway.
func (r *Refresher) fetch(ctx context.Context, run *cache.Run, day summarizer.Day) (summarizer.Draft, error) {
	for try := 0; ; try++ {
		draft, err := r.Summarizer.Fetch(ctx, run.User, day, run.Preferences)
		if err != nil {
			return draft, &calendarError{err}
		}
		if try == len(lookAgain) || agrees(draft.Listing, run.Want) {
			return draft, nil
		}
		r.Metrics.looked()
		if !pause(ctx, lookAgain[try]) {
			return draft, ctx.Err()
		}
		if r.superseded(ctx, run) {
			return draft, nil
		}
	}
}

// briefFetch is a fetch so short that to ask whether messages came during it would
// cost more than the text that is now and then written in vain.
const briefFetch = 10 * time.Millisecond

// superseded reports whether messages have arrived since the run began. An error
// is no reason to stop.
func (r *Refresher) superseded(ctx context.Context, run *cache.Run) bool {
	gen, err := r.Store.Extend(ctx, *run)
	return err == nil && gen != run.Gen
}

// write writes the draft up, or takes over the last text if it would be the same.
func (r *Refresher) write(ctx context.Context, run *cache.Run, draft summarizer.Draft) (summarizer.Summary, outcome, error) {
	if prev := run.Previous; prev != nil && !prev.Degraded && prev.Fingerprint == r.Summarizer.Fingerprint(draft) {
		same := *prev
		same.FetchedAt = draft.FetchedAt.UTC()
		return same, unchanged, nil
	}
	sum, err := r.Summarizer.Write(ctx, run.User, draft)
	if errors.As(err, new(summarizer.Putoff)) {
		// Readers need not wait for a model: they are told in the meantime.
		if plain, plainErr := r.Summarizer.Plain(ctx, run.User, draft); plainErr == nil {
			plain.Generation = run.Gen
			return sum, failed, &modelError{err, plain}
		}
	}
	if sum.Degraded {
		return sum, degraded, err
	}
	return sum, written, err
}

const (
	// commitPatience is how long a summary is held ready while Redis is away.
	commitPatience = 10 * time.Second
	// commitPause is between two tries: short, to be there before the sweep, which
	// would have it made again.
	commitPause = 50 * time.Millisecond
)

// commit commits the summary. It outlasts an outage of Redis: whatever came in the
// meantime, the script says whether the summary is still good.
func (r *Refresher) commit(ctx context.Context, run cache.Run, sum summarizer.Summary) (cache.Committed, error) {
	for began := time.Now(); ; {
		committed, err := r.Store.Commit(ctx, run, sum)
		if err == nil || time.Since(began) > commitPatience || !pause(ctx, commitPause) {
			return committed, err
		}
	}
}

// pause waits, and reports false if ctx ended before.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
