package google

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/oauth2"

	"foreday/summarizer"
	"foreday/summarizer/loggable"
	"foreday/summarizer/memo"
)

const (
	// maxUsers is of how many users something is kept in memory at most.
	maxUsers = 10_000
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
	kept  *memo.Cache[string, *oauth2.Token]
	now   func() time.Time
	// refusals remembers who was refused by whom, under the name giver.
	refusals memory
	giver    string

	mu     sync.Mutex
	asking map[string]*asking // by user
}

var _ Keeper = (*tokens)(nil)

// fetch asks for a token of the user's.
type fetch func(ctx context.Context, user string) (*oauth2.Token, error)

func newTokens(giver string, refusals Refusals, now func() time.Time, fetch fetch) *tokens {
	from := newEndpoint(giver)
	ask := func(ctx context.Context, user string) (*oauth2.Token, error) { return from.ask(ctx, user, fetch) }
	return keepingTokens(ask, giver, refusals, now, maxExpiresIn*time.Second)
}

// keepingTokens keeps each user's token while it is usable, but for no longer than
// atMost.
func keepingTokens(fetch fetch, giver string, refusals Refusals, now func() time.Time, atMost time.Duration) *tokens {
	return &tokens{
		fetch: fetch, now: now, refusals: memory{refusals}, giver: giver, asking: map[string]*asking{},
		kept: memo.New[string](memo.Config[*oauth2.Token]{
			Entries: maxUsers, TTL: func(token *oauth2.Token) time.Duration { return min(usable(token, now()), atMost) }, Now: now,
		}),
	}
}

// keep returns a cache of something about each user.
func keep[K comparable, V any](now func() time.Time, ttl time.Duration) *memo.Cache[K, V] {
	return memo.New[K](memo.Config[V]{Entries: maxUsers, TTL: memo.For[V](ttl), Now: now})
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

// Forget drops the token if it is still the one kept for the user.
func (t *tokens) Forget(user string, token *oauth2.Token) {
	t.kept.ForgetIf(user, func(kept *oauth2.Token) bool { return kept.AccessToken == token.AccessToken })
}

// Refused remembers that the user's tokens are of no use.
func (t *tokens) Refused(ctx context.Context, user string, _ *oauth2.Token) {
	t.refusals.add(ctx, user, t.giver, refusedFor)
}

// asking is the asking for one user's token. Whoever comes again must know since when it
// lasts, and how it ended, which a singleflight.Group would not tell.
type asking struct {
	began time.Time
	done  chan struct{}
	token *oauth2.Token
	err   error
}

const (
	// maxShared is how long whoever holds a place that others wait for waits for a token.
	maxShared = 250 * time.Millisecond
	// answerFor is how long a failure is kept for those who went away meanwhile.
	answerFor = 5 * time.Second
)

// Token returns the user's token, once it is there. Whoever holds a place that others
// wait for is sent away soon, and finds the token, or why there is none, when they come
// again.
func (t *tokens) Token(ctx context.Context, user string) (*oauth2.Token, error) {
	if token, ok := t.kept.Get(user); ok {
		return token, nil
	}
	a := t.ask(ctx, user)
	var enough <-chan time.Time
	if summarizer.HoldsPlace(ctx) {
		timer := time.NewTimer(time.Until(a.began.Add(maxShared)))
		defer timer.Stop()
		enough = timer.C
	}
	select {
	case <-a.done:
		t.forget(user, a)
		return a.token, a.err
	case <-ctx.Done():
		return nil, newError("token", user, "", ctx.Err(), t.now())
	case <-enough:
		again := max(time.Since(a.began), 2*maxShared) // each time twice as late
		return nil, &Error{Op: "token", User: user, Kind: Temporary, RetryAfter: again,
			Err: deferral{"what gives out tokens takes long, and is waited for in the background", time.Now().Add(again)}}
	}
}

// ask joins those who wait for the user's token, the first of whom has it asked for.
func (t *tokens) ask(ctx context.Context, user string) *asking {
	t.mu.Lock()
	defer t.mu.Unlock()
	if a := t.asking[user]; a != nil {
		return a
	}
	a := &asking{began: time.Now(), done: make(chan struct{})}
	t.asking[user] = a
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*tokenTimeout) // and in turn
	go func() {
		defer cancel()
		defer close(a.done)
		if a.token, a.err = t.load(ctx, user); a.err != nil {
			time.AfterFunc(answerFor, func() { t.forget(user, a) })
			return
		}
		t.kept.Set(user, a.token)
		t.forget(user, a)
	}()
	return a
}

// forget makes the next who wants the user's token have it asked for anew.
func (t *tokens) forget(user string, a *asking) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.asking[user] == a {
		delete(t.asking, user)
	}
}

func (t *tokens) load(ctx context.Context, user string) (token *oauth2.Token, err error) {
	defer loggable.Recovered(&err) // of a goroutine, it would end the process
	if t.refusals.have(ctx, user, t.giver) {
		// What was remembered is forgotten by then.
		return nil, &Error{Op: "token", User: user, Kind: NoAccess, RetryAfter: refusedFor, Err: deferral{refusedLately, t.now().Add(refusedFor)}}
	}
	token, err = t.fetch(ctx, user)
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
		err = errors.New("the answer holds no access_token")
	case strings.ContainsFunc(token.TokenType+token.AccessToken, unicode.IsControl):
		// No connection would be made with it, which would look as if Google could not be reached.
		err = errors.New("the token holds a control character")
	case !token.Expiry.After(t.now()):
		err = errors.New("the token has expired already")
	default:
		return token, nil
	}
	return nil, &Error{Op: "token", User: user, Kind: Temporary, Err: err}
}
