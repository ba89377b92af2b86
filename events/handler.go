package events

import (
	"context"
	"errors"
	"fmt"
)

// Handler acts on messages.
type Handler interface {
	// Handle sees to it that what the messages ask for is safely on its way. It
	// is called with one batch at a time, never an empty one, in the order of the
	// stream but for redelivered ones, and may keep the slice. If it returns nil,
	// all are acknowledged. After an *Unfinished those of the users it names go to
	// Retry, and the others are acknowledged. On any other error none is, and the
	// same batch comes again after a pause. ctx ends some time after the consumer was
	// told to stop.
	Handle(ctx context.Context, batch []Delivery) error
	// Retry does the same for messages of one user that Handle left, while Handle
	// goes on with the others': it may take its time. It is called again, after a
	// pause, until it returns nil, but only a few times after a *Rejected. Calls for
	// several users may overlap.
	Retry(ctx context.Context, batch []Delivery) error
	// GiveUp is called before messages of one user, rejected a few times, go to
	// the dead letters. It does what can still be done about them. A *Rejected
	// says that this was not all; any other error calls it again.
	GiveUp(ctx context.Context, batch []Delivery) error
}

// Unfinished is what a Handler returns if it is done with the messages of all users
// but some.
type Unfinished struct {
	// Users says why for each: ErrLong, a *Rejected, or any other error for an
	// outage that is waited out.
	Users map[string]error
}

// Error says how many users it is about.
func (u *Unfinished) Error() string {
	return fmt.Sprintf("messages of %d users are not applied", len(u.Users))
}

// Rejected is an error that lies in what is kept of a user: trying for long is no use.
type Rejected struct{ Err error }

// Error says why.
func (r *Rejected) Error() string { return r.Err.Error() }

// Unwrap returns the reason.
func (r *Rejected) Unwrap() error { return r.Err }

// ErrLong says that nothing failed, but others would have to wait for long.
var ErrLong = errors.New("the messages take long to apply")

// HandlerFunc is a function as a Handler, for Handle and Retry alike. It has nothing
// to do when messages are given up.
type HandlerFunc func(ctx context.Context, batch []Delivery) error

// Handle calls f.
func (f HandlerFunc) Handle(ctx context.Context, batch []Delivery) error { return f(ctx, batch) }

// Retry calls f.
func (f HandlerFunc) Retry(ctx context.Context, batch []Delivery) error { return f(ctx, batch) }

// GiveUp does nothing.
func (f HandlerFunc) GiveUp(context.Context, []Delivery) error { return nil }
