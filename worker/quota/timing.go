package quota

import "time"

// millis is a duration as the ledger sees it: whole milliseconds, rounded up.
func millis(d time.Duration) int64 {
	return int64((d + time.Millisecond - 1) / time.Millisecond)
}

// Of these the ledger has the same (see ledger/state.lua).
const (
	// minute is the span that the limits are counted over. Only tests have a shorter one.
	minute = time.Minute
	// drift is how much two clocks may differ over one window.
	drift = 50 * time.Millisecond
	// arrival is how long after it was written a request can reach the upstream's counter.
	arrival = time.Second
	// tripTimeout is how long an answer of the ledger is waited for before the process
	// goes on without it.
	tripTimeout = time.Second
	// farAhead is how far ahead of its turn a call may get it for good.
	farAhead = 1500 * time.Millisecond
)

// timing is what depends on the span of the limits.
type timing struct {
	// window is that span, and a little for clocks that run at different paces.
	window time.Duration
	// connect is how long after its turn a request must have been given a connection,
	// or it loses the turn.
	connect time.Duration
	// provisional is how long a call counts from its turn if it is not settled.
	provisional time.Duration
	// beat is how often a process is heard of at least.
	beat time.Duration
}

func newTiming(span time.Duration) timing {
	t := timing{
		window:  span + drift,
		connect: max(span/20, 200*time.Millisecond),
		beat:    max(span/30, 200*time.Millisecond),
	}
	t.provisional = t.window + t.connect + arrival
	return t
}
