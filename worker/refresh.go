package worker

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/rs/zerolog"

	"foreday/cache"
	"foreday/summarizer"
)

// maxRestarts bounds how often a job starts over because messages arrived during
// its run. After that, what it has is written up, and the queue decides who is
// next: under an unending stream of events readers still get a summary at most one
// refresh old, and no day keeps the others waiting.
const maxRestarts = 2

// Refresher does the one job there is: it makes the summary of one day and
// commits it. It is safe for concurrent use.
type Refresher struct {
	Store       *cache.Store
	Queue       *Queue
	Summarizer  *summarizer.Summarizer
	RefreshDays int // days from today on that are regenerated ahead of any reader
	Metrics     *Metrics
	Log         zerolog.Logger
	// Now is the clock that says what day it is. Everything else goes by the
	// real time.
	Now func() time.Time
}

// laterError puts a job off without counting as a failure.
type laterError struct {
	at  time.Time // zero: as soon as anybody has time
	err error
}

func (e *laterError) Error() string {
	return fmt.Sprintf("put off until %s: %v", e.at.UTC().Format(time.RFC3339Nano), e.err)
}
func (e *laterError) Unwrap() error { return e.err }

var errCooldown = errors.New("the last refresh of this day is too recent")

// Refresh does the job of a token. An error means that the queue should try the
// same job again; a *laterError says when.
func (r *Refresher) Refresh(ctx context.Context, token cache.Token) error {
	start := time.Now()
	outcome, err := r.refresh(ctx, token)
	r.Metrics.refreshed(outcome)
	event := r.Log.Info()
	var later *laterError
	if err != nil && !errors.As(err, &later) {
		event = r.Log.Warn()
	}
	event.Err(err).Str("user", token.User).Stringer("date", token.Date).Str("token", token.ID).
		Str("outcome", string(outcome)).Dur("took_ms", time.Since(start)).Msg("refresh")
	return err
}

func (r *Refresher) refresh(ctx context.Context, token cache.Token) (outcome, error) {
	owner := uuid.NewString()
	day, err := r.day(ctx, token)
	if err != nil && !errors.Is(err, summarizer.ErrAccess) {
		// Nothing has begun: the token is pending still, and this job its holder.
		return r.giveUp(ctx, err)
	}
	run, begun, beginErr := r.begin(ctx, owner, token.User, &day)
	if beginErr != nil {
		return r.giveUp(ctx, beginErr)
	}
	switch begun {
	case cache.Later:
		return putOff, &laterError{run.NotBefore, errCooldown}
	case cache.Busy:
		// The run under way answers for what was pending when it began, and
		// hands over what came after. The ledger keeps this token until then.
		return busy, nil
	case cache.Done, cache.Idle:
		return map[cache.Begun]outcome{cache.Done: done, cache.Idle: idle}[begun], r.Store.Ledger().Settle(ctx, token)
	}
	// What this run answers for: the job's own promise, and all that it finds pending.
	keeps := []cache.Token{token, run.Cleared}
	if err != nil {
		return r.abandon(ctx, run, keeps, err)
	}
	if run.Unreadable != nil {
		r.Log.Warn().Err(run.Unreadable).Str("user", token.User).Msg("the summary is made as for everybody")
	}
	for restarts := 0; ; restarts++ {
		out, committed, err := r.run(ctx, owner, &run, &keeps, day, &restarts)
		switch {
		case errors.Is(err, cache.ErrLost):
			return busy, nil
		case err != nil:
			return r.abandon(ctx, run, keeps, err)
		case restarts == maxRestarts || !r.goesOn(ctx, owner, &run, &keeps, day, committed.Next):
			return out, r.finish(ctx, keeps, committed)
		}
		r.Metrics.refreshed(out)
	}
}

