package worker

import (
	"context"
	"errors"
	"time"

	"foreday/cache/freshness"
	"foreday/summarizer"
	"foreday/worker/replicas"
)

// fetch reads the day, once it has debounced the messages. If messages come meanwhile,
// it begins anew, which counts as a restart: better to fetch again than to pay for a
// text that can never be fresh.
func (j *job) fetch(ctx context.Context) (draft summarizer.Draft, err error) {
	defer count(&j.spent.fetch)()
	ctx, end := child(ctx, "fetch")
	defer func() { end(failureOf(err)) }()
	if j.debounce(ctx) {
		if _, err := j.beginAnew(ctx); err != nil {
			return summarizer.Draft{}, err
		}
	}
	for ; ; j.restarts++ {
		began := time.Now()
		draft, err = j.list(ctx)
		if err != nil || j.restarts == maxRestarts || time.Since(began) < briefFetch || !j.superseded(ctx) {
			return draft, err
		}
		if ok, err := j.beginAnew(ctx); err != nil || !ok {
			return draft, err
		}
	}
}

// lookAgain is how long to wait before each further look at a calendar that does
// not show yet what the messages tell: it may lag a moment behind its own
// acknowledgements.
var lookAgain = []time.Duration{50 * time.Millisecond, 150 * time.Millisecond, 500 * time.Millisecond}

// list reads the day from the calendar, again if that lags behind the messages,
// unless others have come: what this run then finds is old news anyway.
func (j *job) list(ctx context.Context) (summarizer.Draft, error) {
	for try := 0; ; try++ {
		draft, err := j.Summarizer.Fetch(ctx, j.run.User, j.day, j.run.Preferences)
		if err != nil {
			return draft, &calendarError{err}
		}
		if try == len(lookAgain) || meets(draft.Listing, j.run.Expect) {
			return draft, nil
		}
		j.Metrics.looked()
		if !pause(ctx, lookAgain[try]) {
			return draft, ctx.Err()
		}
		if j.superseded(ctx) {
			return draft, nil
		}
	}
}

// briefFetch is a fetch so short that to ask whether messages came during it would
// cost more than the text that is now and then written and not fresh.
const briefFetch = 10 * time.Millisecond

// superseded reports whether messages have arrived since the run began. An error
// is no reason to stop.
func (j *job) superseded(ctx context.Context) bool {
	gen, err := j.Store.Extend(ctx, j.run)
	return err == nil && gen != j.run.Gen
}

// write writes the draft up, or takes over the last text if it would be the same.
func (j *job) write(ctx context.Context, draft summarizer.Draft) (sum summarizer.Summary, out outcome, err error) {
	defer count(&j.spent.write)()
	ctx, end := child(ctx, "write")
	defer func() { end(failureOf(err)) }()
	if prev := j.run.Previous; prev != nil && !prev.Degraded && prev.Fingerprint == j.Summarizer.Fingerprint(draft) {
		sum, out = *prev, unchanged
		sum.FetchedAt = draft.FetchedAt.UTC()
	} else {
		sum, err = j.Summarizer.Write(ctx, j.run.User, draft)
		out = written
	}
	if errors.As(err, new(summarizer.Deferred)) {
		// Readers need not wait for a model: they are told in the meantime.
		if plain, plainErr := j.Summarizer.Plain(ctx, j.run.User, draft); plainErr == nil {
			plain.Generation = j.run.Gen
			return sum, failed, &modelError{err, plain}
		}
	}
	if sum.Degraded {
		out = degraded
	}
	sum.Generation = j.run.Gen
	return sum, out, err
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
func (j *job) commit(ctx context.Context, sum summarizer.Summary) (committed freshness.Committed, err error) {
	defer count(&j.spent.commit)()
	ctx, end := child(ctx, "commit")
	defer func() { end(failureOf(err)) }()
	for began := time.Now(); ; {
		committed, err = j.Store.Commit(replicas.Prefer(ctx), j.run, sum)
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
