package openai

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"time"

	"foreday/summarizer/loggable"
	"foreday/summarizer/retryafter"
)

// Kind says what to make of a call that failed.
type Kind string

// The kinds of failure.
const (
	RateLimited  Kind = "rate limited"       // wait, then try again: the error is a summarizer.Deferred
	Exhausted    Kind = "insufficient quota" // the account has no money left: waiting does not help
	Unauthorized Kind = "unauthorized"       // the key is wrong or may not use the model
	BadRequest   Kind = "bad request"        // the server will never take such a request: wrong model, wrong URL
	Temporary    Kind = "temporary"          // the server or the way to it failed, or took too long
)

// Error is a call of the model that failed. It holds neither the key nor
// anything of the request or the answer, so it may be logged.
type Error struct {
	Op         string // "plan summary with gpt-4o-mini"
	Kind       Kind
	Status     int           // of the HTTP response, 0 if there was none
	RetryAfter time.Duration // how long the server wants to be left alone, 0 if it did not say
	Hint       string        // for the operator: what to do about it, "" if nothing
	Err        error         // what Transport or ctx said, nil if the server answered
}

// Error says what was asked, what kind of failure it is, and what to do about it.
func (e *Error) Error() string {
	s := e.Op + ": " + string(e.Kind)
	if e.Status != 0 {
		s += fmt.Sprintf(" (HTTP %d)", e.Status)
	}
	if e.Err != nil {
		s += ": " + loggable.Text(e.Err)
	}
	if e.Hint != "" {
		s += ": " + e.Hint
	}
	return s
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// deferredError is an Error of kind RateLimited; the other kinds are no summarizer.Deferred.
type deferredError struct {
	error // the *Error
	until time.Time
}

func (p deferredError) Unwrap() error { return p.error }

// DeferredUntil returns the time at which the server's limit has room again.
func (p deferredError) DeferredUntil() time.Time { return p.until }

// Reasons are all that there are.
func Reasons() []Reason {
	return []Reason{Unreadable, Oversized, Empty, Cut, Filtered, Declined, NotSchema}
}

// Reason says what was wrong with an answer; there are few, for a metric's label.
type Reason string

// The reasons for which an answer is refused.
const (
	Unreadable Reason = "unreadable" // the response is not JSON, or was cut off
	Oversized  Reason = "oversized"  // the response is longer than any honest one
	Empty      Reason = "empty"      // there is no answer in it
	Cut        Reason = "cut"        // the model reached its limit of tokens before the plan's end
	Filtered   Reason = "filtered"   // the provider's content filter stepped in
	Declined   Reason = "declined"   // the model would rather not
	NotSchema  Reason = "not_schema" // there is no plan in it
)

// Refused is returned for an answer that holds no plan.
type Refused struct {
	Op     string
	Reason Reason
}

// Error says why the answer was no plan.
func (e *Refused) Error() string {
	s := e.Op + ": the answer was refused: " + string(e.Reason)
	if e.Reason == Cut {
		s += ": raise FOREDAY_LLM_MAX_TOKENS, or lower FOREDAY_LLM_EFFORT"
	}
	return s
}

// How long to leave a server alone that does not say, and at most.
const defaultRetryAfter, longestRetryAfter = 10 * time.Second, time.Hour

// classify says what to make of a call that failed.
func (p *Planner) classify(err error) error {
	var f *failure
	var refused *Refused
	switch {
	case errors.As(err, &refused):
		return p.refuse(refused.Reason)
	case !errors.As(err, &f):
		return &Error{Op: p.op(), Kind: Temporary, Err: err}
	case f.code == "content_filter":
		return p.refuse(Filtered)
	}
	e := &Error{Op: p.op(), Status: f.status, RetryAfter: min(retryafter.Of(f.header, p.config.Now()), longestRetryAfter)}
	if e.Kind, e.Hint = f.kind(); e.Kind != RateLimited {
		return e
	}
	e.RetryAfter = cmp.Or(e.RetryAfter, defaultRetryAfter)
	return deferredError{e, p.config.Now().Add(e.RetryAfter)}
}

// kind returns the kind of the failure, and its cure.
func (e *failure) kind() (Kind, string) {
	switch s := e.status; {
	case e.code == "insufficient_quota", e.code == "billing_hard_limit_reached", e.code == "billing_not_active", s == 402:
		return Exhausted, "the account has no credit left: add some, or unset OPENAI_API_KEY to plan without a model"
	case s == http.StatusTooManyRequests, e.code == "rate_limit_exceeded":
		return RateLimited, ""
	case s == http.StatusUnauthorized, s == http.StatusForbidden, e.code == "invalid_api_key":
		return Unauthorized, "OPENAI_API_KEY was refused, or may not use OPENAI_MODEL: check both, or unset the key to plan without a model"
	case s == http.StatusNotFound:
		return BadRequest, "there is no such model: check OPENAI_MODEL, and that OPENAI_BASE_URL ends in /v1 or as the server has it"
	case s == http.StatusRequestEntityTooLarge, e.code == "context_length_exceeded":
		return BadRequest, "the day is more than the server takes: raise its limit of bytes, tokens or context, or choose another OPENAI_MODEL"
	case s < 400:
		return BadRequest, "the server redirects: set OPENAI_BASE_URL to where the API really is"
	case s == http.StatusRequestTimeout, s == http.StatusConflict, s >= 500:
		return Temporary, ""
	}
	return BadRequest, "the server does not take the request: check OPENAI_MODEL, and that OPENAI_BASE_URL is that of an OpenAI-compatible API"
}