// goesOn begins the next run of the day at once, if messages that came during the
// last one ask for it and it need not wait: in the queue it would go behind all
// others, who have waited less long.
func (r *Refresher) goesOn(ctx context.Context, owner string, run *cache.Run, keeps *[]cache.Token, day summarizer.Day, next cache.Task) bool {
	if next.Action != cache.Enqueue || next.NotBefore.After(time.Now()) {
		return false
	}
	return r.beginAnew(ctx, owner, run, keeps, day) == nil
}

// errOthers is the reason why a run cannot begin anew: there is no need to.
var errOthers = errors.New("another run, or none, is to follow")

// beginAnew moves run on to a new one of the same day, and adds to keeps the
// promise that it then answers for as well.
func (r *Refresher) beginAnew(ctx context.Context, owner string, run *cache.Run, keeps *[]cache.Token, day summarizer.Day) error {
	again, begun, err := r.Store.Begin(ctx, owner, run.User, day, true)
	switch {
	case err != nil:
		return err
	case begun != cache.Go:
		return errOthers
	}
	*keeps = append(*keeps, again.Cleared)
	*run = again
	return nil
}

// day returns the day as the user lives it. Without access to the calendar, its
// zone is nil.
func (r *Refresher) day(ctx context.Context, token cache.Token) (summarizer.Day, error) {
	zone, err := r.Summarizer.ZoneOf(ctx, token.User)
	return summarizer.Day{Date: token.Date, Zone: zone}, err
}

// begin begins a run, in the zone in which the user's days are kept from then on.
func (r *Refresher) begin(ctx context.Context, owner, user string, day *summarizer.Day) (cache.Run, cache.Begun, error) {
	for range maxAgain {
		if day.Zone != nil && !r.dueAhead(*day) {
			// It may have been due in a zone that was only guessed, and another
			// day be due here: Begin, finding this one idle, would not say so.
			if err := r.agreeOnZone(ctx, user, day); err != nil {
				return cache.Run{}, 0, err
			}
		}
		due := day.Zone == nil || r.dueAhead(*day)
		run, begun, err := r.Store.Begin(ctx, owner, user, *day, due)
		if err != nil || begun != cache.Zoned {
			return run, begun, err
		}
		if err := r.agreeOnZone(ctx, user, day); err != nil {
			return run, begun, err
		}
	}
	return cache.Run{}, 0, fmt.Errorf("begin run for user %s, %s: the time zone keeps changing", user, day.Date)
}

// forgetter is implemented by a Source that remembers zones for a while.
type forgetter interface{ Forget(user string) }

// agreeOnZone deals with days that are kept in another zone than the day's. What
// this process remembers may be out of date, so the calendar is asked anew: two
// processes that each trusted their memory would invalidate each other's days
// without end. If the user has changed zone, every day kept in the old one is
// invalidated.
func (r *Refresher) agreeOnZone(ctx context.Context, user string, day *summarizer.Day) error {
	kept, err := r.Store.Zone(ctx, user)
	if err != nil || kept == "" || kept == day.Zone.String() {
		return err
	}
	if source, ok := r.Summarizer.Source.(forgetter); ok {
		source.Forget(user)
	}
	zone, err := r.Summarizer.ZoneOf(ctx, user)
	if err != nil {
		return err
	}
	day.Zone = zone
	if zone.String() == kept {
		return nil
	}
	// Once the zone is set, no other job comes here again: nobody else vouches for
	// the other days.
	rezone := cache.Invalidation{User: user, All: true, Redelivered: true, Published: time.Now(), SetZone: zone.String()}
	rezone.Days = dueWindow(zone, r.Now(), r.RefreshDays).days()
	return r.apply(ctx, rezone)
}

// apply invalidates days of one user and sees to the refreshes it asks for.
func (r *Refresher) apply(ctx context.Context, in cache.Invalidation) error {
	tasks, err := invalidateAll(ctx, r.Store, []cache.Invalidation{in}, func(in *cache.Invalidation, out cache.Outcome) {
		in.Days = withKnown(in.Days, out.Known)
	})
	if err != nil {
		return err
	}
	return promise(ctx, r.Store.Ledger(), r.Queue, tasks)
}

