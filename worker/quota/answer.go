package quota

// outcome is what became of a request, as the metrics say it.
type outcome string

const (
	answeredOK outcome = "ok"
	refused    outcome = "refused"   // the request is at fault: 4xx
	limited    outcome = "limited"   // over a limit of the upstream
	exhausted  outcome = "exhausted" // out of credit or budget
	failed     outcome = "failed"    // 5xx, or no answer at all
	putOff     outcome = "put_off"   // not sent: its turn is too far away
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
