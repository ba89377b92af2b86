package quota

import (
	"context"
	"fmt"
	"time"
)

// waiter is a call that waits for its turn.
type waiter struct {
	claim  claim
	call   string
	ticket string
	until  time.Time // the longest it may wait
	again  time.Time // when to ask again
	gone   bool      // its caller gave up
	answer chan decision
}

type decision struct {
	lease *lease
	err   error
}

// reserve blocks until the call may be sent, or says that it would have to wait
// beyond until.
func (d *desk) reserve(ctx context.Context, c claim, until time.Time) (*lease, error) {
	for {
		w := d.enter(c, until)
		l, err := d.await(ctx, w)
		if err != nil {
			return nil, err
		}
		if err := sleep(ctx, l.at.Sub(d.now())); err != nil {
			d.settle(l, report{unsent: true})
			return nil, err
		}
		if !d.calledBack(l) {
			return l, nil
		}
		d.settle(l, report{unsent: true})
	}
}

// enter puts a call in line.
func (d *desk) enter(c claim, until time.Time) *waiter {
	d.mu.Lock()
	defer d.mu.Unlock()
	w := &waiter{claim: c, until: until, answer: make(chan decision, 1)}
	w.call = d.unique()
	w.ticket = d.takeTicket(c.caller)
	if d.closed {
		d.decide(w, decision{err: errClosed})
		return w
	}
	if d.alone != nil {
		d.decideAlone(w)
		return w
	}
	d.fresh = append(d.fresh, w)
	d.stir()
	return w
}

// await waits for the answer, unless ctx ends.
func (d *desk) await(ctx context.Context, w *waiter) (*lease, error) {
	select {
	case got := <-w.answer:
		return got.lease, got.err
	case <-ctx.Done():
	}
	d.withdraw(w)
	select {
	case got := <-w.answer:
		if got.err == nil {
			d.settle(got.lease, report{unsent: true})
		}
	default:
	}
	return nil, ctx.Err()
}

// withdraw takes a call out of line whose caller gave up.
func (d *desk) withdraw(w *waiter) {
	d.mu.Lock()
	defer d.mu.Unlock()
	w.gone = true
	if _, waits := d.waiting[w]; waits {
		delete(d.waiting, w)
		d.giveUp(w)
	}
	for i, f := range d.fresh {
		if f == w {
			d.fresh = append(d.fresh[:i], d.fresh[i+1:]...)
			d.giveUp(w)
			break
		}
	}
}

// giveUp gives up the place of a call that is in line no more.
func (d *desk) giveUp(w *waiter) {
	delete(d.tickets, w.ticket)
	if len(d.left) < maxBacklog {
		d.left = append(d.left, w.ticket)
	}
}

// decide tells a waiter and frees its ticket. A turn whose caller gave up
// meanwhile is given back.
func (d *desk) decide(w *waiter, got decision) {
	delete(d.waiting, w)
	delete(d.tickets, w.ticket)
	if w.gone && got.lease != nil {
		d.tell(got.lease, report{unsent: true})
		return
	}
	w.answer <- got
}

// calledBack reports whether the far side stopped all calls after the lease was
// given, for longer than a notice takes.
func (d *desk) calledBack(l *lease) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return l.asked.Before(d.notice) && d.stopped.Sub(d.now()) > 50*time.Millisecond
}

// takeTicket names the place in the queue of a call: by its work, so that the
// work finds it again, or by a name of its own.
func (d *desk) takeTicket(c Caller) string {
	if c.Job == "" {
		return d.unique()
	}
	ticket := c.User + " " + c.Job
	for n := 2; d.tickets[ticket]; n++ {
		ticket = fmt.Sprintf("%s %s %d", c.User, c.Job, n)
	}
	d.tickets[ticket] = true
	return ticket
}

func (d *desk) unique() string {
	d.serial++
	return fmt.Sprintf("%s-%d", d.gate, d.serial)
}
