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
	released bool      // its caller gave up
	answer   chan decision
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
	defer b.freeTicket(w)
	for {
		got := b.await(ctx, w)
		switch {
		case got.err != nil:
			return nil, got.err
		case got.lease == nil:
			if err := sleep(ctx, got.wait, b.closing); err != nil {
				b.release(w)
				return nil, err
			}
			continue
		}
		l := got.lease
		err := sleep(ctx, l.at.Sub(b.now()), b.closing)
		if err == nil && !b.recalled(l) {
			return l, nil
		}
		b.settle(l, report{unsent: true})
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

func (b *batcher) freeTicket(w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.tickets, w.Ticket)
}

// unique returns a name that no other call, ticket or process has.
func (b *batcher) unique() string {
	b.serial++
	return fmt.Sprintf("%s-%d", b.process, b.serial)
}

// await asks once and waits for the answer, unless ctx ends.
func (b *batcher) await(ctx context.Context, w *waiter) decision {
	b.enqueue(w)
	select {
	case got := <-w.answer:
		return got
	case <-ctx.Done():
	}
	b.release(w)
	select {
	case got := <-w.answer:
		if got.lease != nil {
			b.settle(got.lease, report{unsent: true})
		}
	default:
	}
	return decision{err: ctx.Err()}
}

func (b *batcher) enqueue(w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w.Call = b.unique()
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

// release gives up the place of a call whose caller gave up.
func (b *batcher) release(w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w.released = true
	if len(b.released) < maxBacklog {
		b.released = append(b.released, w.Ticket)
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
	l := &lease{call: w.Call, user: w.Name, tokens: w.Tokens, at: at, asked: asked, expires: at.Add(b.timing.provisional), known: b.degraded == nil}
	b.calls[l] = struct{}{}
	b.decide(w, decision{lease: l})
}
