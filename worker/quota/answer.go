package quota

import (
	"net/http"
	"strconv"
	"time"

	"foreday/summarizer/retryafter"
)

// outcome is what became of a request, as the metrics say it.
type outcome string

const (
	answeredOK outcome = "ok"
	refused    outcome = "refused"   // the request is at fault: 4xx
	limited    outcome = "limited"   // over a limit of the upstream
	exhausted  outcome = "exhausted" // out of credit or budget
	failed     outcome = "failed"    // 5xx, or no answer at all
	deferral   outcome = "put_off"   // not sent: its turn is too far away
	brokenOff  outcome = "open"      // not sent: the circuit breaker is open
	cancelled  outcome = "cancelled" // the caller gave up
)

// usage is what the model says a completion took.
type usage struct{ prompt, completion int }

func (u usage) total() int { return u.prompt + u.completion }

// answer is what the upstream said in answer to a call.
type answer struct {
	outcome outcome
	reason  string // the upstream's own code for why it refused
	usage   *usage // nil if unknown
	feedback
}

// feedback is what an answer says of the upstream's limits, as the ledger is told it.
type feedback struct {
	Refused  bool `json:"refused,omitempty"`  // the upstream wants no calls for a while
	OnlyUser bool `json:"onlyUser,omitempty"` // of this user
	Hold     ms   `json:"hold,omitempty"`     // for how long; 0 if it did not say
	NoCredit bool `json:"noCredit,omitempty"`
	// What is left, nil if the upstream did not say, and when all of it is back.
	Left        *int `json:"left,omitempty"`
	Reset       ms   `json:"reset,omitempty"`
	TokensLeft  *int `json:"tokensLeft,omitempty"`
	TokensReset ms   `json:"tokensReset,omitempty"`
}

// says reports whether there is anything in it.
func (f feedback) says() bool { return f != feedback{} }

// maxHold bounds what an upstream can make all workers wait for at a time.
const maxHold = time.Hour

// readRetryAfter reads how long the upstream wants to be left alone: if it refused for
// a limit, or says so when it is unavailable.
func (a *answer) readRetryAfter(resp *http.Response, now time.Time) {
	if a.outcome != limited && resp.StatusCode != http.StatusServiceUnavailable {
		return
	}
	a.Hold = ms(min(retryafter.Of(resp.Header, now), maxHold))
	a.Refused = a.outcome == limited || a.Hold > 0
}

// remainingOf reads the x-ratelimit headers of one kind, "requests" or "tokens".
func remainingOf(h http.Header, kind string, now time.Time) (left *int, reset ms) {
	n, err := strconv.Atoi(h.Get("X-Ratelimit-Remaining-" + kind))
	if err != nil || n < 0 {
		return nil, 0
	}
	whole, ok := retryafter.Reset(h.Get("X-Ratelimit-Reset-"+kind), h, now)
	if !ok {
		return nil, 0
	}
	return &n, ms(whole)
}