func (r *Refresher) dueAhead(day summarizer.Day) bool {
	return dueWindow(day.Zone, r.Now(), r.RefreshDays).touches(day.Date, day.Date)
}

// run fetches, judges and writes up the day under the run's lease, and commits
// the result. If it has to start over, it begins anew and counts that.
func (r *Refresher) run(ctx context.Context, owner string, run *cache.Run, keeps *[]cache.Token, day summarizer.Day, restarts *int) (outcome, cache.Committed, error) {
	lease := r.keepAlive(ctx, run)
	defer lease.stop()
	ctx = lease.ctx
	var draft summarizer.Draft
	for ; ; *restarts++ {
		var err error
		if draft, err = r.fetch(ctx, run, day); err != nil {
			return failed, cache.Committed{}, lease.cause(err)
		}
		if *restarts == maxRestarts || !r.superseded(ctx, run) {
			break
		}
		// What came in the meantime makes this draft old news: better to fetch
		// again than to pay for a text that can never be fresh.
		err = r.beginAnew(ctx, owner, run, keeps, day)
		if errors.Is(err, errOthers) {
			break
		}
		if err != nil {
			return failed, cache.Committed{}, err
		}
		lease.moved(run.ID)
	}
	sum, out, err := r.write(ctx, run, draft)
	if err != nil {
		return failed, cache.Committed{}, lease.cause(err)
	}
	sum.Generation = run.Gen
	committed, err := r.Store.Commit(ctx, *run, sum)
	if err != nil {
		return failed, cache.Committed{}, err
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

// fetch reads the day, again if it lags behind the messages.
func (r *Refresher) fetch(ctx context.Context, run *cache.Run, day summarizer.Day) (summarizer.Draft, error) {
	for try := 0; ; try++ {
		draft, err := r.Summarizer.Fetch(ctx, run.User, day, run.Preferences)
		if err != nil || try == len(lookAgain) || agrees(draft.Seen, run.Want) {
			return draft, err
		}
		r.Metrics.looked()
		select {
		case <-ctx.Done():
			return draft, ctx.Err()
		case <-time.After(lookAgain[try]):
		}
	}
}

// agrees reports whether the events seen on the day are in line with what the
// messages said, the last word on each event counting.
func agrees(seen map[string]bool, want []string) bool {
	last := make(map[string]bool, len(want))
	for _, w := range want {
		last[w[1:]] = w[0] == '+'
	}
	for id, there := range last {
		if seen[id] != there {
			return false
		}
	}
	return true
}

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
	if sum.Degraded {
		return sum, degraded, err
	}
	return sum, written, err
}

// finish sees to what is left after a commit: the ledger, and the messages that
// came during the run.
func (r *Refresher) finish(ctx context.Context, keeps []cache.Token, c cache.Committed) error {
	if c.Fresh && !c.Since.IsZero() {
		r.Metrics.fresh(time.Since(c.Since))
	}
	if err := r.Queue.Enqueue(ctx, c.Next); err != nil {
		return err
	}
	return r.Store.Ledger().Settle(ctx, keeps...)
}

// giveUp turns the error of a try that began nothing into what the queue should do.
func (r *Refresher) giveUp(ctx context.Context, err error) (outcome, error) {
	var wait summarizer.Putoff
	switch {
	case errors.As(err, &wait):
		return putOff, &laterError{wait.PutoffUntil(), err}
	case ctx.Err() != nil:
		return putOff, &laterError{time.Time{}, errShutdown}
	}
	return failed, err
}

// abandon ends a run that failed, and says what the queue should do: try the same
// job, whose token is the first of keeps, again, unless messages have come
// meanwhile, whose job will do it.
func (r *Refresher) abandon(ctx context.Context, run cache.Run, keeps []cache.Token, cause error) (outcome, error) {
	token := keeps[0]
	out, err := r.giveUp(ctx, cause)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	fault := ""
	if errors.Is(cause, summarizer.ErrAccess) {
		fault = cache.FaultAccess
		if !errors.As(cause, new(summarizer.Putoff)) {
			return r.abandonForGood(ctx, run, keeps, cause)
		}
	}
	ledger := r.Store.Ledger()
	if trackErr := ledger.Track(ctx, time.Now().Add(graceQueued), token); trackErr != nil {
		return out, errors.Join(err, trackErr)
	}
	pending, abandonErr := r.Store.Abandon(ctx, run, token, fault)
	if abandonErr != nil {
		return out, errors.Join(err, abandonErr)
	}
	if pending == token || pending.ID == "" {
		return out, err
	}
	next := cache.Task{Token: pending, Action: cache.Enqueue, NotBefore: time.Now().Add(firstRetry)}
	var later *laterError
	if errors.As(err, &later) {
		next.NotBefore = later.at
	}
	if enqueueErr := r.Queue.Enqueue(ctx, next); enqueueErr != nil {
		return out, errors.Join(err, enqueueErr)
	}
	return out, ledger.Settle(ctx, keeps...)
}

// abandonForGood ends a run that had no access to the calendar. Trying again would
// not help: readers are told, and the next message or reader tries anew.
func (r *Refresher) abandonForGood(ctx context.Context, run cache.Run, keeps []cache.Token, cause error) (outcome, error) {
	pending, err := r.Store.Abandon(ctx, run, cache.Token{}, cache.FaultAccess)
	if err != nil {
		return failed, err
	}
	r.Log.Warn().Err(cause).Str("user", run.User).Msg("no access to the calendar: not tried again until the next message or reader")
	if pending.ID != "" {
		if err := r.Queue.Enqueue(ctx, cache.Task{Token: pending, Action: cache.Enqueue}); err != nil {
			return noAccess, err
		}
	}
	return noAccess, r.Store.Ledger().Settle(ctx, keeps...)
}

// lease keeps a run's lease while its work goes on.
type lease struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	runID  atomic.Pointer[string]
	done   chan struct{}
}

