// Package breaker is a circuit breaker for services that many users share. It opens
// when a service fails, and stays closed when only some users' calls fail:
//
//   - A call that reached nobody speaks for the whole service.
//   - A call that failed speaks for its user. The breaker opens when so many users in
//     a row have failed, and nobody's call has succeeded for so long, that it cannot
//     be they.
//   - A user who fails, and fails again while others succeed, is at fault alone: until
//     a call of theirs succeeds, their failures count for nothing, and they do not
//     probe whether the service is well again.
//   - While it is open, users whose calls have not failed are let through now and then,
//     and all of them once one of those calls succeeds: a thousand users who fail at
//     once look like a service that does, but for that.
package breaker

import (
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"

	"foreday/summarizer/memo"
)

const (
	// Trips is how many failures in a row open a Breaker.
	Trips = 6
	// minUsers is how many different users must be among them.
	minUsers = 5
	// wellFor is how long a service that has answered a call as it should counts as
	// well, however many users' calls fail.
	wellFor = 5 * time.Second
	// probeEvery is how often a user who has not failed is let through while it is open.
	probeEvery = 200 * time.Millisecond
	// probes is how many calls must succeed before it closes, and openFor how long
	// nothing is sent before they may.
	probes  = 3
	openFor = 10 * time.Second
	// blamedFor is how long a user who has stopped calling counts as at fault alone.
	blamedFor = time.Minute
	maxBlamed = 10_000
)

// Verdict is what a call says about the service.
type Verdict int

// The verdicts.
const (
	OK        Verdict = iota // it answers, if only to refuse
	Failed                   // it failed this call: 5xx, a time limit, an answer cut short
	Unreached                // there was no connection to it
	NoVerdict                // the caller gave up
)

// Config sets up a Breaker.
type Config struct {
	Name string
	// Changed is told of each change of state; nil is allowed.
	Changed func(name string, from, to gobreaker.State)
}

// Breaker is one service's. It is safe for concurrent use.
type Breaker struct {
	circuit *gobreaker.TwoStepCircuitBreaker[any]

	mu        sync.Mutex
	successes uint64
	succeeded time.Time       // when a call last did
	probed    time.Time       // when a call was last let through though it is open
	failing   map[string]bool // users who failed since the last success, so many as matter
	unreached bool            // since then, a call failed that speaks for the whole service
	blamed    *memo.Cache[string, blame]
}

// blame is what is known of a user whose last call failed.
type blame struct {
	successes uint64 // of everybody, up to that call
	alone     bool   // it is their own trouble
}

// New returns a Breaker that is closed.
func New(c Config) *Breaker {
	b := &Breaker{
		failing: map[string]bool{}, blamed: memo.New[string](memo.Config[blame]{Entries: maxBlamed, TTL: memo.For[blame](blamedFor)}),
	}
	b.circuit = gobreaker.NewTwoStepCircuitBreaker[any](gobreaker.Settings{
		Name: c.Name, MaxRequests: probes, Timeout: openFor, OnStateChange: c.Changed,
		ReadyToTrip: func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= Trips && b.all() },
		IsExcluded:  func(err error) bool { return err == errNoVerdict },
	})
	return b
}

// Open reports whether nothing may be sent for now.
func (b *Breaker) Open() bool { return b.circuit.State() == gobreaker.StateOpen }

// Refuses reports whether a call of the user's would not be allowed.
func (b *Breaker) Refuses(user string) bool { return b.Open() && !b.passes(user, false) }

// Allow reports whether a call of the user's may be sent; "" is for calls on nobody's
// behalf. After it, done must be told what came of it, once.
func (b *Breaker) Allow(user string) (done func(Verdict), err error) {
	if known, _ := b.blamed.Get(user); known.alone && b.circuit.State() == gobreaker.StateHalfOpen {
		return nil, gobreaker.ErrTooManyRequests
	}
	settle, err := b.circuit.Allow()
	if err != nil {
		if !b.passes(user, true) {
			return nil, err
		}
		settle = func(error) {}
	}
	return func(v Verdict) { settle(b.judge(user, v)) }, nil
}

// passes reports whether a call of the user's may be sent though the breaker is open,
// and notes that it is.
func (b *Breaker) passes(user string, sent bool) bool {
	if _, failed := b.blamed.Get(user); failed || user == "" {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.unreached || time.Since(b.succeeded) > wellFor && time.Since(b.probed) < probeEvery {
		return false
	}
	if sent {
		b.probed = time.Now()
	}
	return true
}

// judge notes the verdict, and returns what it means for the service.
func (b *Breaker) judge(user string, v Verdict) error {
	if v == NoVerdict {
		return errNoVerdict
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case v == OK:
		b.successes++
		b.succeeded = time.Now()
		b.blamed.Forget(user)
		clear(b.failing)
		b.unreached = false
		return nil
	case v == Unreached || user == "":
		b.unreached = true
	default:
		before, failed := b.blamed.Get(user)
		alone := failed && (before.alone || b.successes > before.successes)
		b.blamed.Set(user, blame{b.successes, alone})
		if alone {
			return errNoVerdict
		}
		if len(b.failing) < minUsers {
			b.failing[user] = true
		}
	}
	return errFailed
}

// all reports whether the failures are too many users' to be their own.
func (b *Breaker) all() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.unreached || len(b.failing) >= minUsers && time.Since(b.succeeded) > wellFor
}

type verdictError string

func (e verdictError) Error() string { return string(e) }

const (
	errNoVerdict verdictError = "no verdict"
	errFailed    verdictError = "failed"
)
