package quota

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/sony/gobreaker/v2"
)

const (
	// maxAttempts bounds how often one request is sent.
	maxAttempts = 4
)

// errNoVerdict tells the breaker that a call says nothing about the service.
var errNoVerdict = errors.New("no verdict")

// transport is the http.RoundTripper of one service.
type transport struct {
	*upstream
	base http.RoundTripper
}

// RoundTrip sends the request when it may be sent, more than once if that is
// safe and promising. Besides the errors of the base it returns *Later,
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
		if !t.worthAnother(req.Context(), p, a, attempt, pause) {
			if err == nil && a.outcome == exhausted {
				resp.Body.Close()
				err = &Exhausted{API: t.name, Reason: a.reason}
			}
			if err == nil && a.outcome == limited {
				resp.Body.Close()
				err = &Later{API: t.name, Limit: "the service, which refused: " + a.reason, At: t.now().Add(max(a.retryAfter, time.Second))}
			}
			if err != nil {
				return nil, err
			}
			return resp, nil
		}
		if resp != nil {
			resp.Body.Close()
		}
		if a.outcome == limited {
			continue // the ledger knows when
		}
		if err := sleep(req.Context(), pause); err != nil {
			return nil, err
		}
	}
}

// worthAnother reports whether the request should be sent again after a pause.
func (t *transport) worthAnother(ctx context.Context, p *payload, a answer, attempt int, pause time.Duration) bool {
	if a.outcome != failed && a.outcome != limited || !p.repeatable || attempt >= maxAttempts {
		return false
	}
	deadline, ok := ctx.Deadline()
	return !ok || t.now().Add(pause).Before(deadline)
}

// attempt waits for the request's turn and sends it once.
func (t *transport) attempt(req *http.Request, p *payload) (*http.Response, answer, error) {
	if t.breaker.State() == gobreaker.StateOpen {
		t.metrics.notSent(t.name, brokenOff)
		return nil, answer{outcome: brokenOff}, &Unavailable{API: t.name, Err: gobreaker.ErrOpenState}
	}
	asked := t.now()
	l, err := t.desk.reserve(req.Context(), claim{caller: callerOf(req.Context()), tokens: p.tokens}, t.patience(req.Context()))
	t.metrics.waited(t.name, t.now().Sub(asked))
	if err != nil {
		o := outcomeOfWait(err)
		t.metrics.notSent(t.name, o)
		return nil, answer{outcome: o}, err
	}
	done, err := t.breaker.Allow()
	if err != nil {
		t.desk.settle(l, report{unsent: true})
		t.metrics.notSent(t.name, brokenOff)
		return nil, answer{outcome: brokenOff}, &Unavailable{API: t.name, Err: err}
	}
	resp, r, err := t.send(req, p, l)
	t.desk.settle(l, r)
	done(health(r.answer.outcome))
	return resp, r.answer, err
}

// patience is how long a call may wait for its turn: whoever has less time than
// that is told at once.
func (t *transport) patience(ctx context.Context) time.Time {
	until := t.now().Add(t.maxWait)
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(until) {
		return deadline
	}
	return until
}

// send sends the request now and judges the answer. If it returns an error
// there is no response.
func (t *transport) send(req *http.Request, p *payload, l *lease) (*http.Response, report, error) {
	began := t.now()
	ctx, wire, stop := t.trace(req.Context(), l)
	defer stop()
	resp, err := t.base.RoundTrip(p.request(req, ctx))
	var body []byte
	if err == nil {
		if body, err = peek(resp, t.look(resp)); err != nil {
			resp.Body.Close()
		}
	}
	ended := t.now()
	r := report{unsent: err != nil && !wire.connected.Load(), arrivedBy: wire.arrivedBy(ended)}
	if err != nil {
		r.answer.outcome = failed
		if req.Context().Err() != nil {
			r.answer.outcome = cancelled
		}
		resp, err = nil, fmt.Errorf("%s: %s %s: %w", t.name, req.Method, req.URL.Path, err)
	} else {
		r.answer = t.read(resp, body, ended)
	}
	t.metrics.answered(t.name, r.answer.outcome, ended.Sub(began))
	if u := r.answer.usage; u != nil {
		t.metrics.used(*u)
	}
	return resp, r, err
}

// wire is what is known of a request's way to the far side.
type wire struct {
	now       func() time.Time
	connected atomic.Bool
	written   atomic.Pointer[time.Time]
}

// trace watches the request, and takes it back if it finds no connection in time.
func (t *transport) trace(parent context.Context, l *lease) (context.Context, *wire, func()) {
	w := &wire{now: t.now}
	ctx, cancel := context.WithCancelCause(parent)
	late := time.AfterFunc(l.at.Add(onTheWire).Sub(t.now()), func() {
		if !w.connected.Load() {
			cancel(fmt.Errorf("no connection within %v", onTheWire))
		}
	})
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { w.connected.Store(true) },
		WroteRequest: func(httptrace.WroteRequestInfo) {
			at := w.now()
			w.written.Store(&at)
		},
	})
	return ctx, w, func() { late.Stop() }
}

// arrivedBy returns by when the far side had the request that ended at ended.
func (w *wire) arrivedBy(ended time.Time) time.Time {
	if at := w.written.Load(); at != nil {
		if by := at.Add(arrival); by.Before(ended) {
			return by
		}
	}
	return ended
}

func outcomeOfWait(err error) outcome {
	var exhaustedErr *Exhausted
	var later *Later
	switch {
	case errors.As(err, &exhaustedErr):
		return exhausted
	case errors.As(err, &later):
		return putOff
	}
	return cancelled
}

// health is what an outcome says about the service's health.
func health(o outcome) error {
	switch o {
	case failed:
		return errFailed
	case cancelled:
		return errNoVerdict
	}
	return nil
}

var errFailed = errors.New("failed")
