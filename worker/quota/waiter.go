package quota

import (
	"context"
	"fmt"
	"time"
)

// waiter is a call that waits for its turn.
type waiter struct {
	claim    claim
	ticket   string
	until    time.Time // the longest it may wait
	call     string    // what it asks for now
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
func (b *batcher) reserve(ctx context.Context, c claim, until time.Time) (*lease, error) {
	w := b.takeTicket(c, until)
	defer b.freeTicket(w)
	for {
		got := b.ask(ctx, w)
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
func (b *batcher) takeTicket(c claim, until time.Time) *waiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := &waiter{claim: c, until: until, answer: make(chan decision, 1)}
	if c.caller.Job == "" {
		w.ticket = b.unique()
	} else {
		w.ticket = c.caller.User + " " + c.caller.Job
		for n := 2; b.tickets[w.ticket]; n++ {
			w.ticket = fmt.Sprintf("%s %s %d", c.caller.User, c.caller.Job, n)
		}
	}
	b.tickets[w.ticket] = true
	return w
}

func (b *batcher) freeTicket(w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.tickets, w.ticket)
}

// unique returns a name that no other call, ticket or process has.
func (b *batcher) unique() string {
	b.serial++
	return fmt.Sprintf("%s-%d", b.process, b.serial)
}

// ask asks once and waits for the answer, unless ctx ends.
func (b *batcher) ask(ctx context.Context, w *waiter) decision {
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
	w.call = b.unique()
	switch {
	case b.closed:
		b.decide(w, decision{err: errClosed})
	case b.degraded != nil:
		b.decideDegraded(w)
	default:
		b.asking = append(b.asking, w)
		due := b.now()
		if due.Sub(b.crowded) < crowdedFor {
			due = b.tripped.Add(crowd)
		}
		b.want(due)
	}
}

// release gives up the place of a call whose caller gave up.
func (b *batcher) release(w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w.released = true
	if len(b.released) < maxBacklog {
		b.released = append(b.released, w.ticket)
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
	l := &lease{call: w.call, claim: w.claim, at: at, asked: asked, expires: at.Add(b.timing.provisional)}
	b.calls[l] = struct{}{}
	if b.degraded != nil {
		b.unreported = append(b.unreported, l)
	}
	b.decide(w, decision{lease: l})
}
