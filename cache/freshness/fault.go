package freshness

// Fault says why a summary could not be made. It is remembered for a while, so that
// readers are told of it at once and nobody tries without need.
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
