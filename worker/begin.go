package worker

import (
	"context"
	"fmt"
	"time"

	"foreday/cache/freshness"
	"foreday/summarizer"
	"foreday/worker/replicas"
)

// begin begins the first run, in the zone in which the user's days are kept from
// then on. dayErr is why the calendar could not be asked for that zone. A run that is
// to fail for it is begun as well: it leaves word for readers, and a token for those
// who would queue another job.
func (j *job) begin(ctx context.Context) (begun freshness.Begun, dayErr, err error) {
	token := j.tokens[0]
	defer j.notLost(ctx, token)()
	j.day = summarizer.Day{Date: token.Date}
	if j.day.Zone, err = j.Summarizer.ZoneOf(ctx, token.User); err != nil {
		if ctx.Err() != nil {
			// Nothing has begun: the token is pending still, and this job its holder.
			return 0, nil, err
		}
		dayErr = &calendarError{err}
	}
	for range maxAgain {
		if j.day.Zone != nil && !j.dueAhead() {
			// It may have been due in a zone that was only guessed, and another
			// day be due here: Begin, finding this one idle, would not say so.
			if err := j.agreeOnZone(ctx); err != nil {
				return 0, nil, err
			}
		}
		due := j.day.Zone == nil || j.dueAhead()
		run, begun, err := j.Store.Begin(replicas.Prefer(ctx), j.owner, token.User, j.day, due)
		if err != nil {
			return begun, nil, err
		}
		if begun != freshness.BeginZoned {
			j.begins(run)
			return begun, dayErr, nil
		}
		if err := j.agreeOnZone(ctx); err != nil {
			return begun, nil, err
		}
	}
	return 0, nil, fmt.Errorf("begin run for user %s, %s: the time zone keeps changing", token.User, token.Date)
}

// notLost keeps the sweep from taking the job for lost until stop is called: before a
// run has begun there is no lease, and a calendar may take long to name its zone. Each
// job that were put in its place would wait for the same.
func (j *job) notLost(ctx context.Context, token freshness.Token) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for pause(ctx, graceQueued/3) {
			if err := j.Store.Ledger().Track(ctx, graceQueued, token); err != nil && ctx.Err() == nil {
				j.Log.Debug().Err(err).Msg("a job that has not begun may be taken for lost")
			}
		}
	}()
	return func() { cancel(); <-done }
}

// begins notes the run that has begun, and what it found pending.
func (j *job) begins(run freshness.Run) {
	j.run = run
	j.tokens = append(j.tokens, run.Cleared)
	if j.lease != nil {
		j.lease.moved(run.ID)
	}
	j.linkSpan()
}

// beginAnew begins another run of the day, unless another execution is at it, or
// nobody needs one.
func (j *job) beginAnew(ctx context.Context) (ok bool, err error) {
	run, begun, err := j.Store.Begin(replicas.Prefer(ctx), j.owner, j.run.User, j.day, true)
	if err != nil || begun != freshness.BeginGo {
		return false, err
	}
	j.begins(run)
	return true, nil
}

// goesOn begins the next run of the day at once, if messages that came during the
// last one ask for it and it need not wait: in the queue it would go behind all
// others, who have waited less long.
func (j *job) goesOn(ctx context.Context, next freshness.Task) bool {
	if next.Action != freshness.ActEnqueue || next.NotBefore.After(time.Now()) {
		return false
	}
	ok, err := j.beginAnew(ctx)
	return ok && err == nil
}

// forgetter is implemented by a Source that remembers zones for a while.
type forgetter interface{ Forget(user string) }

// agreeOnZone deals with days that are kept in another zone than the day's. What
// this process remembers may be out of date, so the calendar is asked anew: two
// processes that each trusted their memory would invalidate each other's days
// without end. If the user has changed zone, every day kept in the old one is
// invalidated.
func (j *job) agreeOnZone(ctx context.Context) error {
	user := j.tokens[0].User
	kept, err := j.Store.Zone(ctx, user)
	if err != nil || kept == "" || kept == j.day.Zone.String() {
		return err
	}
	if source, ok := j.Summarizer.Source.(forgetter); ok {
		source.Forget(user)
	}
	if j.day.Zone, err = j.Summarizer.ZoneOf(ctx, user); err != nil {
		return err
	}
	zone := j.day.Zone
	if zone.String() == kept {
		return nil
	}
	// Once the zone is set, no other job comes here again: nobody else vouches for
	// the other days.
	rezone := freshness.Invalidation{User: user, All: true, Redelivered: true, Published: time.Now(), SetZone: zone.String()}
	rezone.Days = dueWindow(zone, j.Now(), j.RefreshDays).days()
	return invalidateOne(ctx, j.Store, j.Queue, rezone, func(in *freshness.Invalidation, out freshness.Outcome) {
		in.Days = withKnown(in.Days, out.Known)
	})
}

func (j *job) dueAhead() bool {
	return dueWindow(j.day.Zone, j.Now(), j.RefreshDays).touches(j.day.Date, j.day.Date)
}
