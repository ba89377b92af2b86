package googletest

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Scopes that tokens may have. A token for reading only cannot write.
const (
	scopeAll      = "https://www.googleapis.com/auth/calendar"
	scopeReadonly = "https://www.googleapis.com/auth/calendar.readonly"
)

// tokens are the tokens in force.
type tokens struct {
	mu      sync.Mutex
	access  map[string]grant
	latest  map[string]string // user -> token last given out by Token
	codes   map[string]consent
	refresh map[string]consent
}

// grant is what an access token stands for.
type grant struct {
	user    string
	scope   string
	expires time.Time
	service bool // it is the service account's, acting for the user
}

func (t *tokens) init() {
	t.access, t.latest = map[string]grant{}, map[string]string{}
	t.codes, t.refresh = map[string]consent{}, map[string]consent{}
}

func (t *tokens) newCode(code string, c consent) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.codes[code] = c
	return code
}

// takeCode returns what a code stands for; it works once.
func (t *tokens) takeCode(code string) (consent, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, ok := t.codes[code]
	delete(t.codes, code)
	return c, ok
}

func (t *tokens) newRefresh(token string, c consent) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refresh[token] = c
	return token
}

// refreshed returns what a client's refresh token stands for, and ends it if it
// is to work once only.
func (t *tokens) refreshed(token, client string, once bool) (consent, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c, ok := t.refresh[token]
	if !ok || c.client != client {
		return consent{}, false
	}
	if once {
		delete(t.refresh, token)
	}
	return c, true
}

// consented reports whether the client has a refresh token of the user's.
func (t *tokens) consented(user, client string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.refresh {
		if c.user == user && c.client == client {
			return true
		}
	}
	return false
}

// owner returns whose access or refresh token it is.
func (t *tokens) owner(token string) (user string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if g, ok := t.access[token]; ok {
		return g.user, true
	}
	c, ok := t.refresh[token]
	return c.user, ok
}

// Token returns an access token of the user's, for reading and writing, that is
// valid for at least half of the tokens' lifetime. It panics if the user was
// not added.
func (s *Server) Token(user string) string {
	s.mustAccount(user)
	now := s.now()
	s.tokens.mu.Lock()
	token := s.tokens.latest[user]
	left := s.tokens.access[token].expires.Sub(now)
	s.tokens.mu.Unlock()
	if left < s.config.TokenLifetime/2 {
		token, _ = s.issue(grant{user: user, scope: scopeAll})
		s.tokens.mu.Lock()
		s.tokens.latest[user] = token
		s.tokens.mu.Unlock()
	}
	return token
}

// issue makes a new access token.
func (s *Server) issue(g grant) (token string, expires time.Time) {
	token = "ya29." + s.newID(40)
	now := s.now()
	expires = now.Add(s.config.TokenLifetime)
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	for old, g := range s.tokens.access {
		if !g.expires.After(now) {
			delete(s.tokens.access, old)
		}
	}
	g.expires = expires
	s.tokens.access[token] = g
	return token, expires
}

// ExpireTokens ends all access tokens in force of the user, or of everybody if
// user is "". They can be refreshed.
func (s *Server) ExpireTokens(user string) {
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	for token, g := range s.tokens.access {
		if user == "" || g.user == user {
			delete(s.tokens.access, token)
		}
	}
}

// grantOf returns what the request's token stands for.
func (s *Server) grantOf(r *http.Request) (grant, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || token == "" {
		return grant{}, errNoToken()
	}
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	g, ok := s.tokens.access[token]
	if !ok || !g.expires.After(s.now()) {
		return grant{}, errBadToken()
	}
	return g, nil
}

// userOf returns whose token the request carries, "" if none is valid.
func (s *Server) userOf(r *http.Request) string {
	g, err := s.grantOf(r)
	if err != nil {
		return ""
	}
	return g.user
}

// charged returns whose requests the request counts as: those of the token's owner,
// which is the service account unless quotaUser says for whom it acts.
func (g grant) charged(query url.Values) (string, error) {
	name := query.Get("quotaUser")
	switch {
	case len(name) > 40:
		return "", errInvalid("quotaUser", "quotaUser has more than 40 characters.")
	case !g.service:
		return g.user, nil
	case name == "":
		return serviceEmail, nil
	}
	return serviceEmail + " " + name, nil
}

// authenticate returns the account that the request may act for, by its token.
func (s *Server) authenticate(r *http.Request, g grant) (*account, error) {
	if !g.reads() || r.Method != http.MethodGet && !g.writes() {
		return nil, errScope()
	}
	a := s.account(g.user, r.Method != http.MethodGet)
	if a == nil {
		return nil, errBadToken()
	}
	return a, nil
}

// reads reports whether the scope is one of the calendar's.
func (g grant) reads() bool {
	return strings.Contains(g.scope, scopeAll)
}

// writes reports whether one of the calendar's scopes is not for reading only.
func (g grant) writes() bool {
	for scope := range strings.FieldsSeq(g.scope) {
		if strings.HasPrefix(scope, scopeAll) && !strings.HasSuffix(scope, ".readonly") {
			return true
		}
	}
	return false
}
