package quota

import (
	"net/http"
	"time"

	"foreday/summarizer/retryafter"
)

// outcome is what became of a request, as the metrics say it.
type outcome string

const (
	answeredOK outcome = "ok"
	refused    outcome = "refused"   // the request is at fault: 4xx
	limited    outcome = "limited"   // over a limit of the far side
	exhausted  outcome = "exhausted" // out of credit or budget
	failed     outcome = "failed"    // 5xx, or no answer at all
	putOff     outcome = "put_off"   // not sent: its turn is too far away
	brokenOff  outcome = "open"      // not sent: the circuit breaker is open
	cancelled  outcome = "cancelled" // the caller gave up
)

// usage is what the model says a completion took.
type usage struct{ prompt, completion int }

func (u usage) total() int { return u.prompt + u.completion }

// answer is what the far side said about its limits.
type answer struct {
	outcome outcome
	reason  string // the far side's own word for why it refused
	// forUser is set if only the caller's user is over a limit.
	forUser bool
	// retryAfter is how long the far side wants to be left alone; 0 if it did
	// not say.
	retryAfter time.Duration
	usage      *usage // nil if unknown
	// requests and tokens are what the far side says is left; nil if it did
	// not say.
	requests, tokens *remaining
}

// remaining is what is left of a limit until it is whole again.
type remaining struct {
	left  int
	reset time.Duration
}

// maxHold bounds what an upstream can make all workers wait for at a time.
const maxHold = time.Hour

// retryAfter is how long the upstream wants to be left alone, 0 if it does not say.
func retryAfter(h http.Header, now time.Time) time.Duration {
	return min(retryafter.Of(h, now), maxHold)
}
