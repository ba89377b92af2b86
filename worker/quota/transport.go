package quota

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/sony/gobreaker/v2"

	"foreday/summarizer/breaker"
	"foreday/summarizer/loggable"
)

// maxAttempts bounds how often one request is sent.
const maxAttempts = 4

// api is what the gate has to know of a kind of service.
type api struct {
	name string
	// repeatable reports whether a request may be sent twice.
	repeatable func(*http.Request) bool
	// estimate returns the tokens a request may take; nil if the service counts none.
	estimate func(body []byte) int
	read     func(resp *http.Response, body []byte, now time.Time) answer
}

var (
	calendarAPI   = api{name: Google, repeatable: repeatableCalendar, read: readGoogle}
	completionAPI = api{name: OpenAI, repeatable: repeatableCompletion, estimate: estimateTokens, read: readOpenAI}
)

// transport is the http.RoundTripper of one service.
type transport struct {
	api
	base     http.RoundTripper
	batcher  *batcher
	breaker  *breaker.Breaker
	failure  *atomic.Value // the last that the breaker was told of, a string that may be logged
	bulkhead *bulkhead
	maxWait  time.Duration
	http1    *atomic.Bool // the last answer came by HTTP/1
	metrics  *Metrics
	now      func() time.Time
}

// newRoundTripper returns one without a base, see over.
func newRoundTripper(a api, c Config, process string, b bounds, slow *bulkhead) *transport {
	circuit := breaker.New(breaker.Config{Name: a.name, Changed: func(name string, from, to gobreaker.State) {
		c.Log.Warn().Str("api", name).Stringer("from", from).Stringer("to", to).Msg("circuit breaker")
		c.Metrics.breaker.WithLabelValues(name).Set(float64(to))
	}})
	c.Metrics.limits(a.name, b)
	return &transport{
		api: a, batcher: newBatcher(c, a.name, process, b), breaker: circuit, failure: new(atomic.Value), bulkhead: slow,
		maxWait: c.MaxWait, http1: new(atomic.Bool), metrics: c.Metrics, now: c.Now,
	}
}

// over returns the transport with a base to send through.
func (t transport) over(base http.RoundTripper) http.RoundTripper {
	t.base = base
	return &t
}

// RoundTrip sends the request when it may be sent, more than once if that is
// safe and promising. Besides the errors of the base it returns *Deferred,
// *Exhausted and *Unavailable.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := readBody(req, t.name)
	if err != nil {
		return nil, err
	}
	pauses := backoff.ExponentialBackOff{
		InitialInterval: 100 * time.Millisecond, Multiplier: 2, MaxInterval: 2 * time.Second,
		RandomizationFactor: 1, // full jitter: anything from 0 to twice the interval
	}
	for attempt := 1; ; attempt++ {
		resp, a, err := t.attempt(req, body)
		pause := pauses.NextBackOff()
		if attempt == maxAttempts || !t.worthAnother(req, a, pause) {
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
		at := t.now().Add(max(a.hold(), time.Second))
		err = &Deferred{API: t.name, Limit: "the service, which refused (" + a.reason + ")", At: at}
	default:
		return resp, nil
	}
	_ = resp.Body.Close() // it was read
	return nil, err
}

// worthAnother reports whether the request should be sent again after a pause.
func (t *transport) worthAnother(req *http.Request, a answer, pause time.Duration) bool {
	if a.outcome != failed && a.outcome != limited || !t.repeatable(req) {
		return false
	}
	deadline, ok := req.Context().Deadline()
	return !ok || t.now().Add(pause).Before(deadline)
}

