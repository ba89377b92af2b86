package google

import (
	"context"
	"errors"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/oauth2"
)

const (
	// maxTokens is how many users' tokens are kept in memory at most.
	maxTokens = 10_000
	// unknownExpiry is how long a token is kept that comes without an expiry.
	unknownExpiry = time.Minute
)

// tokens is an Access that keeps each user's token until shortly before it
// expires. However many callers want a user's token, one fetches it and the
// others wait for it.
type tokens struct {
	fetch func(ctx context.Context, user string) (*oauth2.Token, error)
	kept  *otter.Cache[string, *oauth2.Token]
	now   func() time.Time
}

var _ Forgetter = (*tokens)(nil)

func newTokens(now func() time.Time, fetch func(context.Context, string) (*oauth2.Token, error)) *tokens {
	if now == nil {
		now = time.Now
	}
	return &tokens{fetch: fetch, now: now, kept: otter.Must(&otter.Options[string, *oauth2.Token]{
		MaximumSize: maxTokens,
		ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[string, *oauth2.Token]) time.Duration {
			return usable(e.Value, now())
		}),
		Clock: clock(now),
	})}
}

// usable is how long from now on a token may be handed out: to shortly before
// its expiry, so that it does not expire on its way.
func usable(t *oauth2.Token, now time.Time) time.Duration {
	left := t.Expiry.Sub(now)
	return left - min(time.Minute, left/10)
}

func (t *tokens) TokenSource(ctx context.Context, user string) (oauth2.TokenSource, error) {
	return userToken{t, ctx, user}, nil
}

// Forget drops the token if it is still the one kept for the user.
func (t *tokens) Forget(user string, token *oauth2.Token) {
	t.kept.ComputeIfPresent(user, func(kept *oauth2.Token) (*oauth2.Token, otter.ComputeOp) {
		if kept.AccessToken == token.AccessToken {
			return nil, otter.InvalidateOp
		}
		return kept, otter.CancelOp
	})
}

type userToken struct {
	tokens *tokens
	ctx    context.Context // of the one request that the token is for
	user   string
}

func (u userToken) Token() (*oauth2.Token, error) {
	return u.tokens.kept.Get(u.ctx, u.user, otter.LoaderFunc[string, *oauth2.Token](u.tokens.load))
}

func (t *tokens) load(ctx context.Context, user string) (*oauth2.Token, error) {
	token, err := t.fetch(ctx, user)
	if err != nil {
		return nil, newError("token", user, "", err, t.now())
	}
	if token.Expiry.IsZero() {
		token.Expiry = t.now().Add(unknownExpiry)
	}
	switch {
	case token.AccessToken == "":
		return nil, badToken(user, errors.New("the answer holds no access_token"))
	case !token.Expiry.After(t.now()):
		return nil, badToken(user, errors.New("the token has expired already"))
	}
	return token, nil
}

func badToken(user string, err error) *Error {
	return &Error{Op: "token", User: user, Kind: Temporary, Err: err}
}

// clock is a clock for otter. Without ticks it starts no goroutine of its own:
// what has expired is never returned, and leaves memory as the cache is used.
type clock func() time.Time

func (c clock) NowNano() int64                    { return c().UnixNano() }
func (clock) Tick(time.Duration) <-chan time.Time { return nil }
