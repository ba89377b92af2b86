package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"foreday/cache"
	"foreday/summarizer"
)

// goesOn begins the next run of the day at once, if messages that came during the
// last one ask for it and it need not wait: in the queue it would go behind all
// others, who have waited less long.
func (r *Refresher) goesOn(ctx context.Context, owner string, run *cache.Run, keeps *[]cache.Token, day summarizer.Day,
	next cache.Task) bool {
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

// day returns the day as the user lives it. If the calendar cannot be asked, its
// zone is nil.
func (r *Refresher) day(ctx context.Context, token cache.Token) (summarizer.Day, error) {
	zone, err := r.Summarizer.ZoneOf(ctx, token.User)
	if err != nil {
		return summarizer.Day{Date: token.Date}, &calendarError{err}
	}
	return summarizer.Day{Date: token.Date, Zone: zone}, nil
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
	return invalidateOne(ctx, r.Store, r.Queue, in, func(in *cache.Invalidation, out cache.Outcome) {
		in.Days = withKnown(in.Days, out.Known)
	})
}

func (r *Refresher) dueAhead(day summarizer.Day) bool {
	return dueWindow(day.Zone, r.Now(), r.RefreshDays).touches(day.Date, day.Date)
}
