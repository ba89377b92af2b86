package quota

import (
	"net/http"
	"strconv"
	"time"
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

// maxHold bounds what a far side can make all workers wait for: a header with
// a typing error must not stop the service for a year.
const maxHold = time.Hour

// retryAfter reads how long the far side wants to be left alone, 0 if it does
// not say. Date is taken for the far side's clock, as ours may differ.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil && ms > 0 {
		return boundHold(ms / 1e3)
	}
	v := h.Get("Retry-After")
	if s, err := strconv.ParseFloat(v, 64); err == nil && s > 0 {
		return boundHold(s)
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	if theirs, err := http.ParseTime(h.Get("Date")); err == nil {
		now = theirs
	}
	return boundHold(at.Sub(now).Seconds())
}

// boundHold turns seconds into a duration between 0 and maxHold. A NaN is 0.
func boundHold(seconds float64) time.Duration {
	if seconds >= maxHold.Seconds() {
		return maxHold
	}
	if seconds > 0 {
		return time.Duration(seconds * float64(time.Second))
	}
	return 0
}
