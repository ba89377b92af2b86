package events

import (
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// look is when a consumer last looked for messages to claim, and what it noted then of
// what was pending; zero if it has not looked yet.
type look struct {
	at    time.Time
	noted string
}

const (
	// maxIdleLook bounds how many pending messages are looked at when Redis's clock has
	// stepped: far more than consumers have in hand.
	maxIdleLook = 10_000
	// maxNoted bounds how many a consumer notes at a look, the oldest first.
	maxNoted = 1000
)

// claim takes over and finishes what dead consumers left, and what this one was
// sent in an answer that got lost.
func (r *run) claim() {
	for start := "0-0"; r.ctx.Err() == nil; {
		entries, next, err := r.claimFrom(start)
		if err != nil {
			r.note("claim messages", err)
			return
		}
		r.size.saw(entries)
		if len(entries) > 0 {
			r.log.Info().Int("messages", len(entries)).Msg("took over messages that were left pending")
			r.finishAgain(entries)
		}
		if next == "0-0" {
			return
		}
		start = next
	}
}

func (r *run) claimFrom(start string) (entries []redis.XMessage, next string, err error) {
	began, slack, since := r.cfg.Now(), r.cfg.ClaimIdle/2, time.Duration(0)
	if r.last.noted != "" {
		since = began.Sub(r.last.at)
	}
	reply, err := claimScript.Run(r.ctx, r.client, []string{r.cfg.Stream},
		r.cfg.Group, r.cfg.Name, r.cfg.ClaimIdle.Milliseconds(), start, r.size.next,
		slack.Milliseconds(), maxIdleLook, maxNoted, since.Milliseconds(), r.last.noted).Slice()
	if err != nil {
		return nil, "", err
	}
	if len(reply) != 4 {
		return nil, "", fmt.Errorf("the script answered %v", reply)
	}
	step, isNumber := reply[0].(int64)
	next, isID := reply[1].(string)
	items, isList := reply[2].([]any)
	noted, isText := reply[3].(string)
	if !isNumber || !isID || !isList || !isText {
		return nil, "", fmt.Errorf("the script answered %v", reply)
	}
	if step != 0 {
		r.log.Warn().Int64("by_ms", step).Msg("the clock of Redis has stepped, or it is far away")
	}
	if r.cfg.Now().Sub(began) <= slack { // else nobody knows when Redis said so
		r.last = look{began, noted}
	}
	for _, item := range items {
		if entry, ok := readEntry(item); ok {
			entries = append(entries, entry)
		}
	}
	return entries, next, nil
}

// readEntry reads an entry of a stream as scripts have it: its ID, and its fields and
// values in turn, or nothing if it was deleted.
func readEntry(item any) (entry redis.XMessage, ok bool) {
	pair, ok := item.([]any)
	if !ok || len(pair) != 2 {
		return entry, false
	}
	entry.ID, ok = pair[0].(string)
	flat, there := pair[1].([]any)
	if !ok || !there {
		return entry, ok
	}
	entry.Values = make(map[string]any, len(flat)/2)
	for i := 0; i+1 < len(flat); i += 2 {
		if name, ok := flat[i].(string); ok {
			entry.Values[name] = flat[i+1]
		}
	}
	return entry, true
}
