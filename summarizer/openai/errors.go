package openai

import (
	"fmt"
	"time"

	"foreday/summarizer"
	"foreday/summarizer/loggable"
)

// Kind says what to make of a call that failed.
type Kind string

// The kinds of failure.
const (
	RateLimited  Kind = "rate limited"       // wait, then try again: the error is a summarizer.Putoff
	Exhausted    Kind = "insufficient quota" // the account has no money left: waiting does not help
	Unauthorized Kind = "unauthorized"       // the key is wrong or may not use the model
	BadRequest   Kind = "bad request"        // the server will never take such a request: wrong model, wrong URL
	Temporary    Kind = "temporary"          // the server or the way to it failed, or took too long
)

// Error is a call of the model that failed. It holds neither the key nor
// anything of the request or the answer, so it may be logged.
type Error struct {
	Op         string // "write summary with gpt-4o-mini"
	Kind       Kind
	Status     int           // of the HTTP response, 0 if there was none
	RetryAfter time.Duration // how long the server wants to be left alone, 0 if it did not say
	Hint       string        // for the operator: what to do about it, "" if nothing
	Err        error         // what Transport or ctx said, nil if the server answered
}

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

// putoff is an Error of kind RateLimited. It is a type of its own so that the
// other kinds are not taken for a summarizer.Putoff.
type putoff struct {
	err   *Error
	until time.Time
}

var _ summarizer.Putoff = putoff{}

func (p putoff) Error() string { return p.err.Error() }

// Unwrap returns the *Error.
func (p putoff) Unwrap() error { return p.err }

// PutoffUntil returns the time at which the server's limit has room again.
func (p putoff) PutoffUntil() time.Time { return p.until }

// Reason says what was wrong with an answer. There are few of them, so they
// serve as a metric's label.
type Reason string

// The reasons for which an answer is refused.
const (
	Unreadable  Reason = "unreadable"  // the response is not JSON as the API has it, or was cut off
	Oversized   Reason = "oversized"   // the response is longer than any honest one
	Empty       Reason = "empty"       // there is no answer in it
	Cut         Reason = "cut"         // the model reached its limit of tokens
	Filtered    Reason = "filtered"    // the provider's content filter stepped in
	Declined    Reason = "declined"    // the model would rather not
	NotSchema   Reason = "not_schema"  // prose, fenced, or another schema
	TooLong     Reason = "too_long"    // longer than a summary may be
	WrongCite   Reason = "wrong_cite"  // cites an event that does not exist, or none
	Unnamed     Reason = "unnamed"     // cites an event without its title, or a title without its event
	Omission    Reason = "omission"    // says nothing of an event, or not that it is cancelled
	WrongTime   Reason = "wrong_time"  // a time that is not the event's
	WrongCount  Reason = "wrong_count" // a number that is not in the calendar
	Link        Reason = "link"        // a link, an address, a phone number or a mention
	Unprintable Reason = "unprintable" // control characters, emoji, marks that turn the text around
	WrongWord   Reason = "wrong_word"  // a word that is neither the calendar's nor plain
)

// Refused is returned for an answer that was not accepted, nor its repair.
type Refused struct {
	Op     string
	Reason Reason // of the last answer
}

func (e *Refused) Error() string { return e.Op + ": the answer was refused: " + string(e.Reason) }
