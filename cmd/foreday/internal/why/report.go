package why

import (
	"time"

	"foreday/summarizer"
	"foreday/worker/quota"
)

// Status is what readers get.
type Status string

// What readers get.
const (
	Fresh Status = "fresh"
	Stale Status = "stale" // the last good summary
	None  Status = "none"
)

// Report is what was found out about one day of a user. Times that are not known are left out.
type Report struct {
	User       string           `json:"user"`
	Date       summarizer.Date  `json:"date"`
	Timezone   string           `json:"timezone,omitempty"` // in which the user's days are kept
	Status     Status           `json:"status"`
	FreshUntil *time.Time       `json:"fresh_until,omitempty"`
	StaleUntil *time.Time       `json:"stale_until,omitempty"`
	MadeAt     *time.Time       `json:"made_at,omitempty"` // the last good summary was
	Since      *time.Time       `json:"since,omitempty"`   // the first message that no fresh copy answers
	Causes     []Cause          `json:"causes"`            // the one to act on first
	State      State            `json:"state"`
	Promised   []Promise        `json:"promised,omitempty"`
	Jobs       []Job            `json:"jobs,omitempty"`
	Limits     map[string]Limit `json:"limits"` // by API
	Stream     Stream           `json:"stream"`
	Messages   []Message        `json:"messages,omitempty"` // of the user that wait, oldest first
	// DeadLetters are the user's, newest first, among the newest 500 of all.
	DeadLetters []DeadLetter `json:"dead_letters,omitempty"`
	Processes   []Process    `json:"processes"`
}

// Cause is one thing that a summary waits for.
type Cause struct {
	Name string `json:"cause"`
	Text string `json:"text"`         // a sentence
	Do   string `json:"do,omitempty"` // what to do about it; "" if it ends by itself
}

// State is that of the day, by the protocol of package freshness.
type State struct {
	Generation    int64      `json:"generation"`
	Message       string     `json:"message,omitempty"` // the last that no fresh copy answers
	Token         string     `json:"token,omitempty"`   // the refresh that is owed
	Asked         *time.Time `json:"asked,omitempty"`   // when that was
	Running       bool       `json:"running"`           // a run has begun and not ended
	Began         *time.Time `json:"began,omitempty"`   // the last run
	Process       string     `json:"process,omitempty"` // that is at it
	LeaseUntil    *time.Time `json:"lease_until,omitempty"`
	Lapsed        bool       `json:"lease_lapsed,omitempty"` // that process has died, or hangs
	CooldownUntil *time.Time `json:"cooldown_until,omitempty"`
	Read          *time.Time `json:"read,omitempty"`  // when a reader last wanted it
	Anew          bool       `json:"anew,omitempty"`  // one wants it fetched anew
	Fault         string     `json:"fault,omitempty"` // why the last run failed: access, calendar, quota
	Again         *time.Time `json:"again,omitempty"` // when its job is tried again
	Denied        string     `json:"denied,omitempty"`
}

// Promise is an entry of the ledger.
type Promise struct {
	Token  string  `json:"token"`
	LookIn float64 `json:"look_in_s"` // when somebody looks whether it was done; less than 0: overdue
}

// Job is a job of the day in a queue.
type Job struct {
	Token     string     `json:"token"`
	Queue     string     `json:"queue"`
	State     string     `json:"state"`
	Before    int64      `json:"before"` // jobs that are taken before a pending one; -1: more than 10,000
	Next      *time.Time `json:"next,omitempty"`
	Failures  int        `json:"failures"`
	LastError string     `json:"last_error,omitempty"`
	Paused    bool       `json:"queue_paused"`
}

// Limit is the use of one API's limits, in milliseconds where it tells times.
type Limit struct {
	quota.Use
	Binding    string  `json:"binding,omitempty"` // the one that holds calls of the user up
	BindingFor float64 `json:"binding_s,omitempty"`
}

// Stream is what of the stream the workers have not acknowledged, of all users.
type Stream struct {
	Name      string `json:"name"`
	Group     string `json:"group"`
	Joined    bool   `json:"joined"` // the group exists
	Unread    int64  `json:"unread"` // -1 if Redis does not know
	Delivered int64  `json:"delivered"`
	Partial   bool   `json:"partial"` // not all of these were looked at for the user's
}

// Message is one that waits on the stream.
type Message struct {
	ID         string    `json:"id"`
	Published  time.Time `json:"published"`
	Consumer   string    `json:"consumer,omitempty"` // that has read it
	Idle       float64   `json:"idle_s"`
	Deliveries int64     `json:"deliveries"`
}

// DeadLetter is a message that was put aside.
type DeadLetter struct {
	MessageID string    `json:"message_id"`
	ID        string    `json:"id"`
	Reason    string    `json:"reason"`
	At        time.Time `json:"at"`
}

// Process is one that was heard of in the last seconds.
type Process struct {
	Name     string            `json:"process"`
	Part     string            `json:"part"`
	Breakers map[string]string `json:"breakers,omitempty"` // by API, those that are not closed
}

// when is a time that may be unknown, to the millisecond.
func when(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Millisecond)
	return &t
}
