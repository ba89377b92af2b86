package worker

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/rs/zerolog"

	"foreday/cache/freshness"
	"foreday/cache/habit"
	"foreday/summarizer"
)

// RefreshAhead renews summaries that are being read before they end, and makes those of
// people who read regularly before they begin to. All workers share what there is to do.
// Nothing is promised: what is not made ahead is made when it is read.
type RefreshAhead struct {
	Store       *freshness.Store
	RefreshDays int
	// Busy reports whether jobs wait for a worker: none is made ahead meanwhile.
	Busy func(context.Context) (bool, error)
	// Enqueue puts a job into the queue.
	Enqueue func(context.Context, ...freshness.Task) error
	Now     func() time.Time // the clock that says what day it is
	Log     zerolog.Logger
}

// What an entry in the ledger of days to look at means, in the place of a token's ID.
const (
	entryRenew = "renew" // the fresh copy is about to end
	entryWarm  = "warm"  // reading is about to begin
)

const (
	// aheadEvery is how often one worker looks whether anything is to be made ahead, at
	// most, and restMost how long it rests if nothing is.
	aheadEvery = time.Second
	restMost   = 10 * time.Second
	// aheadBatch bounds what it takes in hand then.
	aheadBatch = 50
	// aheadHide is when that is looked at again if workers are busy, or this one dies.
	aheadHide = 10 * time.Second
	// warmSpread is over how much time the days of those who begin to read at the same
	// time are made.
	warmSpread = 15 * time.Minute
	// briefest is the least that a copy is renewed before it ends.
	briefest = 500 * time.Millisecond
)

// lead returns how long before its end a copy is renewed: soon enough that it is there in
// time, and late enough that little of its life is lost.
func lead(ttl time.Duration) (least, most time.Duration) {
	return max(ttl/60, briefest), max(ttl/12, 3*briefest)
}

// PlanRenewal has somebody look, before the copy ends that was just made for readers,
// whether it is to be renewed.
func PlanRenewal(ctx context.Context, store *freshness.Store, user string, date summarizer.Date) error {
	return planRenewal(ctx, store, user, date, store.SummaryTTL())
}

func planRenewal(ctx context.Context, store *freshness.Store, user string, date summarizer.Date, ttl time.Duration) error {
	least, most := lead(store.SummaryTTL())
	return store.Ahead().Spread(ctx, freshness.Token{User: user, Date: date, ID: entryRenew}, ttl-most, ttl-least)
}

// Run looks until ctx is done.
func (a *RefreshAhead) Run(ctx context.Context) {
	failing := false
	least, _ := lead(a.Store.SummaryTTL())
	for rest := aheadEvery; pause(ctx, rest/2+rand.N(rest)); {
		_, next, err := a.Look(ctx)
		rest = max(aheadEvery, min(next, least, restMost))
		if err != nil && !failing && ctx.Err() == nil {
			a.Log.Warn().Err(err).Msg("nothing is made ahead of readers; tried again every second")
		}
		failing = err != nil
	}
}

// Look looks once at what is due, and returns for how many days it has asked, and after
// what time there is more.
func (a *RefreshAhead) Look(ctx context.Context) (asked int, next time.Duration, err error) {
	entries, next, err := a.Store.Ahead().Claim(ctx, aheadBatch, aheadHide)
	if err != nil || len(entries) == 0 {
		return 0, next, err
	}
	if busy, err := a.Busy(ctx); busy || err != nil {
		return 0, next, err
	}
	for _, entry := range entries {
		ok, err := a.look(ctx, entry)
		if err != nil {
			return asked, next, err
		}
		if ok {
			asked++
		}
	}
	return asked, next, nil
}

// look sees to one entry: another takes its place, if any day of the user is to be looked
// at again.
func (a *RefreshAhead) look(ctx context.Context, entry freshness.Token) (asked bool, err error) {
	know, err := a.Store.Readership(ctx, entry.User, entry.Date)
	if err != nil {
		return false, err
	}
	if err := a.Store.Ahead().Settle(ctx, entry); err != nil {
		return false, err
	}
	zone, err := time.LoadLocation(know.Zone)
	if err != nil || know.Zone == "" {
		return false, nil // nothing was ever made for the user
	}
	now, ttl := a.Now().In(zone), a.Store.SummaryTTL()
	_, most := lead(ttl)
	over := entry.Date.Before(summarizer.DateOf(now))
	switch {
	case !over && know.TTL > most: // it was made since
		return false, planRenewal(ctx, a.Store, entry.User, entry.Date, know.TTL)
	case !over && (entry.ID == entryWarm || willBeRead(know, entry.Date, now, ttl)):
		if err := a.ask(ctx, entry); err != nil {
			return false, err
		}
		return true, planRenewal(ctx, a.Store, entry.User, entry.Date, ttl)
	default:
		return false, a.planNext(ctx, entry.User, now, know)
	}
}

// willBeRead reports whether a copy made now will probably be read before it ends. Of when
// people read about other days than the one that it is, nothing is kept: it is enough that
// they did so lately.
func willBeRead(know freshness.Readership, date summarizer.Date, now time.Time, ttl time.Duration) bool {
	lately := func(d time.Duration) bool { return know.SinceRead >= 0 && know.SinceRead < d }
	if date != summarizer.DateOf(now) {
		return lately(ttl / 2)
	}
	return know.Reads.Soon(now, ttl, lately(min(habit.Lately, ttl/2)))
}

// ask has a day made that nobody waits for.
func (a *RefreshAhead) ask(ctx context.Context, entry freshness.Token) error {
	task, err := a.Store.RequestAhead(ctx, entry.User, entry.Date)
	if err != nil {
		return err
	}
	return a.Enqueue(ctx, task)
}

// planNext has somebody make the day on which the user will probably read next, before
// then.
func (a *RefreshAhead) planNext(ctx context.Context, user string, now time.Time, know freshness.Readership) error {
	next := know.Reads.Next(now, a.Store.SummaryTTL())
	if next.IsZero() {
		return nil
	}
	date := summarizer.DateOf(next)
	latest := next.Sub(now) - time.Minute
	soonest := latest - warmSpread
	if a.RefreshDays < 2 { // then no day is regenerated before it begins
		begins := summarizer.Day{Date: date, Zone: now.Location()}.Start().Sub(now)
		soonest, latest = max(soonest, begins), max(latest, begins)
	}
	return a.Store.Ahead().Spread(ctx, freshness.Token{User: user, Date: date, ID: entryWarm}, max(soonest, 0), max(latest, 0))
}
