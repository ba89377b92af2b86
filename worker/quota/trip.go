package quota

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// trip carries what has come up to the ledger and hands out its answers. It waits only
// so long for them; a batch that is run after all finds that a later one has overtaken it.
func (b *batcher) trip(last bool) {
	t := b.compose(last)
	began := b.now()
	ctx, cancel := context.WithTimeout(context.Background(), tripTimeout)
	defer cancel()
	r, err := t.run(ctx, b.client, b.api, began)
	if took := b.now().Sub(began); err == nil && took > tripTimeout {
		err = fmt.Errorf("quota ledger of %s: it answered after %v, when others may have gone on without it", b.api, took)
	}
	b.metrics.trips.WithLabelValues(b.api).Inc()
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case err != nil:
		b.lose(t, err)
	case r.Again:
		b.resync(t)
		b.asking, b.due = append(t.asked, b.asking...), began
	default:
		b.arrived(t, began, r)
		for i, c := range t.asked {
			b.hand(c, r.Answers[i], began)
		}
		b.free = r.Free && began.After(b.revoked)
	}
}

// compose takes what is to go along on the next trip.
func (b *batcher) compose(last bool) *batch {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	b.serial++
	t := &batch{
		Process: b.process, Number: b.serial, Epoch: b.epoch, Answered: b.answered, Elapsed: millis(now.Sub(b.tripped)), Limits: b.bounds,
		Beat: b.returning || !now.Before(b.beatAt) || now.Sub(b.snapshotAt) > snapshotAge, Bye: last,
	}
	if b.span != minute {
		t.Window = millis(b.span)
	}
	if t.Beat {
		b.beatAt = now.Add(b.timing.beat)
		maps.DeleteFunc(b.calls, func(c *reservation, _ struct{}) bool { return !c.expires.After(now) })
	}
	b.due, b.left = b.beatAt, now
	if b.returning {
		b.composeReturn(t, now)
	}
	givesBack := 0
	t.told, b.settled = take(b.settled, maxSettlements)
	for _, s := range t.told {
		s.User, s.Ago = t.user(s.Name), int64(now.Sub(s.arrivedBy)/time.Millisecond)
		t.Settled = append(t.Settled, s)
		if s.Unsent || s.Tokens != nil {
			givesBack++
		}
	}
	t.Released, b.released = take(b.released, maxSettlements)
	if b.degraded == nil && !t.More && !last {
		b.composeAsks(t, now, 2*givesBack)
	}
	if len(b.asking) > 0 {
		b.want(b.asking[0].again)
	}
	if len(b.released)+len(b.settled) > 0 {
		b.want(now)
	}
	return t
}

// composeAsks asks for those whose time it is, or soon, and for so many more: what the
// batch gives back may be theirs.
func (b *batcher) composeAsks(t *batch, now time.Time, more int) {
	b.asking = slices.DeleteFunc(b.asking, func(c *reservation) bool { return c.released })
	slices.SortStableFunc(b.asking, func(one, other *reservation) int { return one.again.Compare(other.again) })
	n := 0
	for n < len(b.asking) && !b.asking[n].again.After(now.Add(company)) {
		n++
	}
	t.asked, b.asking = take(b.asking, min(n+more, maxAsks))
	for _, c := range t.asked {
		c.User, c.Wait = t.user(c.Name), max(0, int64(c.until.Sub(now)/time.Millisecond))
		t.Asks = append(t.Asks, c.ask)
	}
}

// take splits off the first n.
func take[T any](all []T, n int) (first, rest []T) {
	n = min(n, len(all))
	return all[:n:n], all[n:]
}

// composeReturn tells what the ledger has to know of a process that was without it.
func (b *batcher) composeReturn(t *batch, now time.Time) {
	away, held := int64(-1), b.held
	if !b.joined.IsZero() {
		away = millis(now.Sub(b.tripped))
	}
	t.Away, t.Held = &away, &held
	if b.snapshot != nil {
		t.Members = b.snapshot.Members
		t.Used = &used{millis(now.Sub(b.snapshotAt)), b.snapshot.Calls, b.snapshot.Tokens}
		if b.degraded != nil {
			t.Share = newDegraded(b.degraded.since, b.process, b.timing, b.snapshotAt, b.snapshot).ofEach(b.held, now)
		}
	}
	for c := range b.calls {
		if c.known {
			continue
		}
		if t.More = len(t.reported) == maxReported; t.More {
			break
		}
		tokens := c.Tokens // which may yet change
		t.reported = append(t.reported, c)
		t.Settled = append(t.Settled, settlement{
			Call: c.Call, Name: c.Name, User: t.user(c.Name), Tokens: &tokens, Counts: max(1, millis(c.expires.Sub(now))),
		})
	}
}

// arrived notes that a batch was run.
func (b *batcher) arrived(t *batch, began time.Time, r reply) {
	if b.joined.IsZero() || b.epoch != r.Epoch {
		b.joined = began // of a new ledger, others may not be members yet
	}
	b.epoch, b.answered, b.tripped = r.Epoch, t.Number, began
	b.agree(r)
	if r.Snapshot != nil {
		b.snapshot, b.snapshotAt = r.Snapshot, began
		b.metrics.uses(b.api, r.Snapshot, b.held)
	}
	for _, c := range t.reported {
		c.known = true
	}
	if t.Away == nil {
		return
	}
	b.returning, b.due = false, began
	for c := range b.calls {
		b.returning = b.returning || !c.known // some were made meanwhile
	}
	if b.degraded != nil && !b.returning {
		b.log.Info().Dur("after_ms", b.now().Sub(b.degraded.since)).Msg("quota ledger is back")
		b.degraded = nil
	}
}

// agree takes note of the limits that hold, and says when they are not the same for
// all processes, and when they are again.
func (b *batcher) agree(r reply) {
	b.held = r.Limits
	if r.Mixed == b.mixed {
		return
	}
	b.mixed = r.Mixed
	line, text := b.log.Info(), "all processes have the same limits again"
	if b.mixed {
		line, text = b.log.Warn(), "processes have different limits: the lowest hold until all have the same"
	}
	line.Any("own", b.bounds).Any("held", b.held).Msg(text)
}

// limitNames says for a person what a call waits for.
var limitNames = map[string]string{
	"requests": "requests a minute",
	"tokens":   "tokens a minute",
	"user":     "requests a minute of one user",
	"stopped":  "the service, which asked to be left alone",
}

// hand gives a call the ledger's answer. began is when it was asked: waits
// count from the answer, so that they end no earlier than meant.
func (b *batcher) hand(c *reservation, v verdict, began time.Time) {
	now := b.now()
	wait := time.Duration(v.Wait) * time.Millisecond
	if v.Spurious {
		b.metrics.spurious.WithLabelValues(b.api).Inc()
	}
	if v.What == askAt || v.What == deferred {
		b.crowded = now
	}
	switch v.What {
	case goAt:
		b.grant(c, wait, began)
	case askAt:
		c.again = now.Add(wait)
		b.asking = append(b.asking, c)
		b.want(c.again)
	case deferred:
		b.decide(c, decision{err: &Deferred{API: b.api, Limit: limitNames[v.Why], At: now.Add(wait)}})
	case spent:
		midnight := now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
		b.decide(c, decision{err: &Exhausted{API: b.api, Reason: "the user's budget of tokens for the day is used up", Until: midnight}})
	case noCredit:
		b.decide(c, decision{err: &Exhausted{API: b.api, Reason: insufficientQuota, Until: now.Add(wait)}})
	}
}
