package quota

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"
)

// batch is what a desk tells and asks the ledger in one trip. Durations are
// milliseconds.
type batch struct {
	Gate   string `json:"gate"`   // names the process
	Number int64  `json:"number"` // rises with each batch of the process
	Epoch  string `json:"epoch"`  // the ledger the process knows; "" is none
	// Elapsed is the time since the process's last batch was sent, or since it began.
	Elapsed int64  `json:"elapsed"`
	Now     *int64 `json:"now,omitempty"` // Redis's clock, in tests
	Timing  timing `json:"timing"`
	Limits  bounds `json:"limits"` // the process's own

	Settled []settlement `json:"settled,omitempty"`
	Left    []string     `json:"left,omitempty"` // tickets given up
	Asks    []ask        `json:"asks,omitempty"`

	// Away is set by a process that comes back from being without the ledger:
	// for how long (-1: it never was with it), with whom it shared, what each of them may have done alone
	// by now, and what it did itself (More: the rest of that comes in the next
	// batch).
	Away    *int64     `json:"away,omitempty"`
	Held    *bounds    `json:"held,omitempty"` // the limits that held when it heard last
	Members []string   `json:"members,omitempty"`
	Sharers int        `json:"sharers,omitempty"`
	Share   *bounds    `json:"share,omitempty"`
	Report  []reported `json:"report,omitempty"`
	More    bool       `json:"more,omitempty"`

	Beat bool `json:"beat,omitempty"` // asks for the outlook
	Bye  bool `json:"bye,omitempty"`  // the process ends

	users []string // whose calls the batch touches
}

// user returns the index of a user's key, for the script.
func (b *batch) user(name string) int {
	for i, known := range b.users {
		if known == name {
			return fixedKeys + i + 1
		}
	}
	b.users = append(b.users, name)
	return fixedKeys + len(b.users)
}

// givesBack counts the calls of which the batch gives something back, which
// somebody who waits may take at once.
func (b *batch) givesBack() int {
	n := 0
	for _, s := range b.Settled {
		if s.Unsent || s.Tokens != nil {
			n++
		}
	}
	return n
}

// fixedKeys is how many keys every batch has.
const fixedKeys = 16

// ask wants a turn for one call.
type ask struct {
	Call   string `json:"call"`           // unique
	Ticket string `json:"ticket"`         // names the place in the queue
	Keep   bool   `json:"keep,omitempty"` // the place outlives the process
	Name   string `json:"name"`           // the user
	User   int    `json:"user,omitempty"` // the index of their key
	Ahead  bool   `json:"ahead,omitempty"`
	Tokens int    `json:"tokens"`
	Wait   int64  `json:"wait"` // how long the caller may wait
}

// settlement tells how a call went.
type settlement struct {
	Call   string `json:"call"`
	Name   string `json:"name,omitempty"`
	User   int    `json:"user,omitempty"`
	Unsent bool   `json:"unsent,omitempty"`
	Ago    int64  `json:"ago"`              // the far side had it by then
	Tokens *int   `json:"tokens,omitempty"` // what it took, if known
	Word   *word  `json:"word,omitempty"`
	// Flying is how many calls the process had under way that the ledger was not
	// asked for.
	Flying int `json:"flying,omitempty"`
	stand
}

// word is what the far side said about its limits.
type word struct {
	Refused     bool   `json:"refused,omitempty"`
	User        bool   `json:"user,omitempty"` // only this user is refused
	Hold        *int64 `json:"hold,omitempty"`
	Broke       bool   `json:"broke,omitempty"`
	Left        *int   `json:"left,omitempty"`
	Reset       int64  `json:"reset,omitempty"`
	TokensLeft  *int   `json:"tokensLeft,omitempty"`
	TokensReset int64  `json:"tokensReset,omitempty"`
}

// reported is a call that the ledger may not know of.
type reported struct {
	Call   string `json:"call"`
	Name   string `json:"name"`
	User   int    `json:"user,omitempty"`
	Tokens int    `json:"tokens"`
	Left   int64  `json:"left"` // how much longer it counts
}

// reply is what the ledger says to a batch.
type reply struct {
	Epoch   string    `json:"epoch"`
	Answers []verdict `json:"answers"` // in the order of the asks
	Outlook *outlook  `json:"outlook"`
	// Limits are those that hold: the lowest of all processes'. Mixed says that
	// they are not the same for all.
	Limits bounds `json:"limits"`
	Mixed  bool   `json:"mixed"`
	// Free says that nothing is limited and nobody held up: calls need not ask for
	// a moment.
	Free bool `json:"free"`
	// Again means that the ledger is another than the process knew: nothing
	// was done, and it wants a report first.
	Again bool `json:"again"`
	// Late means that a later batch has overtaken this one: nothing was done.
	Late bool `json:"late"`
}

// verdict answers an ask.
type verdict struct {
	What what   `json:"what"`
	Wait int64  `json:"wait"` // from now
	Why  string `json:"why"`  // the limit that decides
	Vain bool   `json:"vain"` // it was woken in vain
	stand
}

// stand is how the ledger stood when it let a call go: what the far side says is
// left when it answers can be judged by it.
type stand struct {
	Nth  int64 `json:"nth"`  // how many it had let go, this one included
	Mark int64 `json:"mark"` // for how many tokens
	// What was left of the limits, 0 of one that there is not.
	Free       int64 `json:"free"`
	TokensFree int64 `json:"tokensFree"`
}

type what string

const (
	goAt    what = "go"    // the turn is yours after Wait
	askAt   what = "wait"  // ask again after Wait
	backAt  what = "off"   // come back after Wait
	spent   what = "spent" // the user's budget is used up
	isBroke what = "broke" // the account has no credit
)

// outlook is what a process has to know to go on without the ledger.
type outlook struct {
	Gates       []string `json:"gates"`
	Calls       int      `json:"calls"`
	Tokens      int      `json:"tokens"`
	CallsLeave  []int    `json:"callsLeave"` // in each second from now
	TokensLeave []int    `json:"tokensLeave"`
}

//go:embed ledger/*.lua
var ledgerFiles embed.FS

var ledgerScript = redis.NewScript(ledgerSource())

// ledgerSource joins the files in the order of their names.
func ledgerSource() string {
	entries, err := ledgerFiles.ReadDir("ledger")
	if err != nil {
		panic(err) // they are in the program
	}
	var s strings.Builder
	for _, e := range entries {
		text, err := ledgerFiles.ReadFile("ledger/" + e.Name())
		if err != nil {
			panic(err)
		}
		s.Write(text)
	}
	return s.String()
}

// run makes one trip to the ledger.
func (b *batch) run(ctx context.Context, client redis.Scripter, api, day string) (reply, error) {
	keys := ledgerKeys(api, b.Gate, day)
	for _, user := range b.users {
		keys = append(keys, userCallsKey(api, user))
	}
	arg, err := json.Marshal(b)
	if err != nil {
		return reply{}, fmt.Errorf("quota ledger of %s: encode a batch: %w", api, err)
	}
	text, err := ledgerScript.Run(ctx, client, keys, arg, stopChannel(api)).Text()
	if err != nil {
		return reply{}, fmt.Errorf("quota ledger of %s: %w", api, err)
	}
	var r reply
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return reply{}, fmt.Errorf("quota ledger of %s: decode the reply: %w", api, err)
	}
	if !r.Again && !r.Late && len(r.Answers) != len(b.Asks) {
		return reply{}, fmt.Errorf("quota ledger of %s: %d answers to %d asks", api, len(r.Answers), len(b.Asks))
	}
	return r, nil
}
