package freshness

import (
	"fmt"
	"strings"
	"time"

	"foreday/summarizer"
)

// Token names one tracked refresh of one day. It is never used twice.
type Token struct {
	User string
	Date summarizer.Date
	ID   string
}

// String is the token as the ledger and the queue know it.
func (t Token) String() string { return t.User + " " + t.Date.String() + " " + t.ID }

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

// The actions. A token that messages ask for is tracked in the Ledger first; one that a
// reader asks for is not, as nobody waits for it if the reader dies.
const (
	ActNothing Action = iota
	ActEnqueue        // track it, then hand it to the queue
	ActTrack          // track it only: a run is under way, and will hand it over
	ActHurry          // Enqueue it; its job, if it has failed and waits, waits no more
)

// Task is a token with what to do about it.
type Task struct {
	Token     Token
	Action    Action
	NotBefore time.Time // by this process's clock; zero: at once; else the cooldown's end
}
