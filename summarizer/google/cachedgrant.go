package google

import (
	"context"
	"errors"
	"time"

	"golang.org/x/oauth2"
)

// holding is a grant with what the vault has of it.
type holding struct {
	Grant
	version string
	// alone says that the vault is away, so that the processes cannot know of each
	// other.
	alone bool
	// unsaved says that the vault was away when the grant was renewed: it still
	// has the version from before.
	unsaved bool
}

func (h holding) token() *oauth2.Token {
	return &oauth2.Token{AccessToken: h.Access, Expiry: h.Until}
}

// look returns the user's grant as the vault has it, or, with the vault away, as
// it was last seen.
func (c *connected) look(ctx context.Context, user string) (holding, error) {
	held, seen := c.held.Get(user)
	secret, version, err := c.load(ctx, user)
	switch {
	case ctx.Err() != nil:
		return holding{}, ctx.Err()
	case err != nil && seen:
		held.alone = true
		return held, nil
	case err != nil:
		return holding{}, err
	case version == "":
		c.held.Forget(user)
		return holding{}, noGrant(user, "the user has not connected a calendar", "have them run `foreday connect`")
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
		return holding{}, noGrant(user, "the user has connected their calendar through another OAuth client",
			"set GOOGLE_OAUTH_CLIENT_ID back, or have them connect again")
	}
	c.held.Set(user, holding{Grant: grant, version: version})
	if seen && held.ID != grant.ID {
		c.moved(user)
	}
	return holding{Grant: grant, version: version}, nil
}

// errAway says that the vault was slow to fail a moment ago.
var errAway = errors.New("where tokens are kept does not answer")

// load reads the user's secret. A vault that was slow to fail is left alone for a
// moment: an outage must not cost every reader a time limit.
func (c *connected) load(ctx context.Context, user string) (secret []byte, version string, err error) {
	began := time.Now()
	if began.UnixNano() < c.away.Load() {
		return nil, "", errAway
	}
	limited, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	secret, version, err = c.vault.Load(limited, user)
	if err != nil && ctx.Err() == nil && time.Since(began) > slow {
		c.away.Store(time.Now().Add(leftAlone).UnixNano())
	}
	return secret, version, err
}

// save puts the grant in place of the version it was made from, and returns what
// is held then. With the vault away that is to be done later.
func (c *connected) save(ctx context.Context, user string, h holding) (holding, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	h.unsaved = true
	if !h.alone {
		next, err := c.vault.Swap(ctx, user, h.version, h.encode())
		if err == nil && next == "" {
			c.held.Forget(user)
			return h, errOutrun
		}
		if err == nil {
			h.version, h.unsaved = next, false
		}
	}
	h.alone = false // so far as it is known the next time
	c.held.Set(user, h)
	return h, nil
}

func noGrant(user, problem, hint string) *Error {
	return &Error{Op: "grant", User: user, Kind: NoAccess, Err: errors.New(problem), Hint: hint}
}
