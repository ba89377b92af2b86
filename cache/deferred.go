package cache

import (
	"fmt"
	"time"

	"foreday/cache/freshness"
	"foreday/summarizer"
)

// Deferred is the error of a summary that is not to be had before Until, because of
// a [freshness.FaultCalendar], when it is summarizer.ErrTemporary, or of a [freshness.FaultQuota], when it is
// a summarizer.Deferred.
type Deferred struct {
	User  string
	Date  summarizer.Date
	Fault freshness.Fault
	Until time.Time
}

// Error says whose summary it is and what it waits for.
func (e *Deferred) Error() string {
	return fmt.Sprintf("summary of user %s, %s: deferred until %s (%s)", e.User, e.Date, e.Until.UTC().Format(time.RFC3339), e.Fault)
}

// DeferredUntil returns Until.
func (e *Deferred) DeferredUntil() time.Time { return e.Until }

// Is makes it summarizer.ErrTemporary if the calendar fails.
func (e *Deferred) Is(target error) bool {
	return target == summarizer.ErrTemporary && e.Fault == freshness.FaultCalendar
}
