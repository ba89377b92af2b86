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
	// refusedFor is how long a refusal is remembered. Nobody says when the app or
	// the administrator has given access after all, so it is not for long.
	refusedFor = time.Minute
)

// tokens is an Access that keeps each user's token until shortly before it
// expires, and remembers who was refused one. However many callers want a user's
// token, one fetches it and the others wait for it.
type tokens struct {
	fetch fetch
	kept  *otter.Cache[string, *oauth2.Token]
	now   func() time.Time
	// refusals remembers who was refused by whom, under the name giver.
	refusals memory
	giver    string
}

var _ Keeper = (*tokens)(nil)

// fetch asks for a token of the user's.
type fetch func(ctx context.Context, user string) (*oauth2.Token, error)

func newTokens(giver string, refusals Refusals, now func() time.Time, fetch fetch) *tokens {
	from := newEndpoint(giver, now)
	return &tokens{
		fetch: func(ctx context.Context, user string) (*oauth2.Token, error) { return from.ask(ctx, user, fetch) },
		now:   now, refusals: memory{refusals}, giver: giver,
		kept: keepTokens(now, maxExpiresIn*time.Second),
	}
}

// keepTokens returns a cache of users' tokens, each kept while it is usable, but
// for no longer than atMost.
func keepTokens(now func() time.Time, atMost time.Duration) *otter.Cache[string, *oauth2.Token] {
	return otter.Must(&otter.Options[string, *oauth2.Token]{
		MaximumSize: maxTokens,
		ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[string, *oauth2.Token]) time.Duration {
			return min(usable(e.Value, now()), atMost)
		}),
		Clock: clock(now),
	})
}

// clockOr is now, or the real clock.
func clockOr(now func() time.Time) func() time.Time {
	if now == nil {
		return time.Now
	}
	return now
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

// Refused remembers that the user's tokens are of no use.
func (t *tokens) Refused(ctx context.Context, user string, _ *oauth2.Token) {
	t.refusals.add(ctx, user, t.giver, refusedFor)
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
	if t.refusals.have(ctx, user, t.giver) {
		// What was remembered is forgotten by then.
		return nil, &Error{Op: "token", User: user, Kind: NoAccess, RetryAfter: refusedFor, Err: untilAsked{t.now().Add(refusedFor)}}
	}
	token, err := t.fetch(ctx, user)
	if err != nil {
		e := newError("token", user, "", err, t.now())
		if e.Kind == NoAccess {
			t.refusals.add(ctx, user, t.giver, refusedFor)
		}
		return nil, e
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
