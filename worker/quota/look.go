package quota

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/redis/go-redis/v9"
)

// Use is how much of the limits of one service is in use, and who waits, for whoever asks
// why work is late.
type Use struct {
	Requests     LimitUse `json:"requests"`      // a minute
	UserRequests LimitUse `json:"user_requests"` // a minute, of the user
	Tokens       LimitUse `json:"tokens"`        // a minute
	DailyTokens  LimitUse `json:"daily_tokens"`  // a day of UTC, of the user
	Waiting      int      `json:"waiting"`       // calls, of all users
	UserWaiting  int      `json:"user_waiting"`  // of the user
	Before       int      `json:"before"`        // calls that wait before the jobs asked for; -1 if those do not wait
	// For how long, in milliseconds from now: until the first of those jobs asks again;
	// until which all calls are held since the service asked for that, or as the account
	// has no credit; and those of the user.
	Turn     int64 `json:"turn_ms"`
	Stopped  int64 `json:"stopped_ms"`
	NoCredit int64 `json:"no_credit_ms"`
	UserHeld int64 `json:"user_held_ms"`
}

// LimitUse is how much of one limit is in use; Limit 0 is none. Freed is in how many
// milliseconds some of it will not be any more.
type LimitUse struct {
	Used  int   `json:"used"`
	Limit int   `json:"limit"`
	Freed int64 `json:"freed_ms"`
}

func (l LimitUse) full() bool { return l.Limit > 0 && l.Used >= l.Limit }

var lookScript = redis.NewScript(join("state", "log", "feedback", "queue", "turns", "processes", "look"))

// LookAtUse looks at the limits of a service ([Google] or [OpenAI]), those of a user and the
// places of the user's jobs, as named in [Caller]. It changes nothing.
func LookAtUse(ctx context.Context, client redis.Scripter, api, user string, jobs []string, now time.Time) (Use, error) {
	keys := append(ledgerKeys(api, "look", now.UTC().Format(time.DateOnly)), userCallsKey(api, user))
	// By a process that was never heard of, and has seen all time pass.
	nothing, err := json.Marshal(&batch{Process: "look", Elapsed: math.MaxInt32})
	if err != nil {
		return Use{}, fmt.Errorf("look at the limits of %s: %w", api, err)
	}
	args := []any{nothing, "", user}
	for _, job := range jobs {
		args = append(args, ticketOf(user, job, 1), ticketOf(user, job, 2))
	}
	text, err := lookScript.Run(ctx, client, keys, args...).Text()
	if err != nil {
		return Use{}, fmt.Errorf("look at the limits of %s: %w", api, err)
	}
	var use Use
	if err := json.Unmarshal([]byte(text), &use); err != nil {
		return Use{}, fmt.Errorf("look at the limits of %s: decode the answer: %w", api, err)
	}
	return use, nil
}

// Binding says what keeps calls of the user from being sent now, for a person to read, and
// for how long at least; "" if nothing does.
func (u Use) Binding() (what string, left time.Duration) {
	ms := func(n int64) time.Duration { return time.Duration(n) * time.Millisecond }
	switch {
	case u.NoCredit > 0:
		return insufficientQuota, ms(u.NoCredit)
	case u.Stopped > 0:
		return limitNames["stopped"], ms(u.Stopped)
	case u.UserHeld > 0:
		return "the service, which asked for fewer calls of this user", ms(u.UserHeld)
	case u.DailyTokens.full():
		return "tokens a day of one user", 0
	case u.UserRequests.full():
		return limitNames["user"], ms(u.UserRequests.Freed)
	case u.Requests.full():
		return limitNames["requests"], ms(u.Requests.Freed)
	case u.Tokens.full(), u.Waiting > 0 && u.Tokens.Limit > 0:
		return limitNames["tokens"], ms(u.Tokens.Freed)
	case u.Waiting > 0 && u.Requests.Limit > 0:
		return limitNames["requests"], ms(u.Requests.Freed)
	}
	return "", 0
}
