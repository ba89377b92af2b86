package openaitest

import (
	"net/http"
	"strconv"
	"time"
)

const window = time.Minute

// limits are the two sliding windows. Every request enters the window of
// requests, the refused ones too; so one who hammers the server stays locked
// out. Only requests that are let in enter the window of tokens: with all they
// may use at first, then with what they did use.
type limits struct {
	rpm, tpm int
	requests []time.Time // the last rpm of them
	tokens   []*charge
}

type charge struct {
	at     time.Time
	tokens int
}

func newLimits(c Config) limits { return limits{rpm: c.RPM, tpm: c.TPM} }

// refusal says which limit was in the way, and for how long at the least.
type refusal struct {
	limit string // "requests" or "tokens"
	wait  time.Duration
	never bool // the request alone is above the limit
}

// admit lets a request that may use so many tokens in, or says why not.
func (l *limits) admit(now time.Time, tokens int) (*charge, *refusal) {
	l.expire(now)
	full := l.rpm > 0 && len(l.requests) >= l.rpm
	if l.rpm > 0 {
		if full {
			l.requests = l.requests[1:]
		}
		l.requests = append(l.requests, now)
	}
	switch {
	case full:
		return nil, &refusal{limit: "requests", wait: l.requests[0].Add(window).Sub(now)}
	case l.tpm > 0 && tokens > l.tpm:
		return nil, &refusal{limit: "tokens", wait: window, never: true}
	case l.tpm > 0 && l.used()+tokens > l.tpm:
		return nil, &refusal{limit: "tokens", wait: l.roomFor(tokens, now)}
	}
	c := &charge{now, tokens}
	if l.tpm > 0 {
		l.tokens = append(l.tokens, c)
	}
	return c, nil
}

func (l *limits) expire(now time.Time) {
	for len(l.requests) > 0 && !l.requests[0].Add(window).After(now) {
		l.requests = l.requests[1:]
	}
	for len(l.tokens) > 0 && !l.tokens[0].at.Add(window).After(now) {
		l.tokens = l.tokens[1:]
	}
}

func (l *limits) used() int {
	n := 0
	for _, c := range l.tokens {
		n += c.tokens
	}
	return n
}

// roomFor returns how long it takes until the window has room for the tokens.
func (l *limits) roomFor(tokens int, now time.Time) time.Duration {
	over := l.used() + tokens - l.tpm
	for _, c := range l.tokens {
		if over -= c.tokens; over <= 0 {
			return c.at.Add(window).Sub(now)
		}
	}
	return 0
}

// headers says what is left, as the API does.
func (l *limits) headers(h http.Header, now time.Time) {
	l.expire(now)
	if l.rpm > 0 {
		var reset time.Duration
		if len(l.requests) > 0 {
			reset = l.requests[len(l.requests)-1].Add(window).Sub(now)
		}
		limitHeaders(h, "requests", l.rpm, l.rpm-len(l.requests), reset)
	}
	if l.tpm > 0 {
		var reset time.Duration
		if len(l.tokens) > 0 {
			reset = l.tokens[len(l.tokens)-1].at.Add(window).Sub(now)
		}
		limitHeaders(h, "tokens", l.tpm, max(l.tpm-l.used(), 0), reset)
	}
}

func limitHeaders(h http.Header, what string, limit, remaining int, reset time.Duration) {
	h.Set("X-Ratelimit-Limit-"+what, strconv.Itoa(limit))
	h.Set("X-Ratelimit-Remaining-"+what, strconv.Itoa(remaining))
	h.Set("X-Ratelimit-Reset-"+what, reset.String())
}

// retryHeaders says when to come back: in milliseconds, and in whole seconds
// rounded up.
func retryHeaders(h http.Header, wait time.Duration) {
	h.Set("Retry-After-Ms", strconv.FormatInt(int64((wait+time.Millisecond-1)/time.Millisecond), 10))
	h.Set("Retry-After", strconv.FormatInt(int64((wait+time.Second-1)/time.Second), 10))
}
