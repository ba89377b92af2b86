package googletest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	serviceEmail = "foreday@project.iam.gserviceaccount.com"
	serviceKeyID = "0f0e0d0c"
)

// serviceAccount is the one service account, which may act for every user.
type serviceAccount struct {
	once sync.Once
	key  *rsa.PrivateKey
}

func (a *serviceAccount) private() *rsa.PrivateKey {
	a.once.Do(func() {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(fmt.Sprintf("googletest: no key for the service account: %v", err))
		}
		a.key = key
	})
	return a.key
}

// ServiceAccount returns the contents of a key file, as for
// GOOGLE_APPLICATION_CREDENTIALS, of a service account that may act for every
// user. url is the server's own.
func (s *Server) ServiceAccount(url string) []byte {
	der, err := x509.MarshalPKCS8PrivateKey(s.service.private())
	if err != nil {
		panic(fmt.Sprintf("googletest: key of the service account: %v", err))
	}
	b, err := json.MarshalIndent(map[string]string{
		"type":            "service_account",
		"project_id":      "project",
		"private_key_id":  serviceKeyID,
		"private_key":     string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"client_email":    serviceEmail,
		"client_id":       "100000000000000000000",
		"auth_uri":        url + AuthPath,
		"token_uri":       url + TokenPath,
		"universe_domain": "googleapis.com",
	}, "", "  ")
	if err != nil {
		panic(err) // strings always marshal
	}
	return b
}

// claims are what a service account says in an assertion (RFC 7523).
type claims struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	Scope    string `json:"scope"`
	Audience string `json:"aud"`
	Issued   int64  `json:"iat"`
	Expires  int64  `json:"exp"`
}

// impersonate gives the service account a token of the user that its assertion
// names.
func (s *Server) impersonate(assertion string) (*tokenResponse, *oauthError) {
	c, ok := s.verifyAssertion(assertion)
	now := s.now()
	switch {
	case !ok, c.Issuer != serviceEmail:
		return nil, invalidGrant("Invalid JWT Signature.")
	case !strings.HasSuffix(c.Audience, TokenPath):
		return nil, invalidGrant("Failed audience check.")
	case c.Expires <= now.Unix(), c.Issued > now.Add(5*time.Minute).Unix(), c.Expires-c.Issued > 3600:
		return nil, invalidGrant("Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.")
	case c.Scope == "":
		return nil, &oauthError{http.StatusBadRequest, "invalid_scope", "Empty or missing scope not allowed."}
	case c.Subject == "" || !s.HasUser(c.Subject):
		return nil, invalidGrant("Invalid email or User ID")
	}
	return s.respond(grant{user: c.Subject, scope: c.Scope, service: true}), nil
}

// verifyAssertion checks the signature of a JWT, RS256, and reads its claims.
func (s *Server) verifyAssertion(assertion string) (claims, bool) {
	head, signature, ok := cutLast(assertion, ".")
	_, payload, hasPayload := strings.Cut(head, ".")
	if !ok || !hasPayload {
		return claims{}, false
	}
	sig, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil {
		return claims{}, false
	}
	sum := sha256.Sum256([]byte(head))
	if rsa.VerifyPKCS1v15(&s.service.private().PublicKey, crypto.SHA256, sum[:], sig) != nil {
		return claims{}, false
	}
	body, err := base64.RawURLEncoding.DecodeString(payload)
	var c claims
	return c, err == nil && json.Unmarshal(body, &c) == nil
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
