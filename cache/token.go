package cache

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"foreday/summarizer"
)

// Token names one promised refresh of one day. It is never used twice.
type Token struct {
	User string
	Date summarizer.Date
	ID   string
}

// String is the token as the ledger and the queue know it.
func (t Token) String() string { return t.User + " " + t.Date.String() + " " + t.ID }

// Age is for how long the token has been promised, roughly: tokens are taken by the
// clock of Redis. It is 0 if the ID does not tell.
func (t Token) Age(now time.Time) time.Duration {
	us, err := strconv.ParseInt(t.ID, 10, 64)
	if err != nil {
		return 0
	}
	return now.Sub(time.UnixMicro(us))
}

// ParseToken reads what String wrote.
func ParseToken(s string) (Token, error) {
	user, rest, ok := strings.Cut(s, " ")
	day, id, ok2 := strings.Cut(rest, " ")
	date, err := summarizer.ParseDate(day)
	if !ok || !ok2 || err != nil || user == "" || id == "" {
		return Token{}, fmt.Errorf("token %.200q is not USER DATE ID", s)
	}
	return Token{User: user, Date: date, ID: id}, nil
}

// Action says what the holder of a Token is to do.
type Action int

// The actions. An enqueued token is tracked in the Ledger first.
const (
	Nothing Action = iota
	Enqueue        // track it, then hand it to the queue
	Track          // track it only: a run is under way, and will hand it over
	Hurry          // Enqueue it; its job, if it has failed and waits, waits no more
)

// Task is a token with what to do about it.
type Task struct {
	Token     Token
	Action    Action
	NotBefore time.Time // zero: at once; else the cooldown's end
}
