package google

import (
	"context"
	"errors"
	"time"

	"github.com/maypok86/otter/v2"
	"golang.org/x/oauth2"
)

const (
	// revokedFor is how long a refusal of Google's is remembered. A user who
	// connects again has another grant, which it does not concern.
	revokedFor = 10 * time.Minute
	// refreshTimeout bounds one refresh, and refreshLease the right to it: while
	// its holder lives, nobody else takes it.
	refreshTimeout = 5 * time.Second
	refreshLease   = refreshTimeout + 2*storeTimeout
	// reread is after what time a process looks whether the user's grant is still
	// the same: it may have connected another account.
	reread = time.Minute
	// firstLook and lastLook bound the pause before looking again whether somebody
	// else has refreshed the token.
	firstLook, lastLook = 20 * time.Millisecond, 250 * time.Millisecond
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
		app: app, vault: vault, now: now,
		held:       otter.Must(&otter.Options[string, holding]{MaximumSize: maxTokens, ExpiryCalculator: otter.ExpiryWriting[string, holding](heldFor), Clock: clock(now)}),
		turnedDown: otter.Must(&otter.Options[string, string]{MaximumSize: maxTokens, ExpiryCalculator: otter.ExpiryWriting[string, string](heldFor), Clock: clock(now)}),
	}
	c.tokens = &tokens{fetch: c.fetch, kept: keepTokens(now, reread), now: now}
	c.refusals = memory{refusals}
	return c, nil
}

type connected struct {
	*tokens
	app      OAuth
	vault    Vault
	refusals memory
	now      func() time.Time
	// held is what this process knows of each user's grant.
	held *otter.Cache[string, holding]
	// turnedDown is each user's access token that Google would not take.
	turnedDown *otter.Cache[string, string]
}

// holding is a grant with what the vault has of it.
type holding struct {
	Grant
	version string
	// unsaved says that the vault was away when the grant was renewed: it still
	// has the version from before.
	unsaved bool
}

func (h holding) token() *oauth2.Token {
	return &oauth2.Token{AccessToken: h.Access, Expiry: h.Until}
}

// Forget makes sure that the token is not taken from the vault again, either.
func (c *connected) Forget(user string, token *oauth2.Token) {
	c.turnedDown.Set(user, token.AccessToken)
	c.tokens.Forget(user, token)
}

// Refused remembers that the grant which the token belongs to is of no use.
func (c *connected) Refused(ctx context.Context, user string, token *oauth2.Token) {
	if h, ok := c.held.GetIfPresent(user); ok && h.Access == token.AccessToken {
		c.refusals.add(ctx, user, h.ID, revokedFor)
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
		case c.refusals.have(ctx, user, h.ID):
			return nil, refusedLately("grant", user)
		case c.good(user, h):
			return h.token(), nil
		case release != nil:
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
	bad, _ := c.turnedDown.GetIfPresent(user)
	return h.Access != "" && h.Access != bad && c.now().Before(h.Until)
}

// lease takes the right to refresh, or returns nil if somebody else has it. With
// the vault away it is everybody's: nobody could tell the others.
func (c *connected) lease(ctx context.Context, user string) (release func()) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	release, err := c.vault.Lease(ctx, user, refreshLease)
	if err != nil {
		return func() {}
	}
	return release
}

// look returns the user's grant as the vault has it, or, with the vault away, as
// it was last seen.
func (c *connected) look(ctx context.Context, user string) (holding, error) {
	limited, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	held, seen := c.held.GetIfPresent(user)
	secret, version, err := c.vault.Load(limited, user)
	switch {
	case ctx.Err() != nil:
		return holding{}, ctx.Err()
	case err != nil && seen:
		return held, nil
	case err != nil:
		return holding{}, err
	case version == "":
		c.held.Invalidate(user)
		return holding{}, notConnected(user)
	case seen && version == held.version && !held.unsaved:
		return held, nil
	case seen && version == held.version:
		if held, err = c.save(ctx, user, held); err == nil {
			return held, nil
		}
		return c.look(ctx, user)
	}
	grant, err := decodeGrant(secret)
	if err != nil {
		return holding{}, err
	}
	if grant.Client != c.app.ClientID {
		return holding{}, otherClient(user)
	}
	held = holding{Grant: grant, version: version}
	c.held.Set(user, held)
	return held, nil
}

// errOutrun says that the vault holds another grant by now.
var errOutrun = errors.New("the grant has changed meanwhile")

// refresh asks for a new access token, keeps it, and returns what is held then.
func (c *connected) refresh(ctx context.Context, user string, h holding) (holding, error) {
	// A new refresh token may come with it, and the old one be void: it must not
	// be lost because a reader has given up.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), refreshTimeout)
	defer cancel()
	token, err := c.app.refresh(ctx, h.Refresh)
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
	c.refusals.add(ctx, user, h.ID, revokedFor)
	return h, e
}

// save puts the grant in place of the version it was made from, and returns what
// is held then. With the vault away that is to be done later.
func (c *connected) save(ctx context.Context, user string, h holding) (holding, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	next, err := c.vault.Swap(ctx, user, h.version, h.encode())
	if err == nil && next == "" {
		c.held.Invalidate(user)
		return h, errOutrun
	}
	h.unsaved = err != nil
	if !h.unsaved {
		h.version = next
	}
	c.held.Set(user, h)
	return h, nil
}

func notConnected(user string) *Error {
	return &Error{Op: "grant", User: user, Kind: NoAccess, Err: errors.New("the user has not connected a calendar"),
		Hint: "have them run `foreday connect`"}
}

func otherClient(user string) *Error {
	return &Error{Op: "grant", User: user, Kind: NoAccess, Err: errors.New("the user has connected their calendar through another OAuth client"),
		Hint: "set GOOGLE_OAUTH_CLIENT_ID back, or have them connect again"}
}
