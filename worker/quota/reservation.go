package quota

import (
	"context"
	"fmt"
	"time"
)

// reservation is a call that wants a turn, or has it.
type reservation struct {
	ask
	until    time.Time // the longest it may wait
	again    time.Time // when to ask for it
	answer   chan decision
	answered bool // its place in the queue is gone
	released bool // its caller gave up

	// Its turn: not to be sent before at, asked for at asked, and in no window of the
	// upstream any more when it expires.
	at, asked, expires time.Time
	known              bool // the ledger has it in its log
}

// decision is what a call waits for: a turn, an error, or in degraded mode to look again.
type decision struct {
	turn bool
	wait time.Duration // until then
	err  error
}

// report is how a call went that had a turn.
type report struct {
	unsent    bool      // the upstream has not seen it
	idle      bool      // the connection had been idle and broke, as one does that the upstream has closed
	arrivedBy time.Time // the upstream had it by then
	answer    answer
}

// reserve blocks until a call may be sent, or says that it would have to wait
// beyond until.
func (b *batcher) reserve(ctx context.Context, who Caller, tokens int, until time.Time) (*reservation, error) {
	c := b.takeTicket(who, until)
	c.Tokens = tokens
	defer b.leave(c)
	for {
		b.enqueue(c)
		var got decision
		select {
		case got = <-c.answer:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		c.answered = got.turn || got.err != nil
		if got.err != nil {
			return nil, got.err
		}
		err := sleep(ctx, got.wait, b.closing)
		if got.turn && err == nil && !b.recalled(c) {
			return c, nil
		}
		if got.turn {
			b.settle(c, report{unsent: true})
		}
		if err != nil {
			return nil, err
		}
	}
}

// takeTicket names the call's place in the queue: by its work, so that the work finds
// it again, or by a name of its own.
func (b *batcher) takeTicket(who Caller, until time.Time) *reservation {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := &reservation{until: until, answer: make(chan decision, 1)}
	c.Name, c.Keep = who.User, who.Job != ""
	c.Ahead, c.Last = who.Priority == Ahead, who.Priority == Background
	c.Ticket = ticketOf(who.User, who.Job, 1)
	for n := 2; b.tickets[c.Ticket]; n++ {
		c.Ticket = ticketOf(who.User, who.Job, n)
	}
	if !c.Keep {
		c.Ticket = b.unique()
	}
	b.tickets[c.Ticket] = true
	return c
}

// ticketOf names the place of the nth call that a piece of work makes at once.
func ticketOf(user, job string, n int) string {
	if n == 1 {
		return user + " " + job
	}
	return fmt.Sprintf("%s %s %d", user, job, n)
}

// unique returns a name that no other call, ticket or process has.
func (b *batcher) unique() string {
	b.serial++
	return fmt.Sprintf("%s-%d", b.process, b.serial)
}

// enqueue puts a call in line.
func (b *batcher) enqueue(c *reservation) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c.Call, c.answered, c.again = b.unique(), false, b.now()
	switch {
	case b.closed:
		b.decide(c, decision{err: errClosed})
	case b.degraded != nil:
		b.decideDegraded(c)
	default:
		b.asking = append(b.asking, c)
		b.wantCrowd(c.again, b.left.Add(crowd))
	}
}

// leave gives up the place of a call whose caller gave up, and a turn that came too late.
func (b *batcher) leave(c *reservation) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.tickets, c.Ticket)
	if c.answered {
		return
	}
	c.released = true
	if len(b.released) < maxBacklog {
		b.released = append(b.released, c.Ticket)
	}
	select {
	case got := <-c.answer:
		if got.turn {
			b.note(c, report{unsent: true})
		}
	default:
	}
}

// decide answers a call. A turn whose caller gave up meanwhile is given back.
func (b *batcher) decide(c *reservation, got decision) {
	if c.released && got.turn {
		b.note(c, report{unsent: true})
		return
	}
	c.answer <- got
}

// grant gives a call its turn, after a wait.
func (b *batcher) grant(c *reservation, wait time.Duration, asked time.Time) {
	c.at, c.asked, c.known = b.now().Add(wait), asked, b.degraded == nil
	c.expires = c.at.Add(b.timing.provisional)
	b.calls[c] = struct{}{}
	b.decide(c, decision{turn: true, wait: wait})
}

// settle says how a call went that had a turn.
func (b *batcher) settle(c *reservation, r report) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.note(c, r)
}

func (b *batcher) note(c *reservation, r report) {
	now, a := b.now(), r.answer
	_, counts := b.calls[c]
	b.hear(a)
	s := settlement{Call: c.Call, Name: c.Name, Unsent: r.unsent, feedback: a.feedback, arrivedBy: r.arrivedBy}
	if used := a.prompt + a.completion; used > 0 {
		c.Tokens, s.Tokens = used, &used
	}
	if r.unsent {
		s.arrivedBy = now
		delete(b.calls, c)
	}
	c.expires = s.arrivedBy.Add(b.timing.window)
	// A call that bypassed the ledger is not settled, but what the upstream says is told.
	if len(b.settled) >= maxBacklog || !counts && !a.says() {
		return
	}
	b.settled = append(b.settled, s)
	switch {
	case a.Refused || a.NoCredit:
		b.want(now)
	case r.unsent || s.Tokens != nil && b.held.Tokens > 0:
		b.wantCrowd(now.Add(lull), now.Add(crowd))
	case a.says():
		b.want(now.Add(lull))
	}
}
