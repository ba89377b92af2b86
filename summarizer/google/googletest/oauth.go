package googletest

import (
	"cmp"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Paths of the OAuth 2.0 endpoints, below the server's URL.
const (
	AuthPath   = "/o/oauth2/v2/auth"
	TokenPath  = "/token"
	RevokePath = "/revoke"
)

// codeLifetime is how long an authorisation code may be exchanged.
const codeLifetime = 10 * time.Minute

// consent is what a user agreed to: what a code or a refresh token stands for.
type consent struct {
	user, scope, client string
	redirect            string // of a code
	challenge           string // of a code, PKCE S256; "" is none
	offline             bool   // of a code: a refresh token comes with it
	expires             time.Time
}

// oauthError is an error of RFC 6749.
type oauthError struct {
	status      int
	code        string
	description string
}

func invalidGrant(description string) *oauthError {
	return &oauthError{http.StatusBadRequest, "invalid_grant", description}
}

func invalidRequest(description string) *oauthError {
	return &oauthError{http.StatusBadRequest, "invalid_request", description}
}

// serveAuth consents at once, for the login_hint or the first user, and sends
// the browser back with a code. Only loopback redirects are taken, as for
// installed apps.
func (s *Server) serveAuth(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	redirect, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || redirect.Scheme != "http" || !isLoopback(redirect.Hostname()) {
		http.Error(w, "Error 400: redirect_uri_mismatch", http.StatusBadRequest)
		return
	}
	back := redirect.Query()
	if state := q.Get("state"); state != "" {
		back.Set("state", state)
	}
	user := cmp.Or(q.Get("login_hint"), s.firstUser())
	switch {
	case !s.knownClient(q.Get("client_id")):
		http.Error(w, "Error 401: invalid_client", http.StatusUnauthorized)
		return
	case q.Get("response_type") != "code":
		back.Set("error", "unsupported_response_type")
	case q.Get("scope") == "":
		back.Set("error", "invalid_scope")
	case q.Get("code_challenge") != "" && q.Get("code_challenge_method") != "S256":
		back.Set("error", "invalid_request")
	case !s.HasUser(user):
		back.Set("error", "access_denied")
	default:
		back.Set("scope", q.Get("scope"))
		back.Set("code", s.tokens.newCode("4/"+s.newID(40), consent{
			user: user, scope: q.Get("scope"), client: q.Get("client_id"), redirect: q.Get("redirect_uri"),
			challenge: q.Get("code_challenge"), offline: s.offline(q, user), expires: s.now().Add(codeLifetime),
		}))
	}
	redirect.RawQuery = back.Encode()
	http.Redirect(w, r, redirect.String(), http.StatusFound)
}

// offline reports whether a refresh token comes with the code: if it is asked for,
// and the user has not consented before or is made to again.
func (s *Server) offline(q url.Values, user string) bool {
	return q.Get("access_type") == "offline" &&
		(slices.Contains(strings.Fields(q.Get("prompt")), "consent") || !s.tokens.consented(user, q.Get("client_id")))
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// firstUser is the first in alphabetical order, "" if there is none.
func (s *Server) firstUser() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.accounts) == 0 {
		return ""
	}
	return slices.Min(slices.Collect(maps.Keys(s.accounts)))
}

// knownClient reports whether an app of that ID may ask; without
// Config.ClientID any may.
func (s *Server) knownClient(id string) bool {
	return id != "" && (s.config.ClientID == "" || id == s.config.ClientID)
}

// tokenResponse is what the token endpoint gives out.
type tokenResponse struct {
	AccessToken  string `json:"access_token"`
	ExpiresIn    int    `json:"expires_in"`
	RefreshToken string `json:"refresh_token,omitempty"`
	Scope        string `json:"scope"`
	TokenType    string `json:"token_type"`
}

// serveToken gives out access tokens for codes, refresh tokens and the
// assertions of service accounts.
func (s *Server) serveToken(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	var response *tokenResponse
	var failure *oauthError
	if err := r.ParseForm(); err != nil {
		failure = invalidRequest("The body is no form.")
	} else {
		switch grantType := r.PostForm.Get("grant_type"); grantType {
		case "authorization_code":
			response, failure = s.exchange(r)
		case "refresh_token":
			response, failure = s.refresh(r)
		case "urn:ietf:params:oauth:grant-type:jwt-bearer":
			response, failure = s.impersonate(r.PostForm.Get("assertion"))
		default:
			failure = &oauthError{http.StatusBadRequest, "unsupported_grant_type", "Invalid grant_type: " + grantType}
		}
	}
	if failure != nil {
		writeOAuth(w, failure.status, map[string]string{"error": failure.code, "error_description": failure.description})
		return
	}
	writeOAuth(w, http.StatusOK, response)
}

