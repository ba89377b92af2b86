package google

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
	"golang.org/x/oauth2/jwt"
)

// ServiceAccount reads each user's calendar by impersonation: the user's ID is
// their address in a Workspace domain that has delegated its authority to the
// account. jsonKey is the key file Google issues. tokenURL overrides the token
// endpoint the file names, unless "". Whom it may not act for, refusals remembers
// for a minute; nil remembers nothing. Timeout bounds one request for a token, and is
// 5 seconds if 0; now is the clock, time.Now if nil.
func ServiceAccount(
	jsonKey []byte, tokenURL string, refusals Refusals, timeout time.Duration, now func() time.Time,
) (Access, error) {
	config, err := google.JWTConfigFromJSON(jsonKey, scope)
	if err != nil {
		return nil, fmt.Errorf("service account key: %w: pass the JSON key file of a service account", err)
	}
	if err := checkKey(config); err != nil {
		return nil, fmt.Errorf("service account key: %w: issue a new key", err)
	}
	if tokenURL != "" {
		config.TokenURL = tokenURL
	}
	if _, err := httpURL(config.TokenURL); err != nil {
		return nil, fmt.Errorf("token endpoint: %w", err)
	}
	client := tokenClient(timeout)
	return newTokens("service account", refusals, clockOr(now), func(_ context.Context, user string) (*oauth2.Token, error) {
		return impersonate(config, client, user)
	}), nil
}

// checkKey finds at the start what would otherwise fail with every token.
func checkKey(c *jwt.Config) error {
	if c.Email == "" {
		return errors.New("client_email is empty")
	}
	block, _ := pem.Decode(c.PrivateKey)
	if block == nil {
		return errors.New("private_key is not PEM")
	}
	if _, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		return nil
	}
	if _, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return nil
	}
	return errors.New("private_key holds no private key")
}

// impersonate asks for a token. The jwt package knows no context; client has a time limit.
func impersonate(config *jwt.Config, client *http.Client, user string) (*oauth2.Token, error) {
	impersonation := *config
	impersonation.Subject = user
	kept := &keepError{base: client.Transport}
	own := *client
	own.Transport = kept
	token, err := impersonation.TokenSource(context.WithValue(context.Background(), oauth2.HTTPClient, &own)).Token()
	if err != nil && kept.err != nil {
		err = kept.err
	}
	if err != nil {
		return nil, err
	}
	return token.WithExtra(map[string]any{sharedAccount: true}), nil
}

// sharedAccount marks tokens of an account that acts for many users. Google counts
// its requests as one user's unless they say whose they are.
const sharedAccount = "foreday_shared_account"

// quotaUser is the name by which Google counts the user's requests apart from those
// of others: the same each time, of 40 characters, the most that Google takes, and
// nothing that tells the user to whoever reads the address.
func quotaUser(user string) string {
	sum := sha256.Sum256([]byte("foreday quota user\x00" + user))
	return hex.EncodeToString(sum[:20])
}

// keepError keeps the error of one request, of which the jwt package makes a text.
type keepError struct {
	base http.RoundTripper
	err  error
}

func (k *keepError) RoundTrip(req *http.Request) (res *http.Response, err error) {
	res, k.err = k.base.RoundTrip(req)
	return res, k.err
}
