package events

import "time"

// Delivery is a message as a consumer got it.
type Delivery struct {
	Message
	// ID is the message's ID on the stream.
	ID string
	// Redelivered says that the message may have been delivered before: to a
	// consumer that died, or to a Handler that failed. What was done about it
	// then is unknown. It may be set without need.
	Redelivered bool
	// Published is when Redis took the message, to the millisecond, in UTC.
	Published time.Time
}
