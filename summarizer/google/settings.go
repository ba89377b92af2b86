package google

import (
	"context"
	"errors"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"foreday/summarizer"
	"foreday/summarizer/google/recur"
	"foreday/summarizer/loggable"
	"foreday/summarizer/memo"
)

// mostSettings is as many as Google puts on a page; there are about twenty.
const mostSettings = 250

const settingsOp = "settings.list"

// Settings returns what the user has set in Calendar. Without a zone there, it is
// that of their primary calendar. Whoever asks Google has it list the user's calendars at
// the same time: who wants to know where somebody lives wants their day next.
func (s *Source) Settings(ctx context.Context, user string) (summarizer.Settings, error) {
	var listing errgroup.Group
	set, err := known(ctx, s, settingsOp, user, s.settings, func(ctx context.Context, user string) (summarizer.Settings, error) {
		if _, err := s.access.Token(ctx, user); err != nil {
			return summarizer.Settings{}, newError(settingsOp, user, "", err, s.now()) // two would be refused two tokens
		}
		listing.Go(func() (err error) {
			defer loggable.Recovered(&err) // of a goroutine, it would end the process
			_, err = s.listed(context.WithValue(ctx, besideKey{}, true), user)
			return err
		})
		return s.readSettings(ctx, user)
	})
	if failed := listing.Wait(); err == nil && !errors.Is(failed, errTurnedDown) {
		err = failed // as the day would
	}
	return set, err
}

const (
	// maxJoined is how long whoever holds a place that others wait for waits for what
	// somebody else has asked for, and joinAgain how much later they may come again.
	maxJoined = 400 * time.Millisecond
	joinAgain = 2 * time.Second
)

// known returns what is kept about the user, or loads it, or waits for whoever does.
// Nothing is kept about a user who has moved to another account, of which their token
// tells.
func known[V any](
	ctx context.Context, s *Source, op, user string, kept *memo.Cache[string, V], load func(context.Context, string) (V, error),
) (v V, err error) {
	if s.moves {
		if _, err := s.access.Token(ctx, user); err != nil {
			return v, newError(op, user, "", err, s.now())
		}
	}
	joined, leave := context.WithCancelCause(ctx)
	defer leave(nil)
	timer := time.AfterFunc(maxJoined, func() {
		if summarizer.HoldsPlace(ctx) {
			leave(deferral{"the calendar takes long to answer, and is waited for by others", time.Now().Add(joinAgain)})
		}
	})
	defer timer.Stop()
	v, err = kept.Load(joined, user, func(_ context.Context, user string) (V, error) {
		timer.Stop() // it is we who ask
		return load(ctx, user)
	})
	var elsewhere deferral
	if err != nil && errors.As(context.Cause(joined), &elsewhere) {
		err = &Error{Op: "wait", User: user, Kind: Temporary, RetryAfter: joinAgain, Err: elsewhere}
	}
	return v, s.typed(op, user, err)
}

func (s *Source) readSettings(ctx context.Context, user string) (summarizer.Settings, error) {
	list, err := answer(s.api.Settings.List().MaxResults(mostSettings).Fields("items(id,value)").Context(asUser(ctx, user)).Do)
	if err != nil && !isGone(err, http.StatusNotFound) {
		return summarizer.Settings{}, newError(settingsOp, user, "", err, s.now())
	}
	value := map[string]string{}
	if err == nil {
		for _, item := range list.Items {
			if item != nil {
				value[item.Id] = item.Value
			}
		}
	}
	set := summarizer.Settings{Clock12: value["format24HourTime"] == "false"}
	if (summarizer.Preferences{Language: value["locale"]}).Validate() == nil {
		set.Language = value["locale"]
	}
	name, named := value["timezone"]
	if !named {
		name, err = s.calendarZone(ctx, user)
	}
	// If this system knows no such zone, the caller's default is better than no summary.
	set.Zone, _ = recur.LoadZone(name)
	return set, err
}

// calendarZone returns the zone of the user's primary calendar, for accounts without
// settings; "" if there is no such calendar in their list either.
func (s *Source) calendarZone(ctx context.Context, user string) (string, error) {
	entry, err := answer(s.api.CalendarList.Get(summarizer.PrimaryCalendar).Fields("timeZone").Context(asUser(ctx, user)).Do)
	switch {
	case isGone(err, http.StatusNotFound):
		return "", nil
	case err != nil:
		return "", newError("calendarList.get", user, "", err, s.now())
	}
	return entry.TimeZone, nil
}