// attempt waits for the request's turn and sends it once.
func (t *transport) attempt(req *http.Request, body []byte) (*http.Response, answer, error) {
	user := CallerOf(req.Context()).User
	if t.breaker.Refuses(user) {
		return t.notSent(t.unavailable(gobreaker.ErrOpenState))
	}
	if t.bulkhead.refuses(req.Context(), party{t.name, user}) {
		return t.notSent(errSlow)
	}
	asked := t.now()
	c, err := t.reserve(req.Context(), body)
	t.metrics.wait.WithLabelValues(t.name).Observe(t.now().Sub(asked).Seconds())
	if err != nil {
		return t.notSent(err)
	}
	done, err := t.breaker.Allow(user)
	if err != nil {
		t.batcher.settle(c, report{unsent: true})
		return t.notSent(t.unavailable(err))
	}
	resp, r, err := t.send(req, body, c)
	loggable.Redirect(resp)
	t.batcher.settle(c, r)
	verdict := verdictOf(r)
	if verdict == breaker.Failed || verdict == breaker.Unreached {
		t.noteFailure(resp, err)
	}
	done(verdict)
	return resp, r.answer, err
}

// noteFailure keeps what the breaker may open for.
func (t *transport) noteFailure(resp *http.Response, err error) {
	if err == nil {
		t.failure.Store(fmt.Sprintf("HTTP %d", resp.StatusCode))
	} else {
		t.failure.Store(loggable.Text(err))
	}
}

func (t *transport) unavailable(err error) error {
	last, _ := t.failure.Load().(string)
	return &Unavailable{API: t.name, Err: err, Last: last}
}

// notSent counts a request that was not sent.
func (t *transport) notSent(err error) (*http.Response, answer, error) {
	o := cancelled
	switch err.(type) {
	case *Exhausted:
		o = exhausted
	case *Deferred:
		o = deferral
	case *Unavailable:
		o = brokenOff
	case safeError:
		o = givenUp
	}
	t.metrics.requests.WithLabelValues(t.name, string(o)).Inc()
	return nil, answer{outcome: o}, err
}

// reserve gets the request its turn. What it may take matters only to the ledger.
func (t *transport) reserve(ctx context.Context, body []byte) (*reservation, error) {
	who, tokens := CallerOf(ctx), 0
	if c := t.batcher.bypassed(who.User); c != nil {
		return c, nil
	}
	if t.estimate != nil {
		tokens = t.estimate(body)
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
func (t *transport) send(req *http.Request, body []byte, c *reservation) (*http.Response, report, error) {
	began := t.now()
	tr := newTrace(req.Context(), c.at.Add(t.batcher.timing.connect), t.now)
	tr.watched = t.bulkhead.watch(tr.ctx, t.name, tr.cancel)
	out := withBody(tr.ctx, req, body)
	if body == nil && (t.http1.Load() || req.URL.Scheme == "http") {
		out.Body, out.GetBody = sentOnce(), nil
	}
	resp, err := t.base.RoundTrip(out)
	if err == nil {
		t.http1.Store(resp.ProtoMajor == 1)
		body, err = peek(resp)
	}
	ended := t.now()
	r := report{unsent: err != nil && !tr.connected.Load(), arrivedBy: tr.arrivedBy(ended)}
	if err != nil {
		r.answer.outcome = failed
		r.idle = resp == nil && tr.reused.Load() && !os.IsTimeout(err)
		if context.Cause(tr.ctx) == errSlow {
			r.answer.outcome, err = givenUp, errSlow
		} else if req.Context().Err() != nil {
			r.answer.outcome = cancelled
		}
		tr.end()
		resp = nil
		err = callError(t.name, req, err)
	} else {
		resp.Body = tracedBody{resp.Body, tr}
		r.answer = t.read(resp, body, ended)
		if r.answer.outcome == answeredOK {
			t.bulkhead.answered(party{t.name, c.Name}, ended.Sub(began))
		}
	}
	t.metrics.answered(t.name, r.answer, ended.Sub(began))
	return resp, r, err
}

// verdictOf is what a call says about the service's health.
func verdictOf(r report) breaker.Verdict {
	switch {
	case r.answer.outcome == cancelled, r.answer.outcome == givenUp, r.answer.outcome == failed && r.idle:
		return breaker.NoVerdict
	case r.answer.outcome == failed && r.unsent:
		return breaker.Unreached
	case r.answer.outcome == failed:
		return breaker.Failed
	}
	return breaker.OK
}
