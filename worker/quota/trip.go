package quota

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"
)

// errSlow is the error of a trip that took too long to wait for.
var errSlow = errors.New("no answer in time")

// trip carries what has come up to the ledger and hands out its answers.
func (d *desk) trip(last bool) {
	b, asked, told := d.compose(last)
	began := d.now()
	r, err := d.send(b, began)
	d.metrics.tripped(d.api)
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case err != nil:
		d.lose(asked, told, err)
	case r.Again:
		d.epoch = ""
		d.tellAll(asked, told)
	case r.Late:
		d.tellAll(asked, told)
	default:
		d.arrived(b, began, r)
		for i, w := range asked {
			d.hand(w, r.Answers[i], began)
		}
		d.grantPass(r, began)
	}
}

// compose takes what is to go along on the next trip.
func (d *desk) compose(last bool) (*batch, []*waiter, []settled) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	d.serial++
	since := d.tripped
	if since.IsZero() {
		since = d.born
	}
	b := &batch{
		Gate: d.gate, Number: d.serial, Epoch: d.epoch, Elapsed: millis(now.Sub(since)),
		Timing: d.timing, Limits: d.bounds,
		Beat: !now.Before(d.beatAt) || d.returning || now.Sub(d.looked) > outlookAge, Bye: last,
	}
	d.urgent, d.more = false, false
	if d.returning {
		d.composeReturn(b, now)
	}
	told := d.composeSettled(b, now)
	n := min(len(d.left), maxSettlements)
	b.Left, d.left = d.left[:n:n], d.left[n:]
	var asked []*waiter
	if d.alone == nil && !b.More && !last {
		asked = d.composeAsks(b, now)
	}
	d.more = len(d.fresh) > 0 || len(d.left) > 0 || len(d.settled) > maxSettlements
	return b, asked, told
}

// composeReturn reports the calls that the ledger may not know.
func (d *desk) composeReturn(b *batch, now time.Time) {
	away := int64(-1)
	if !d.tripped.IsZero() {
		away = millis(now.Sub(d.tripped))
	}
	held := d.held
	b.Away, b.Held = &away, &held
	if d.outlook != nil {
		b.Members, b.Sharers = d.outlook.Gates, len(d.outlook.Gates)
		if d.alone != nil {
			b.Share = newAlone(d.alone.since, d.gate, d.timing, d.looked, d.outlook).ofEach(d.held, now)
		}
	}
	d.calls.forget(now)
	for _, l := range d.calls {
		if l.known {
			continue
		}
		if len(b.Report) == maxReported {
			b.More = true
			return
		}
		b.Report = append(b.Report, reported{
			Call: l.call, Name: l.claim.caller.User, User: d.userKey(b, l.claim.caller.User),
			Tokens: l.claim.tokens, Left: millis(l.expires.Sub(now)),
		})
	}
}

func (d *desk) composeSettled(b *batch, now time.Time) []settled {
	n := min(len(d.settled), maxSettlements)
	told := d.settled[:n:n]
	d.settled = d.settled[n:]
	for _, s := range told {
		s.User = d.userKey(b, s.user)
		s.Ago = int64(now.Sub(s.arrivedBy) / time.Millisecond)
		b.Settled = append(b.Settled, s.settlement)
	}
	return told
}

func (d *desk) composeAsks(b *batch, now time.Time) []*waiter {
	n := min(len(d.fresh), maxAsks)
	asked := d.fresh[:n:n]
	d.fresh = d.fresh[n:]
	for _, w := range d.nextWaiting(now, 2*b.givesBack()) {
		if len(asked) == maxAsks {
			break
		}
		asked = append(asked, w)
		delete(d.waiting, w)
	}
	for _, w := range asked {
		who := w.claim.caller
		b.Asks = append(b.Asks, ask{
			Call: w.call, Ticket: w.ticket, Keep: who.Job != "", Name: who.User,
			User: d.userKey(b, who.User), Ahead: who.Priority == Ahead,
			Tokens: w.claim.tokens, Wait: max(0, int64(w.until.Sub(now)/time.Millisecond)),
		})
	}
	return asked
}

// nextWaiting returns the waiters who are to be asked for now, and of the others
// the first n, in order of time.
func (d *desk) nextWaiting(now time.Time, n int) []*waiter {
	next := slices.SortedFunc(maps.Keys(d.waiting), func(a, b *waiter) int { return a.again.Compare(b.again) })
	for i, w := range next {
		if w.again.After(now.Add(company)) {
			return next[:min(len(next), i+n)]
		}
	}
	return next
}

// userKey returns the index of a user's own key, 0 if there is no user. Whether
// users are limited is for all processes to say.
func (d *desk) userKey(b *batch, user string) int {
	if user == "" {
		return 0
	}
	return b.user(user)
}

