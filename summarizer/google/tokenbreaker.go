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
}

func newEndpoint(name string) *endpoint {
	return &endpoint{breaker.New(breaker.Config{Name: name}), make(chan struct{}, maxAsking)}
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
		return nil, &Error{Op: "token", User: user, Kind: Temporary,
			Err: errors.New("what gives out tokens keeps failing, and is not asked for a while")}
	}
	verdict := breaker.NoVerdict // also if fetch panics
	defer func() { done(verdict) }()
	token, err := fetch(ctx, user)
	verdict = verdictOn(ctx, err)
	return token, err
}

// verdictOn is what an error says of the endpoint. Whatever was refused was answered.
func verdictOn(ctx context.Context, err error) breaker.Verdict {
	var dial *net.OpError
	switch {
	case err == nil:
		return breaker.OK
	case errors.Is(ctx.Err(), context.Canceled):
		return breaker.NoVerdict
	case newError("token", "", "", err, time.Now()).Kind != Temporary:
		return breaker.OK
	case errors.As(err, &dial) && dial.Op == "dial":
		return breaker.Unreached
	}
	return breaker.Failed
}
