package google

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"golang.org/x/oauth2"
)

// Grant is what a user has let the app do. Its fields are secrets.
type Grant struct {
	ID      string    `json:"id"`      // of this consent; a user who connects again has another
	Client  string    `json:"client"`  // the app's client ID
	Refresh string    `json:"refresh"` // the refresh token
	Access  string    `json:"access"`  // the latest access token
	Until   time.Time `json:"until"`   // when to stop using it, shortly before it expires
}

// String tells nothing, so that no grant gets into a log.
func (Grant) String() string { return "a grant" }

// name tells the grant from others, and from itself with another refresh token,
// without giving anything away.
func (g Grant) name() string {
	sum := sha256.Sum256([]byte(g.Refresh))
	return hex.EncodeToString(sum[:16])
}

// with returns the grant after an answer of the token endpoint, which may bring
// another refresh token.
func (g Grant) with(t *oauth2.Token, now time.Time) Grant {
	life := unknownExpiry
	if t.ExpiresIn > 0 {
		life = time.Duration(min(t.ExpiresIn, maxExpiresIn)) * time.Second
	}
	g.Access = t.AccessToken
	g.Until = now.Add(usable(&oauth2.Token{Expiry: now.Add(life)}, now)).UTC()
	if t.RefreshToken != "" {
		g.Refresh = t.RefreshToken
	}
	return g
}

// Store keeps the grant in place of any that the user gave before, and with it
// what was remembered of refusals.
func (g Grant) Store(ctx context.Context, vault Vault, user string) error {
	if err := vault.Store(ctx, user, g.encode()); err != nil {
		return fmt.Errorf("store what the user granted: %w", err)
	}
	return nil
}

func (g Grant) encode() []byte {
	b, err := json.Marshal(g)
	if err != nil {
		panic(err) // texts and a time always marshal
	}
	return b
}

func decodeGrant(secret []byte) (Grant, error) {
	var g Grant
	if err := json.Unmarshal(secret, &g); err != nil || g.ID == "" || g.Refresh == "" {
		return Grant{}, errors.New("what is kept of the user's grant makes no sense: the user must connect again")
	}
	return g, nil
}
