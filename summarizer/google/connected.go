package google

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"

	"foreday/summarizer/memo"
)

const (
	// revokedFor is how long a refusal of Google's is remembered. A user who
	// connects again has another grant, which it does not concern.
	revokedFor = 10 * time.Minute
	// refreshTimeout bounds one refresh, and refreshLease the right to it: while
	// its holder lives, nobody else takes it.
	refreshTimeout = 5 * time.Second
	refreshLease   = refreshTimeout + 2*storeTimeout
	// Reread is after what time a process looks whether the user's grant is still
	// the same: they may have connected another account, or disconnected.
	Reread = time.Second
	// firstLook and lastLook bound the pause before looking again whether somebody
	// else has refreshed the token.
	firstLook, lastLook = 20 * time.Millisecond, 250 * time.Millisecond
	// slow is how long a vault may take to fail, and leftAlone for how long one
	// that took longer is not asked again.
	slow, leftAlone = 100 * time.Millisecond, time.Second
	// heldFor is how long a process can go on by itself without the vault.
	heldFor = 24 * time.Hour
)

// Connected reads the calendars of those who have connected them: their grants
// lie in the vault, and their access tokens beside them, so that all processes
// together refresh each but once. Grants that Google refuses, refusals remembers
// for ten minutes; nil remembers nothing. With the vault away, each process goes
// on with the grants it has seen in the last day.
func Connected(app OAuth, vault Vault, refusals Refusals) (Access, error) {
	if err := app.Validate(); err != nil {
		return nil, err
	}
	now := clockOr(app.Now)
	c := &connected{
		app: app, client: tokenClient(0), from: newEndpoint("token endpoint"), vault: vault, moved: func(string) {},
		held: keep[string, holding](now, heldFor), turnedDown: keep[string, string](now, heldFor),
	}
	c.tokens = keepingTokens(c.fetch, "", nil, now, Reread)
	c.refusals = memory{refusals}
	return c, nil
}

type connected struct {
	*tokens
	app      OAuth
	client   *http.Client // for all refreshes, or each would make a connection
	from     *endpoint
	vault    Vault
	refusals memory
	// held is what this process knows of each user's grant.
	held *memo.Cache[string, holding]
	// away is when the vault is to be asked again, in Unix nanoseconds.
	away atomic.Int64
	// turnedDown is each user's access token that Google would not take.
	turnedDown *memo.Cache[string, string]
	// moved is called when a user turns out to have connected anew, perhaps
	// another account. It must not be set while tokens are asked for.
	moved func(user string)
}

// Forget makes sure that the token is not taken from the vault again, either.
func (c *connected) Forget(user string, token *oauth2.Token) {
	c.turnedDown.Set(user, token.AccessToken)
	c.tokens.Forget(user, token)
}

// Refused remembers that the grant which the token belongs to is of no use.
func (c *connected) Refused(ctx context.Context, user string, token *oauth2.Token) {
	if h, ok := c.held.Get(user); ok && h.Access == token.AccessToken {
		c.refusals.add(ctx, user, h.name(), revokedFor)
	}
}

// errBusy says that others had the right to refresh for as long as could be waited.
var errBusy = errors.New("another process was to refresh the token, and has not in time")

// fetch returns the token that is in the vault, or sees to it that one process
// refreshes it and waits for that.
func (c *connected) fetch(ctx context.Context, user string) (*oauth2.Token, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, tokenTimeout, errBusy)
	defer cancel()
	var release func() // not nil: the right to refresh is ours
	defer func() {
		if release != nil {
			release()
		}
	}()
	for pause := firstLook; ; {
		h, err := c.look(ctx, user)
		switch {
		case err != nil:
			return nil, err
		case !h.alone && c.refusals.have(ctx, user, h.name()):
			return nil, noGrant(user, refusedLately, "the user must connect again")
		case c.good(user, h):
			return h.token(), nil
		case h.alone || release != nil:
			h, err = c.refresh(ctx, user, h)
			switch {
			case errors.Is(err, errOutrun):
				continue
			case err != nil:
				return nil, err
			}
			return h.token(), nil
		}
		if release = c.lease(ctx, user); release != nil {
			continue // to look first whether somebody has refreshed it just now
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(pause):
			pause = min(pause*3/2, lastLook)
		}
	}
}

func (c *connected) good(user string, h holding) bool {
	bad, _ := c.turnedDown.Get(user)
	return h.Access != "" && h.Access != bad && c.now().Before(h.Until)
}

// lease takes the right to refresh, or returns nil if somebody else has it. If it
// cannot be told, everybody has it.
func (c *connected) lease(ctx context.Context, user string) (release func()) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	release, err := c.vault.Lease(ctx, user, refreshLease)
	if err != nil {
		return func() {}
	}
	return release
}

// errOutrun says that the vault holds another grant by now.
var errOutrun = errors.New("the grant has changed meanwhile")

// refresh asks for a new access token, keeps it, and returns what is held then.
func (c *connected) refresh(ctx context.Context, user string, h holding) (holding, error) {
	// A new refresh token may come with it, and the old one be void: it must not
	// be lost because a reader has given up.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), refreshTimeout)
	defer cancel()
	token, err := c.from.ask(ctx, user, func(ctx context.Context, _ string) (*oauth2.Token, error) {
		return c.app.refresh(ctx, c.client, h.Refresh)
	})
	if err == nil {
		h.Grant = h.with(token, c.now())
		return c.save(ctx, user, h)
	}
	e := newError("refresh", user, "", err, c.now())
	if e.Kind != NoAccess {
		return h, e
	}
	if now, err := c.look(ctx, user); err == nil && now.Refresh != h.Refresh {
		return now, errOutrun
	}
	c.refusals.add(ctx, user, h.name(), revokedFor)
	return h, e
}
