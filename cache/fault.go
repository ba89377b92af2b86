package cache

import (
	"fmt"
	"time"

	"foreday/summarizer"
)

// Fault says why a summary could not be made. It is remembered for a while, so that
// readers are told of it at once and nobody tries in vain.
type Fault string

// The faults.
const (
	NoFault Fault = ""
	// FaultAccess: the user's calendar may not be read. The next message, or a reader
	// after Config.FaultTTL, has it tried again.
	FaultAccess Fault = "access"
	// FaultCalendar: the calendar, or what gives access to it, fails.
	FaultCalendar Fault = "calendar"
	// FaultQuota: a limit on calls is used up.
	FaultQuota Fault = "quota"
	// FaultKey is never remembered: what is in the cache was sealed with another key,
	// or one side seals and the other does not.
	FaultKey Fault = "key"
)

// Deferred is the error of a summary that is not to be had before Until, because of
// a FaultCalendar, when it is summarizer.ErrTemporary, or of a FaultQuota, when it is
// a summarizer.Putoff.
type Deferred struct {
	User  string
	Date  summarizer.Date
	Fault Fault
	Until time.Time
}

// Error says whose summary it is and what it waits for.
func (e *Deferred) Error() string {
	return fmt.Sprintf("summary of user %s, %s: put off until %s (%s)", e.User, e.Date, e.Until.UTC().Format(time.RFC3339), e.Fault)
}

// PutoffUntil returns Until.
func (e *Deferred) PutoffUntil() time.Time { return e.Until }

// Is makes it summarizer.ErrTemporary if the calendar fails.
func (e *Deferred) Is(target error) bool {
	return target == summarizer.ErrTemporary && e.Fault == FaultCalendar
}