// send makes the trip, but waits only so long for it: the client may try again
// for much longer than callers have time. A batch that is run after all finds
// that later ones have overtaken it.
func (d *desk) send(b *batch, now time.Time) (reply, error) {
	ctx, cancel := context.WithTimeout(context.Background(), tripTimeout)
	defer cancel()
	select {
	case d.slots <- struct{}{}:
	case <-ctx.Done():
		return reply{}, errSlow
	}
	type result struct {
		reply reply
		err   error
	}
	done := make(chan result, 1)
	d.trips.Go(func() {
		defer func() { <-d.slots }()
		r, err := b.run(ctx, d.client, d.api, now.UTC().Format(time.DateOnly))
		done <- result{r, err}
	})
	select {
	case got := <-done:
		return got.reply, got.err
	case <-ctx.Done():
		return reply{}, errSlow
	}
}

// arrived notes that a batch was run.
func (d *desk) arrived(b *batch, began time.Time, r reply) {
	if d.joined.IsZero() {
		d.joined = began
	}
	d.epoch, d.tripped = r.Epoch, began
	d.agree(r)
	if r.Outlook != nil {
		d.outlook, d.looked = r.Outlook, began
		d.beatAt = began.Add(time.Duration(d.timing.Beat))
	}
	if !d.returning {
		return
	}
	reported := make(map[string]bool, len(b.Report))
	for _, c := range b.Report {
		reported[c.Call] = true
	}
	complete := true
	for _, l := range d.calls {
		if reported[l.call] {
			l.known = true
		}
		complete = complete && l.known
	}
	if !complete {
		d.more, d.beatAt = true, began
		return
	}
	d.returning = false
	if d.alone != nil {
		d.log.Info().Dur("after_ms", d.now().Sub(d.alone.since)).Msg("quota ledger is back")
		d.alone = nil
	}
}

// agree takes note of the limits that hold, and says when they are not the same for
// all processes, and when they are again.
func (d *desk) agree(r reply) {
	d.held = r.Limits
	if r.Mixed == d.mixed {
		return
	}
	d.mixed = r.Mixed
	line, text := d.log.Info(), "all processes have the same limits again"
	if d.mixed {
		line, text = d.log.Warn(), "processes have different limits: the lowest hold until all have the same"
	}
	line.Any("own", d.bounds).Any("held", d.held).Msg(text)
}

// hand gives a waiter the ledger's answer. began is when it was asked: waits
// count from the answer, so that they end no earlier than meant.
func (d *desk) hand(w *waiter, v verdict, began time.Time) {
	now := d.now()
	wait := time.Duration(v.Wait) * time.Millisecond
	if v.Vain {
		d.metrics.wokenInVain(d.api)
	}
	if v.What == askAt || v.What == backAt {
		d.crowded = now
	}
	switch v.What {
	case goAt:
		l := &lease{call: w.call, claim: w.claim, at: now.Add(wait), asked: began, stand: v.stand, known: true}
		l.expires = l.at.Add(time.Duration(d.timing.Provisional))
		d.lend(w, l)
	case askAt:
		if w.gone {
			d.giveUp(w)
			return
		}
		w.again = now.Add(wait)
		d.waiting[w] = struct{}{}
	case backAt:
		d.decide(w, decision{err: &Later{API: d.api, Limit: limitNames[v.Why], At: now.Add(wait)}})
	case spent:
		midnight := now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
		d.decide(w, decision{err: &Exhausted{API: d.api, Reason: "the user's budget of tokens for the day is used up", Until: midnight}})
	case isBroke:
		d.decide(w, decision{err: &Exhausted{API: d.api, Reason: insufficientQuota, Until: now.Add(wait)}})
	}
}

// limitNames says for a person what a call waits for.
var limitNames = map[string]string{
	"requests": "requests a minute",
	"tokens":   "tokens a minute",
	"user":     "requests a minute of one user",
	"stopped":  "the service, which asked to be left alone",
}

// lend gives a waiter its lease.
func (d *desk) lend(w *waiter, l *lease) {
	if !d.held.none() {
		d.calls.forget(d.now())
		d.calls.add(l)
	}
	d.decide(w, decision{lease: l})
}

// settlementOf puts how a call went in the ledger's terms.
func settlementOf(l *lease, r report, now time.Time) settled {
	s := settled{user: l.claim.caller.User, arrivedBy: r.arrivedBy, at: now}
	s.settlement = settlement{Call: l.call, Name: s.user, Unsent: r.unsent, stand: l.stand}
	if r.unsent {
		s.arrivedBy = now
		return s
	}
	if u := r.answer.usage; u != nil {
		total := u.total()
		s.Tokens = &total
	}
	s.Word = wordOf(r.answer, l.stand.Nth > 0)
	return s
}

// wordOf is what an answer says of limits, nil if nothing. What is left can
// only be compared if the ledger gave the turn.
func wordOf(a answer, counted bool) *word {
	w := &word{Refused: a.outcome == limited || a.retryAfter > 0, User: a.forUser, Broke: a.outcome == exhausted}
	if a.retryAfter > 0 {
		hold := millis(a.retryAfter)
		w.Hold = &hold
	}
	if counted && a.requests != nil {
		w.Left, w.Reset = &a.requests.left, millis(a.requests.reset)
	}
	if counted && a.tokens != nil {
		w.TokensLeft, w.TokensReset = &a.tokens.left, millis(a.tokens.reset)
	}
	if *w == (word{}) && a.outcome != answeredOK {
		return nil
	}
	return w
}
