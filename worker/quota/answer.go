package quota

import (
	"net/http"
	"strconv"
	"time"

	"foreday/summarizer/retryafter"
)

// outcomes are all that there are.
var outcomes = []outcome{answeredOK, refused, limited, exhausted, failed, deferral, brokenOff, cancelled, givenUp}

// outcome is what became of a request, as the metrics say it.
type outcome string

const (
	answeredOK outcome = "ok"
	refused    outcome = "refused"   // the request is at fault: 4xx
	limited    outcome = "limited"   // over a limit of the upstream
	exhausted  outcome = "exhausted" // out of credit or budget
	failed     outcome = "failed"    // 5xx, or no answer at all
	deferral   outcome = "deferred"  // not sent: its turn is too far away
	brokenOff  outcome = "open"      // not sent: the circuit breaker is open
	cancelled  outcome = "cancelled" // the caller gave up
	givenUp    outcome = "given_up"  // the bulkhead did
)

// answer is what the upstream said in answer to a call.
type answer struct {
	outcome outcome
	reason  string // the upstream's own code for why it refused
	// The tokens that a completion took, 0 if unknown.
	prompt, completion int
	feedback
}

// feedback is what an answer says of the upstream's limits, as the ledger is told it.
type feedback struct {
	Refused  bool  `json:"refused,omitempty"`  // the upstream wants no calls for a while
	OnlyUser bool  `json:"onlyUser,omitempty"` // of this user
	Hold     int64 `json:"hold,omitempty"`     // for how long; 0 if it did not say
	NoCredit bool  `json:"noCredit,omitempty"`
	// What is left of a limit, nil if the upstream did not say.
	LeftRequests *left `json:"leftRequests,omitempty"`
	LeftTokens   *left `json:"leftTokens,omitempty"`
}

// left is how much of a limit the upstream has left, and in how many ms all of it is back.
type left struct {
	Left  int   `json:"left"`
	Reset int64 `json:"reset"`
}

func (f feedback) hold() time.Duration { return time.Duration(f.Hold) * time.Millisecond }

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
	a.Hold = millis(min(retryafter.Of(resp.Header, now), maxHold))
	a.Refused = a.outcome == limited || a.Hold > 0
}

// remainingOf reads the x-ratelimit headers of one kind, "requests" or "tokens".
func remainingOf(h http.Header, kind string, now time.Time) *left {
	n, err := strconv.Atoi(h.Get("X-Ratelimit-Remaining-" + kind))
	whole, ok := retryafter.Reset(h.Get("X-Ratelimit-Reset-"+kind), h, now)
	if err != nil || n < 0 || !ok {
		return nil
	}
	return &left{n, millis(whole)}
}
