package worker

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel/trace"

	"foreday/cache/freshness"
	"foreday/summarizer"
	"foreday/summarizer/bulk"
	"foreday/summarizer/loggable"
)

// Refresher does the one job there is: it makes the summary of one day and
// commits it. It is safe for concurrent use.
type Refresher struct {
	Store       *freshness.Store
	Queue       *Queue
	Summarizer  *summarizer.Summarizer
	RefreshDays int // days from today on that are regenerated ahead of any reader
	// Process names the process to people who look into the state of a day; "" names none.
	Process string
	// SampleOneIn is of how many fresh copies one is drawn for a [Witness] to look at;
	// 0 is none.
	SampleOneIn int
	Metrics     *Metrics
	Log         zerolog.Logger
	Tracer      trace.Tracer // begins a span for each run; nil traces nothing
	// Now is the clock that says what day it is. Everything else goes by the
	// real time.
	Now func() time.Time
}

// Refresh does the job of a token. An error means that the queue should try the
// same job again; a *deferredError says when.
func (r *Refresher) Refresh(ctx context.Context, token freshness.Token) error {
	start := time.Now()
	j := &job{Refresher: r, start: start, owner: strings.TrimSpace(r.Process + " " + uuid.NewString()), tokens: []freshness.Token{token}}
	outcome, err := j.do(ctx)
	r.Metrics.refreshed(outcome)
	event := r.Log.Info()
	if isFailure(err) {
		event = r.Log.Warn()
	}
	if j.run.Message != "" {
		event.Str("message_id", j.run.Message)
	}
	event.Err(err).Str("user", token.User).Stringer("date", token.Date).Str("token", token.ID).
		Str("outcome", string(outcome)).Dur("took_ms", time.Since(start))
	if j.run.ID != "" {
		event.Int("restarts", j.restarts).Dur("fetch_ms", j.spent.fetch).Dur("write_ms", j.spent.write).Dur("commit_ms", j.spent.commit)
	}
	if j.traceID != "" {
		event.Str("trace_id", j.traceID)
	}
	event.Msg("refresh")
	return err
}

// job is one execution of a job: the runs of one day, one after the other.
type job struct {
	*Refresher
	owner    string         // names this execution to the store
	day      summarizer.Day // as the user lives it
	run      freshness.Run  // the one under way
	lease    *lease         // of the run; nil between two runs
	restarts int
	span     trace.Span // of the run; nil if it is not traced
	linked   []string   // to which it is
	traceID  string     // of the last run that was traced
	start    time.Time  // of what the next span covers
	spent    spent
	// tokens are what the job answers for: its own first, then all that it found
	// pending.
	tokens []freshness.Token
}

// spent is how long the steps of a job took, those of all its runs together. What is left
// of a job's time went by before its first run, or between two.
type spent struct{ fetch, write, commit time.Duration }

// count adds to the time of a step until stop is called.
func count(step *time.Duration) (stop func()) {
	began := time.Now()
	return func() { *step += time.Since(began) }
}

// maxRestarts bounds how often a job starts over because messages arrived during
// its run. After that, what it has is written up, and the queue decides who is
// next: under an unending stream of events readers still get a summary at most one
// refresh old, and no day keeps the others waiting.
const maxRestarts = 2

var errCooldown = errors.New("the last refresh of this day is too recent")

// do begins a run, makes the summary and commits it, and does so again while
// messages arrive.
func (j *job) do(ctx context.Context) (outcome, error) {
	begun, dayErr, err := j.begin(ctx)
	if err != nil {
		return j.nack(ctx, err)
	}
	switch begun {
	case freshness.BeginLater:
		return deferred, &deferredError{at: j.run.NotBefore, err: errCooldown}
	case freshness.BeginBusy:
		// The run under way answers for what was pending when it began, and
		// hands over what came after. The ledger keeps this token until then.
		return busy, nil
	case freshness.BeginDone:
		return done, j.settle(ctx)
	case freshness.BeginIdle:
		return idle, j.settle(ctx)
	}
	if dayErr != nil {
		j.beginSpan(ctx)
		return j.releaseTraced(ctx, dayErr)
	}
	if j.run.Unreadable != nil {
		j.Log.Warn().Err(j.run.Unreadable).Str("user", j.run.User).Msg("the summary is made as for everybody")
	}
	for {
		out, committed, err := j.refreshOnce(j.beginSpan(ctx))
		switch {
		case errors.Is(err, freshness.ErrLost):
			j.endSpan(busy, err)
			return busy, nil
		case err != nil:
			return j.releaseTraced(ctx, err)
		}
		j.endSpan(out, nil)
		if j.restarts == maxRestarts || !j.goesOn(ctx, committed.Next) {
			return out, j.finish(ctx, committed)
		}
		j.restarts++
		j.Metrics.refreshed(out)
	}
}

// refreshOnce fetches, judges and writes up the day under the run's lease, and
// commits the result.
func (j *job) refreshOnce(ctx context.Context) (out outcome, committed freshness.Committed, err error) {
	out = failed                   // if it panics
	defer loggable.Recovered(&err) // asynq would keep what it says for whoever looks at the queue
	ctx = j.keepAlive(ctx)
	defer j.endLease()
	ctx, leave := bulk.Within(ctx)
	defer leave()
	draft, err := j.fetch(ctx)
	if err != nil {
		return failed, freshness.Committed{}, j.lease.cause(err)
	}
	if draft.Brief.Unread == 0 {
		bulk.Leave(ctx) // what is left is little, and the model may take its time
	}
	sum, out, err := j.write(ctx, draft)
	if err != nil {
		return failed, freshness.Committed{}, j.lease.cause(err)
	}
	committed, err = j.commit(ctx, sum)
	if err != nil {
		return failed, freshness.Committed{}, j.lease.cause(err)
	}
	if !committed.Fresh {
		out = superseded
	}
	j.Metrics.summary(sum, out)
	return out, committed, nil
}
