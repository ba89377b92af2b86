package quota

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// batch is what a process tells and asks the ledger in one trip. Durations are
// milliseconds.
type batch struct {
	Process string `json:"process"`
	Number  int64  `json:"number"` // rises with each batch of the process
	Epoch   string `json:"epoch"`  // the ledger the process knows; "" is none
	// Answered is the last batch that was answered. A ledger that does not know it has
	// gone back: Redis has failed over to a replica that was behind.
	Answered int64 `json:"answered"`
	// Elapsed is the time since the process's last batch was sent, or since it began.
	Elapsed int64  `json:"elapsed"`
	Now     *int64 `json:"now,omitempty"`    // Redis's clock, in tests
	Window  int64  `json:"window,omitempty"` // of the limits, if it is not a minute, in tests
	Limits  bounds `json:"limits"`           // the process's own

	Settled  []settlement `json:"settled,omitempty"`
	Released []string     `json:"released,omitempty"` // tickets given up
	Asks     []ask        `json:"asks,omitempty"`

	// Away is set by a process that comes back from degraded mode: for how long it was
	// without the ledger (-1: it never was with it). With it come the limits that held
	// and the processes that shared when it heard last, what was used then, what each of
	// those may have called since, and among Settled the calls that the ledger may not know
	// (More: others come in the next batch).
	Away    *int64   `json:"away,omitempty"`
	Held    *bounds  `json:"held,omitempty"`
	Members []string `json:"members,omitempty"`
	Share   *bounds  `json:"share,omitempty"`
	Used    *used    `json:"used,omitempty"`
	More    bool     `json:"more,omitempty"`

	Beat bool `json:"beat,omitempty"` // asks for a snapshot
	Bye  bool `json:"bye,omitempty"`  // the process ends

	users    []string       // whose calls the batch touches
	asked    []*reservation // whose asks it has
	told     []settlement   // that wait for no trip any more
	reported []*reservation // that it tells of
}

// fixedKeys is how many keys every batch has.
const fixedKeys = 17

// user returns the index of a user's key, for the script; 0 if there is no user.
func (b *batch) user(name string) int {
	if name == "" {
		return 0
	}
	for i, known := range b.users {
		if known == name {
			return fixedKeys + i + 1
		}
	}
	b.users = append(b.users, name)
	return fixedKeys + len(b.users)
}

// used is what was used when a process last heard, so long ago.
type used struct {
	Age    int64 `json:"age"`
	Calls  []int `json:"calls"` // as in a snapshot
	Tokens []int `json:"tokens"`
}

// ask wants a turn for one call.
type ask struct {
	Call   string `json:"call"`           // unique
	Ticket string `json:"ticket"`         // names the place in the queue
	Keep   bool   `json:"keep,omitempty"` // the place outlives the process
	Name   string `json:"name"`           // the user
	User   int    `json:"user,omitempty"` // the index of their key
	Ahead  bool   `json:"ahead,omitempty"`
	Last   bool   `json:"last,omitempty"`
	Tokens int    `json:"tokens"`
	Wait   int64  `json:"wait"` // how long the caller may wait
}

// settlement tells how a call went.
type settlement struct {
	Call   string `json:"call"`
	Name   string `json:"name,omitempty"`
	User   int    `json:"user,omitempty"`
	Unsent bool   `json:"unsent,omitempty"`
	Ago    int64  `json:"ago"`              // the upstream had it by then
	Tokens *int   `json:"tokens,omitempty"` // what it took, if known
	// Counts is set for a call that is not settled: for how much longer it counts, if the
	// ledger does not know of it.
	Counts int64 `json:"counts,omitempty"`
	feedback
	arrivedBy time.Time
}

// reply is what the ledger says to a batch.
type reply struct {
	Epoch    string    `json:"epoch"`
	Answers  []verdict `json:"answers"` // in the order of the asks
	Snapshot *snapshot `json:"snapshot"`
	// Limits are those that hold: the lowest of all processes'. Mixed says that
	// they are not the same for all.
	Limits bounds `json:"limits"`
	Mixed  bool   `json:"mixed"`
	// Free says that nothing is limited and nobody held up: calls may bypass the
	// ledger until somebody hears otherwise.
	Free bool `json:"free"`
	// Again means that nothing was done: the ledger is another than the process knew,
	// or a later batch has overtaken this one. It wants a report first.
	Again bool `json:"again"`
}

// verdict answers an ask.
type verdict struct {
	What     what   `json:"what"`
	Wait     int64  `json:"wait"`     // from now
	Why      string `json:"why"`      // the limit that decides
	Spurious bool   `json:"spurious"` // it came back when told, and is deferred again
}

type what string

const (
	goAt     what = "go"       // the turn is yours after Wait
	askAt    what = "wait"     // ask again after Wait
	deferred what = "defer"    // come back after Wait
	spent    what = "spent"    // the user's budget is used up
	noCredit what = "noCredit" // the account has no credit
)

//go:embed ledger/*.lua
var ledgerFiles embed.FS

// ledgerScript is one script, of parts that use what the earlier ones define.
var ledgerScript = redis.NewScript(join("state", "log", "feedback", "queue", "turns", "processes", "run"))

func join(parts ...string) string {
	var s strings.Builder
	for _, part := range parts {
		text, err := ledgerFiles.ReadFile("ledger/" + part + ".lua")
		if err != nil {
			panic(err) // they are in the program
		}
		s.Write(text)
	}
	return s.String()
}

// run makes one trip to the ledger, at a time by which daily budgets count.
func (b *batch) run(ctx context.Context, client redis.Scripter, api string, at time.Time) (reply, error) {
	keys := ledgerKeys(api, b.Process, at.UTC().Format(time.DateOnly))
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
	if !r.Again && len(r.Answers) != len(b.Asks) {
		return reply{}, fmt.Errorf("quota ledger of %s: %d answers to %d asks", api, len(r.Answers), len(b.Asks))
	}
	return r, nil
}