func writeOAuth(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that went away is not our trouble
}

// authenticateClient returns the ID of the app that asks, from the form or the
// header, having checked its secret.
func (s *Server) authenticateClient(r *http.Request) (string, *oauthError) {
	id, secret := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	if user, password, ok := r.BasicAuth(); ok {
		id, secret = user, password
	}
	if !s.knownClient(id) || s.config.ClientSecret != "" && secret != s.config.ClientSecret {
		return "", &oauthError{http.StatusUnauthorized, "invalid_client", "The OAuth client was not found."}
	}
	return id, nil
}

// exchange gives tokens for an authorisation code, once.
func (s *Server) exchange(r *http.Request) (*tokenResponse, *oauthError) {
	client, failure := s.authenticateClient(r)
	if failure != nil {
		return nil, failure
	}
	c, ok := s.tokens.takeCode(r.PostForm.Get("code"))
	switch {
	case !ok, !c.expires.After(s.now()), c.client != client:
		return nil, invalidGrant("Malformed auth code.")
	case c.redirect != r.PostForm.Get("redirect_uri"):
		return nil, &oauthError{http.StatusBadRequest, "redirect_uri_mismatch", "Bad Request"}
	case c.challenge != "" && !verifies(c.challenge, r.PostForm.Get("code_verifier")):
		return nil, invalidGrant("Invalid code verifier.")
	}
	response := s.respond(grant{user: c.user, scope: c.scope})
	if c.offline {
		response.RefreshToken = s.tokens.newRefresh("1//"+s.newID(60), c)
	}
	return response, nil
}

// verifies checks a PKCE verifier against its S256 challenge (RFC 7636).
func verifies(challenge, verifier string) bool {
	sum := sha256.Sum256([]byte(verifier))
	want := base64.RawURLEncoding.EncodeToString(sum[:])
	return subtle.ConstantTimeCompare([]byte(challenge), []byte(want)) == 1
}

// refresh gives a new access token for a refresh token, which stays valid unless
// they rotate.
func (s *Server) refresh(r *http.Request) (*tokenResponse, *oauthError) {
	client, failure := s.authenticateClient(r)
	if failure != nil {
		return nil, failure
	}
	c, ok := s.tokens.refreshed(r.PostForm.Get("refresh_token"), client, s.config.RotateRefreshTokens)
	if !ok {
		return nil, invalidGrant("Token has been expired or revoked.")
	}
	response := s.respond(grant{user: c.user, scope: c.scope})
	if s.config.RotateRefreshTokens {
		response.RefreshToken = s.tokens.newRefresh("1//"+s.newID(60), c)
	}
	return response, nil
}

func (s *Server) respond(g grant) *tokenResponse {
	token, expires := s.issue(g)
	return &tokenResponse{
		AccessToken: token, TokenType: "Bearer", Scope: g.scope,
		ExpiresIn: int(expires.Sub(s.now()) / time.Second),
	}
}

// serveRevoke ends a token, and with a refresh token all that came of it.
func (s *Server) serveRevoke(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	token := strings.TrimSpace(r.FormValue("token"))
	user, ok := s.tokens.owner(token)
	if !ok {
		writeOAuth(w, http.StatusBadRequest, map[string]string{"error": "invalid_token", "error_description": "Token expired or revoked"})
		return
	}
	s.RevokeAccess(user)
	writeOAuth(w, http.StatusOK, struct{}{})
}

// RevokeAccess ends all that the user has agreed to, as they can in their
// account's settings: access tokens stop working, and refresh tokens give
// invalid_grant. Token gives a new one all the same.
func (s *Server) RevokeAccess(user string) {
	s.ExpireTokens(user)
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	maps.DeleteFunc(s.tokens.refresh, func(_ string, c consent) bool { return c.user == user })
	maps.DeleteFunc(s.tokens.codes, func(_ string, c consent) bool { return c.user == user })
}
