package events

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/redis/go-redis/v9"
)

// run is a Consumer at work. All its methods are called from one goroutine, but
// for the read that is one batch ahead, and the retries of single users.
type run struct {
	*Consumer
	handler Handler
	ctx     context.Context // ends when the consumer is to stop
	work    context.Context // ends when what is in hand must be dropped
	last    look            // for messages to claim
	retries *retries
}

// consume reads and finishes new messages until ctx ends.
func (r *run) consume() {
	inHand := &batch{}
	for r.ctx.Err() == nil {
		if r.upkeepDue() {
			// Nothing may be in hand while the pending list is looked through, or
			// the consumer would claim from itself what it is about to finish.
			r.finish(inHand)
			inHand = &batch{}
			r.upkeep()
		}
		ahead := r.readAhead()
		r.finish(inHand)
		next := <-ahead
		r.size.saw(next.entries)
		inHand = newBatch(next.entries, next.doubt, next.since)
		inHand.since = next.since
		if next.err != nil {
			r.backOff(next.err, next.began)
		} else {
			r.outage.over()
		}
	}
	r.finish(inHand)
}

// readResult is entries with when they came in, and up to which of the stream
// they may have been delivered before.
type readResult struct {
	entries      []redis.XMessage
	doubt        streamID
	began, since time.Time
	err          error
}

// readAhead reads the next batch while the one in hand is handled. Taking it apart
// is left to whoever handles it: reading is the longer part.
func (r *run) readAhead() <-chan readResult {
	result := make(chan readResult, 1)
	doubt, began := r.doubt, r.cfg.Now()
	go func() {
		entries, err := r.read(r.ctx, ">")
		result <- readResult{entries, doubt, began, r.cfg.Now(), err}
	}()
	return result
}

// backOff waits until the group can be read again, or ctx ends, after a read that
// began at the given time failed.
func (r *run) backOff(err error, began time.Time) {
	// A read gives up slowly. It may be the last to hear of an outage that is
	// over, which would be one outage logged as two.
	if r.outage.endedAfter(began) {
		if err = r.rejoin(r.ctx); err == nil {
			return
		}
	}
	for r.outage.failed(r.ctx, "read the stream", err) {
		if err = r.rejoin(r.ctx); err == nil {
			return
		}
	}
}

// resume finishes what an earlier process of the same name left pending.
func (r *run) resume() {
	after := "0"
	for r.ctx.Err() == nil {
		began := r.cfg.Now()
		entries, err := r.read(r.ctx, after)
		if err != nil {
			r.backOff(err, began)
			continue
		}
		r.outage.over()
		if len(entries) == 0 {
			return
		}
		r.size.saw(entries)
		after = entries[len(entries)-1].ID
		r.finishAgain(entries)
	}
}

// finishAgain finishes entries that were delivered before.
func (r *run) finishAgain(entries []redis.XMessage) {
	r.finish(newBatch(entries, streamID{math.MaxUint64, math.MaxUint64}, r.cfg.Now()))
}

// finish puts the dead letters of a batch aside, hands the rest to the handler
// and acknowledges all, trying again until it is done or the consumer is to
// stop. What is not acknowledged by then stays pending.
func (r *run) finish(b *batch) {
	if b.empty() {
		return
	}
	aside := 0
	done := r.retry("put dead letters aside", func() error {
		n, err := r.writeDead(r.work, b.dead[aside:])
		aside += n
		return err
	}) &&
		r.retry("acknowledge dead letters", func() error { return r.ack(r.work, b.badIDs()) })
	if !done {
		return
	}
	r.countDead(b)
	b.good = r.retries.take(b.good)
	if !r.retry("handle messages", func() error { return r.handle(b) }) {
		return
	}
	// What was left to the retries is no longer in the batch.
	if r.retry("acknowledge messages", func() error { return r.ack(r.work, idsOf(b.good)) }) {
		r.cfg.Metrics.applied(len(b.good))
	}
}

func (r *run) handle(b *batch) error {
	if len(b.good) == 0 {
		return nil
	}
	// What has been in hand for long may be claimed by another consumer any
	// moment, and acknowledged by it while it is still handled here.
	if !b.since.IsZero() && r.cfg.Now().Sub(b.since) > r.cfg.ClaimIdle/2 {
		b.markRedelivered()
	}
	err := r.handler.Handle(r.work, b.good)
	if unfinished := (*Unfinished)(nil); errors.As(err, &unfinished) {
		b.good = r.retries.leave(b.good, unfinished.Users)
		return nil
	}
	if err != nil {
		b.markRedelivered()
	}
	return err
}

// retry tries op until it succeeds. It reports false if the consumer is to stop
// before that, though not without having tried once.
func (r *run) retry(name string, op func() error) bool {
	for {
		err := op()
		if err == nil {
			r.outage.over()
			return true
		}
		if !r.outage.failed(r.ctx, name, err) {
			return false
		}
	}
}

func (r *run) countDead(b *batch) {
	if len(b.dead) == 0 {
		return
	}
	r.cfg.Metrics.dead(len(b.dead))
	r.log.Warn().Int("messages", len(b.dead)).Str("first", b.dead[0].MessageID).
		Msg("messages that make no sense went to the dead letters")
}
