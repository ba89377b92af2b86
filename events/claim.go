package events

import (
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// look is what a consumer saw when it last looked for messages to claim.
type look struct {
	said    time.Time // by Redis's clock
	here    time.Time // by this process's; zero if it has not looked yet
	pending []pendingMessage
}

// pendingMessage is a message that was delivered and not acknowledged.
type pendingMessage struct {
	id         string
	deliveries int64
	idle       time.Duration // since it was last delivered
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
	began, slack := r.cfg.Now(), r.cfg.ClaimIdle/2
	since, expected := began.Sub(r.last.here), ""
	if !r.last.here.IsZero() {
		expected = fmt.Sprint(r.last.said.Add(since).UnixMilli())
	}
	args := []any{r.cfg.Group, r.cfg.Name, r.cfg.ClaimIdle.Milliseconds(), start, r.size.next,
		expected, slack.Milliseconds(), maxIdleLook, maxNoted, since.Milliseconds()}
	for _, p := range r.last.pending {
		args = append(args, p.id, p.deliveries, (p.idle + since).Milliseconds())
	}
	reply, err := claimScript.Run(r.ctx, r.client, []string{r.cfg.Stream}, args...).Slice()
	if err != nil {
		return nil, "", err
	}
	answer, ok := readClaim(reply)
	if !ok {
		return nil, "", fmt.Errorf("the script answered %v", reply)
	}
	if answer.stepped {
		r.log.Warn().Dur("by_ms", answer.said.Sub(r.last.said)-since).Msg("the clock of Redis has stepped, or it is far away")
	}
	if r.cfg.Now().Sub(began) <= slack { // else nobody knows when Redis said so
		r.last = look{answer.said, began, answer.pending}
	}
	return answer.entries, answer.next, nil
}

// claimAnswer is what the script returns.
type claimAnswer struct {
	said    time.Time
	stepped bool
	next    string
	entries []redis.XMessage
	pending []pendingMessage
}

func readClaim(reply []any) (a claimAnswer, ok bool) {
	if len(reply) != 5 {
		return a, false
	}
	ms, isTime := reply[0].(int64)
	next, isID := reply[2].(string)
	entries, isList := reply[3].([]any)
	pending, isPending := reply[4].([]any)
	if !isTime || !isID || !isList || !isPending {
		return a, false
	}
	a.said, a.stepped, a.next = time.UnixMilli(ms), reply[1] == int64(1), next
	for _, item := range entries {
		if entry, ok := readEntry(item); ok {
			a.entries = append(a.entries, entry)
		}
	}
	for _, item := range pending {
		if p, ok := readPending(item); ok {
			a.pending = append(a.pending, p)
		}
	}
	return a, true
}

// readPending reads an item of XPENDING: ID, consumer, idle time, deliveries.
func readPending(item any) (p pendingMessage, ok bool) {
	list, ok := item.([]any)
	if !ok || len(list) != 4 {
		return p, false
	}
	id, isID := list[0].(string)
	idle, isIdle := list[2].(int64)
	deliveries, isCount := list[3].(int64)
	return pendingMessage{id, deliveries, time.Duration(idle) * time.Millisecond}, isID && isIdle && isCount
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
