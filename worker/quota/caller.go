package quota

import "context"

// Priority says how urgent a call is.
type Priority int

const (
	// Ahead is work done before anybody asks for it.
	Ahead Priority = iota
	// Reader is work that somebody waits for. It comes before Ahead.
	Reader
	// Background is work that can be left undone. It comes after all other.
	Background
)

// Caller says on whose behalf a call is made and how urgent it is. Waiting
// calls are served in turn over users (start-time fair queueing).
type Caller struct {
	// User is whose limits the call counts against; "" has none of its own.
	User string
	// Job names the piece of work the call belongs to, the same each time the
	// work is tried: work that was deferred finds its place in the queue again
	// by User and Job. With "" no place is kept.
	Job      string
	Priority Priority
}

type callerKey struct{}

// For returns a context whose upstream calls are made on behalf of who.
func For(ctx context.Context, who Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, who)
}

// CallerOf returns on whose behalf upstream calls of the context are made: nobody's, if For
// did not say.
func CallerOf(ctx context.Context) Caller {
	who, _ := ctx.Value(callerKey{}).(Caller)
	return who
}
