package google

import (
	"context"
	"errors"
	"net"
	"time"

	"golang.org/x/oauth2"

	"foreday/summarizer/breaker"
)

// maxAsking is how many tokens one process asks for at a time.
const maxAsking = 64

// endpoint is what gives out tokens: a broker, or a token endpoint. So many ask it at
// a time and no more, and nobody while it fails for everybody.
type endpoint struct {
	breaker *breaker.Breaker
	places  chan struct{}
	now     func() time.Time
}

func newEndpoint(name string, now func() time.Time) *endpoint {
	return &endpoint{breaker: breaker.New(breaker.Config{Name: name}), places: make(chan struct{}, maxAsking), now: now}
}

// ask has fetch ask for the user's token, unless there is no sense in it.
func (e *endpoint) ask(ctx context.Context, user string, fetch fetch) (*oauth2.Token, error) {
	select {
	case e.places <- struct{}{}:
		defer func() { <-e.places }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	done, err := e.breaker.Allow(user)
	if err != nil {
		return nil, &Error{Op: "token", User: user, Kind: Temporary, Err: errLeftAlone}
	}
	verdict := breaker.NoVerdict // also if fetch panics
	defer func() { done(verdict) }()
	token, err := fetch(ctx, user)
	verdict = e.verdict(ctx, user, err)
	return token, err
}

var errLeftAlone = errors.New("what gives out tokens keeps failing, and is not asked for a while")

// verdict is what an error says of the endpoint. Whatever was refused was answered.
func (e *endpoint) verdict(ctx context.Context, user string, err error) breaker.Verdict {
	var dial *net.OpError
	switch {
	case err == nil:
		return breaker.OK
	case errors.Is(ctx.Err(), context.Canceled):
		return breaker.NoVerdict
	case newError("token", user, "", err, e.now()).Kind != Temporary:
		return breaker.OK
	case errors.As(err, &dial) && dial.Op == "dial":
		return breaker.Unreached
	}
	return breaker.Failed
}
