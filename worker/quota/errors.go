package quota

import (
	"cmp"
	"fmt"
	"net/http"
	"time"

	"foreday/summarizer/loggable"
)

// The services that calls go to, as errors and metrics name them.
const (
	Google = "google"
	OpenAI = "openai"
)

// Deferred is the error of a call that has to wait longer than Config.MaxWait for
// its turn. The work is sound: do it again at At. It comes back from the real
// clients wrapped; find it with errors.As.
type Deferred struct {
	API   string    // Google or OpenAI
	Limit string    // what it waits for, for a person to read
	At    time.Time // when to come back: a little before its turn
}

// Error implements error.
func (e *Deferred) Error() string {
	return fmt.Sprintf("%s: waiting for %s until %s", e.API, e.Limit, e.At.UTC().Format(time.RFC3339Nano))
}

// SafeToLog implements loggable.Safe.
func (e *Deferred) SafeToLog() {}

// DeferredUntil returns At. It makes Deferred a summarizer.Deferred.
func (e *Deferred) DeferredUntil() time.Time { return e.At }

// Exhausted is the error of a call that no retry within reason will help: the
// account has run out of credit, or a daily budget is used up. Do without.
type Exhausted struct {
	API    string
	Reason string    // for a person to read
	Until  time.Time // zero if nobody knows
}

// Error implements error.
func (e *Exhausted) Error() string {
	if e.Until.IsZero() {
		return fmt.Sprintf("%s: %s", e.API, e.Reason)
	}
	return fmt.Sprintf("%s: %s until %s", e.API, e.Reason, e.Until.UTC().Format(time.RFC3339))
}

// SafeToLog implements loggable.Safe.
func (e *Exhausted) SafeToLog() {}

// Unavailable is the error of a call that was not made because the service has
// failed too often of late: its circuit breaker is open.
type Unavailable struct {
	API  string
	Err  error  // why the breaker let nobody through
	Last string // the last failure, in words that may be logged; "" if none is known
}

// Error implements error.
func (e *Unavailable) Error() string {
	return fmt.Sprintf("%s keeps failing and is left alone for a while: %s", e.API, cmp.Or(e.Last, e.Err.Error()))
}

// SafeToLog implements loggable.Safe.
func (e *Unavailable) SafeToLog() {}

// Unwrap returns Err.
func (e *Unavailable) Unwrap() error { return e.Err }

// safeError is an error whose text may be logged, whatever the text of its cause.
type safeError struct {
	text  string
	cause error
}

func (e safeError) Error() string { return e.text }
func (e safeError) Unwrap() error { return e.cause }
func (e safeError) SafeToLog()    {}

// callError is the error of a call that got no answer. Its text holds nothing of
// the request but its method and path, without the IDs in it.
func callError(api string, req *http.Request, err error) error {
	return safeError{fmt.Sprintf("%s: %s %s: %s", api, req.Method, loggable.Path(req.URL.Path), loggable.Text(err)), err}
}
