package quota

import (
	"context"
	"fmt"
	"time"
)

// waiter is a call that waits for its turn.
type waiter struct {
	ask
	until    time.Time // the longest it may wait
	answer   chan decision
	answered bool // its place in the queue is gone
	released bool // its caller gave up
}

// decision is the answer to one ask: a lease, an error, or to ask again after a while.
type decision struct {
	lease *lease
	wait  time.Duration
	err   error
}

// reserve blocks until the call may be sent, or says that it would have to wait
// beyond until.
func (b *batcher) reserve(ctx context.Context, who Caller, tokens int, until time.Time) (*lease, error) {
	w := b.takeTicket(who, until)
	w.Tokens = tokens
	defer b.leave(w)
	for {
		b.enqueue(w)
		var got decision
		select {
		case got = <-w.answer:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		w.answered = got.lease != nil || got.err != nil
		if got.err != nil {
			return nil, got.err
		}
		l, wait := got.lease, got.wait
		if l != nil {
			wait = l.at.Sub(b.now())
		}
		err := sleep(ctx, wait, b.closing)
		if l != nil && err == nil && !b.recalled(l) {
			return l, nil
		}
		if l != nil {
			b.settle(l, report{unsent: true})
		}
		if err != nil {
			return nil, err
		}
	}
}

// takeTicket names the call's place in the queue: by its work, so that the work finds
// it again, or by a name of its own.
func (b *batcher) takeTicket(who Caller, until time.Time) *waiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := &waiter{until: until, answer: make(chan decision, 1)}
	w.Name, w.Keep, w.Ahead = who.User, who.Job != "", who.Priority == Ahead
	w.Ticket = who.User + " " + who.Job
	for n := 2; b.tickets[w.Ticket]; n++ {
		w.Ticket = fmt.Sprintf("%s %s %d", who.User, who.Job, n)
	}
	if !w.Keep {
		w.Ticket = b.unique()
	}
	b.tickets[w.Ticket] = true
	return w
}

// unique returns a name that no other call, ticket or process has.
func (b *batcher) unique() string {
	b.serial++
	return fmt.Sprintf("%s-%d", b.process, b.serial)
}

// enqueue asks once.
func (b *batcher) enqueue(w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w.Call, w.answered = b.unique(), false
	switch {
	case b.closed:
		b.decide(w, decision{err: errClosed})
	case b.degraded != nil:
		b.decideDegraded(w)
	default:
		b.asking = append(b.asking, w)
		b.wantWithin(0)
	}
}

// leave gives up the place of a call whose caller gave up, and a turn that came too late.
func (b *batcher) leave(w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.tickets, w.Ticket)
	if w.answered {
		return
	}
	w.released = true
	if len(b.released) < maxBacklog {
		b.released = append(b.released, w.Ticket)
	}
	select {
	case got := <-w.answer:
		if got.lease != nil {
			b.note(got.lease, report{unsent: true})
		}
	default:
	}
}

// decide tells a waiter. A turn whose caller gave up meanwhile is given back.
func (b *batcher) decide(w *waiter, got decision) {
	if w.released && got.lease != nil {
		b.note(got.lease, report{unsent: true})
		return
	}
	w.answer <- got
}

// lend gives a waiter its lease, whose turn is at a time.
func (b *batcher) lend(w *waiter, at, asked time.Time) {
	l := &lease{call: w.Call, user: w.Name, tokens: w.Tokens, at: at, asked: asked, known: b.degraded == nil}
	l.expires = at.Add(b.timing.provisional)
	b.calls[l] = struct{}{}
	b.decide(w, decision{lease: l})
}