// keepAlive extends the lease until stop. If somebody else has taken the run
// over, its context ends: to go on would be wasted.
func (r *Refresher) keepAlive(ctx context.Context, run *cache.Run) *lease {
	l := &lease{done: make(chan struct{})}
	l.ctx, l.cancel = context.WithCancelCause(ctx)
	l.moved(run.ID)
	beat := *run
	go func() {
		defer close(l.done)
		r.watchOver(l.ctx, beat)
		tick := time.NewTicker(r.Store.Lease() / 4)
		defer tick.Stop()
		for {
			select {
			case <-l.ctx.Done():
				return
			case <-tick.C:
			}
			beat.ID = *l.runID.Load()
			_, err := r.Store.Extend(l.ctx, beat)
			if errors.Is(err, cache.ErrLost) && beat.ID == *l.runID.Load() {
				l.cancel(err)
				return
			}
		}
	}()
	return l
}

// watchOver lets the sweep look for the run as soon as its lease can have ended,
// if it was so long in the queue that it may be due for a look much later. If this
// fails, it is found then.
func (r *Refresher) watchOver(ctx context.Context, run cache.Run) {
	if run.Cleared.ID == "" || run.Cleared.Age(time.Now()) < graceQueued {
		return
	}
	if err := r.Store.Ledger().Track(ctx, time.Now().Add(r.Store.Lease()), run.Cleared); err != nil && ctx.Err() == nil {
		r.Log.Debug().Err(err).Msg("a run is not watched over")
	}
}

// moved tells the lease that the run has begun anew.
func (l *lease) moved(id string) { l.runID.Store(&id) }

// stop ends the heartbeat and waits for it.
func (l *lease) stop() {
	l.cancel(nil)
	<-l.done
}

// cause returns the reason for which the work was interrupted, if it was, else err.
func (l *lease) cause(err error) error {
	if cause := context.Cause(l.ctx); errors.Is(cause, cache.ErrLost) {
		return cause
	}
	return err
}
