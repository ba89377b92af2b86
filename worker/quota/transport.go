package quota

import (
	"context"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/sony/gobreaker/v2"

	"foreday/summarizer/breaker"
	"foreday/summarizer/loggable"
)

// maxAttempts bounds how often one request is sent.
const maxAttempts = 4

// transport is the http.RoundTripper of one service.
type transport struct {
	*service
	base http.RoundTripper
}

// RoundTrip sends the request when it may be sent, more than once if that is
// safe and promising. Besides the errors of the base it returns *Deferred,
// *Exhausted and *Unavailable.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	p, err := newPayload(req, t.api)
	if err != nil {
		return nil, err
	}
	pauses := backoff.ExponentialBackOff{
		InitialInterval: 100 * time.Millisecond, Multiplier: 2, MaxInterval: 2 * time.Second,
		RandomizationFactor: 1, // full jitter: anything from 0 to twice the interval
	}
	for attempt := 1; ; attempt++ {
		resp, a, err := t.attempt(req, p)
		pause := pauses.NextBackOff()
		if attempt == maxAttempts || !t.worthAnother(req.Context(), p, a, pause) {
			return t.conclude(resp, a, err)
		}
		if resp != nil {
			_ = resp.Body.Close() // what is left of a failed answer is of no use
		}
		if err := sleep(req.Context(), pause, nil); err != nil {
			return nil, err
		}
	}
}

// conclude turns the answers that say when it is worth trying again into errors.
func (t *transport) conclude(resp *http.Response, a answer, err error) (*http.Response, error) {
	if err != nil {
		return nil, err
	}
	switch a.outcome {
	case exhausted:
		err = &Exhausted{API: t.name, Reason: a.reason}
	case limited:
		at := t.now().Add(max(time.Duration(a.Hold), time.Second))
		err = &Deferred{API: t.name, Limit: "the service, which refused (" + a.reason + ")", At: at}
	default:
		return resp, nil
	}
	_ = resp.Body.Close() // it was read
	return nil, err
}

// worthAnother reports whether the request should be sent again after a pause.
func (t *transport) worthAnother(ctx context.Context, p *payload, a answer, pause time.Duration) bool {
	if a.outcome != failed && a.outcome != limited || !p.repeatable {
		return false
	}
	deadline, ok := ctx.Deadline()
	return !ok || t.now().Add(pause).Before(deadline)
}

// attempt waits for the request's turn and sends it once.
func (t *transport) attempt(req *http.Request, p *payload) (*http.Response, answer, error) {
	user := callerOf(req.Context()).User
	if t.breaker.Refuses(user) {
		return t.notSent(brokenOff, &Unavailable{API: t.name, Err: gobreaker.ErrOpenState})
	}
	asked := t.now()
	l, err := t.reserve(req.Context(), p)
	t.metrics.wait.WithLabelValues(t.name).Observe(t.now().Sub(asked).Seconds())
	switch err.(type) {
	case nil:
	case *Exhausted:
		return t.notSent(exhausted, err)
	case *Deferred:
		return t.notSent(deferral, err)
	default:
		return t.notSent(cancelled, err)
	}
	done, err := t.breaker.Allow(user)
	if err != nil {
		t.batcher.settle(l, report{unsent: true})
		return t.notSent(brokenOff, &Unavailable{API: t.name, Err: err})
	}
	resp, r, err := t.send(req, p, l)
	loggable.Redirect(resp)
	t.batcher.settle(l, r)
	done(verdictOf(r))
	return resp, r.answer, err
}

// notSent counts a request that was not sent.
func (t *transport) notSent(o outcome, err error) (*http.Response, answer, error) {
	t.metrics.requests.WithLabelValues(t.name, string(o)).Inc()
	return nil, answer{outcome: o}, err
}

// reserve gets the request its turn. What it may take matters only to the ledger.
func (t *transport) reserve(ctx context.Context, p *payload) (*lease, error) {
	who, tokens := callerOf(ctx), 0
	if l := t.batcher.bypassed(who.User); l != nil {
		return l, nil
	}
	if t.estimate != nil {
		tokens = t.estimate(p.body)
	}
	// Whoever has less time than the call may wait is told at once.
	until := t.now().Add(t.maxWait)
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(until) {
		until = deadline
	}
	return t.batcher.reserve(ctx, who, tokens, until)
}

// send sends the request now and judges the answer. If it returns an error
// there is no response.
func (t *transport) send(req *http.Request, p *payload, l *lease) (*http.Response, report, error) {
	began := t.now()
	tr := newTrace(req.Context(), l, t.batcher.timing.connect, t.now)
	resp, err := t.base.RoundTrip(p.request(tr.ctx, req))
	var body []byte
	if err == nil {
		body, err = peek(resp)
	}
	ended := t.now()
	r := report{unsent: err != nil && !tr.connected.Load(), arrivedBy: tr.arrivedBy(ended)}
	if err != nil {
		tr.cancel(nil)
		resp = nil
		r.answer.outcome = failed
		if req.Context().Err() != nil {
			r.answer.outcome = cancelled
		}
		err = &callError{t.name, req.Method, req.URL.Path, err}
	} else {
		resp.Body = tracedBody{resp.Body, tr}
		r.answer = t.read(resp, body, ended)
	}
	t.metrics.answered(t.name, r.answer, ended.Sub(began))
	return resp, r, err
}

// verdictOf is what a call says about the service's health.
func verdictOf(r report) breaker.Verdict {
	switch {
	case r.answer.outcome == cancelled:
		return breaker.NoVerdict
	case r.answer.outcome == failed && r.unsent:
		return breaker.Unreached
	case r.answer.outcome == failed:
		return breaker.Failed
	}
	return breaker.OK
}
