package events

import (
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// redisTime is what the clock of Redis said, and when.
type redisTime struct {
	said time.Time // by Redis's clock
	here time.Time // by this process's; zero if nobody knows
}

// maxIdleLook bounds how many pending messages are looked at when Redis's clock has
// stepped: far more than consumers have in hand.
const maxIdleLook = 10_000

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
	before, began, slack := r.clock, r.cfg.Now(), r.cfg.ClaimIdle/2
	r.clock = redisTime{}
	expected := ""
	if !before.here.IsZero() {
		expected = fmt.Sprint(before.said.Add(began.Sub(before.here)).UnixMilli())
	}
	answer, err := claimScript.Run(r.ctx, r.client, []string{r.cfg.Stream}, r.cfg.Group, r.cfg.Name,
		r.cfg.ClaimIdle.Milliseconds(), start, r.size.next, expected, slack.Milliseconds(), maxIdleLook).Slice()
	if err != nil {
		return nil, "", err
	}
	said, stepped, next, list, ok := readClaim(answer)
	if !ok {
		return nil, "", fmt.Errorf("the script answered %v", answer)
	}
	if r.cfg.Now().Sub(began) <= slack { // else nobody knows when Redis said so
		r.clock = redisTime{said, began}
	}
	if stepped {
		r.log.Warn().Dur("by_ms", said.Sub(before.said)-began.Sub(before.here)).Msg("the clock of Redis has stepped, or it is far away")
	}
	return list, next, nil
}

// readClaim reads the answer of the script.
func readClaim(answer []any) (said time.Time, stepped bool, next string, entries []redis.XMessage, ok bool) {
	if len(answer) != 4 {
		return said, false, "", nil, false
	}
	ms, isTime := answer[0].(int64)
	next, isID := answer[2].(string)
	list, isList := answer[3].([]any)
	if !isTime || !isID || !isList {
		return said, false, "", nil, false
	}
	for _, item := range list {
		if entry, ok := readEntry(item); ok {
			entries = append(entries, entry)
		}
	}
	return time.UnixMilli(ms), answer[1] == int64(1), next, entries, true
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
