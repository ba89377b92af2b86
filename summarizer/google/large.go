package google

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"google.golang.org/api/calendar/v3"

	"foreday/summarizer/bulk"
)

const (
	// ordinaryBody bounds an answer as long as nothing says that the reading is large:
	// a full page of events with ordinary titles is half of it.
	ordinaryBody = 2 << 20
	// bulkyTTL is how long it is remembered that a reading was large.
	bulkyTTL = 10 * time.Minute
)

// bulky names a user's days or their history, by the gate that those are read behind.
type bulky struct {
	user string
	gate *bulk.Gate
}

// extent is how large a reading of all calendars together turns out. Hardly anybody's
// takes more than a page; who does so waits for others who do, so that the process
// holds one at a time.
type extent struct {
	name   bulky
	events atomic.Int64 // on the pages so far
	large  atomic.Bool  // the gate was entered
}

type extentKey struct{}

// measured returns the context of the reading, and how large it is.
func (s *Source) measured(ctx context.Context, user string, w window) (context.Context, *extent, error) {
	e := &extent{name: bulky{user, w.gate}}
	ctx = context.WithValue(ctx, extentKey{}, e)
	if _, known := s.bulky.Get(e.name); !known {
		return ctx, e, nil
	}
	return ctx, e, s.enter(ctx, e)
}

// Large reports whether a day of the user's was large lately, so that the next one may be
// refused while another is read.
func (s *Source) Large(user string) bool {
	_, large := s.bulky.Get(bulky{user, s.days})
	return large
}

// bodyLimit bounds the answer to a request with the context.
func bodyLimit(ctx context.Context) int64 {
	if e, ok := ctx.Value(extentKey{}).(*extent); ok && !e.large.Load() {
		return ordinaryBody
	}
	return maxBody
}

// enter waits until no other large reading of the kind is in memory. It is entered for
// the work of ctx, which leaves.
func (s *Source) enter(ctx context.Context, e *extent) error {
	if err := e.name.gate.Enter(ctx); err != nil {
		var full *bulk.Full
		if errors.As(err, &full) {
			s.bulky.Set(e.name, true) // the next time it does not even begin
			return &Error{Op: "events.list", User: e.name.user, Kind: Temporary, RetryAfter: time.Until(full.DeferredUntil()), Err: full}
		}
		return newError("events.list", e.name.user, "", err, s.now())
	}
	e.large.Store(true)
	return nil
}

// page reads one page of a list of events, in parts if it is too large.
func (s *Source) page(ctx context.Context, e *extent, call *calendar.EventsListCall) (*calendar.Events, error) {
	if e.events.Load() >= pageSize {
		s.bulky.Set(e.name, true)
		if err := s.enter(ctx, e); err != nil {
			return nil, err
		}
	}
	size := int64(pageSize)
	page, err := answer(call.MaxResults(size).Do)
	for errors.As(err, new(*http.MaxBytesError)) && size > minPageSize {
		if e.large.Load() {
			size /= 5
		} else if err := s.enter(ctx, e); err != nil {
			return nil, err
		}
		page, err = answer(call.MaxResults(size).Do)
	}
	if err == nil {
		e.events.Add(int64(len(page.Items)))
	}
	return page, err
}
