package googletest

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Scopes that tokens may have. A token for reading only cannot write.
const (
	scopeAll      = "https://www.googleapis.com/auth/calendar"
	scopeReadonly = "https://www.googleapis.com/auth/calendar.readonly"
)

// tokens are the access tokens in force.
type tokens struct {
	mu     sync.Mutex
	access map[string]grant
	latest map[string]string // user -> token last given out by Token
}

// grant is what a token stands for.
type grant struct {
	user    string
	scope   string
	expires time.Time
}

func (t *tokens) init() {
	t.access = map[string]grant{}
	t.latest = map[string]string{}
}

// Token returns an access token of the user's that is valid for at least half
// of the tokens' lifetime. The user must have been added.
func (s *Server) Token(user string) string {
	now := s.now()
	s.tokens.mu.Lock()
	token := s.tokens.latest[user]
	left := s.tokens.access[token].expires.Sub(now)
	s.tokens.mu.Unlock()
	if left < s.config.TokenLifetime/2 {
		token, _ = s.issue(user, scopeAll)
		s.tokens.mu.Lock()
		s.tokens.latest[user] = token
		s.tokens.mu.Unlock()
	}
	return token
}

// issue makes a new access token.
func (s *Server) issue(user, scope string) (token string, expires time.Time) {
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
	s.tokens.access[token] = grant{user: user, scope: scope, expires: expires}
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

// authenticate returns the account that the request may act for.
func (s *Server) authenticate(r *http.Request) (*account, error) {
	g, err := s.grantOf(r)
	if err != nil {
		return nil, err
	}
	if r.Method != http.MethodGet && !g.mayWrite() {
		return nil, errScope()
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	a := s.accounts[g.user]
	if a == nil {
		return nil, errBadToken()
	}
	return a, nil
}

func (g grant) mayWrite() bool {
	for scope := range strings.FieldsSeq(g.scope) {
		if !strings.HasSuffix(scope, ".readonly") {
			return true
		}
	}
	return false
}

// serveBroker gives a user's token to an app, as an app's own token broker
// would.
func (s *Server) serveBroker(w http.ResponseWriter, r *http.Request) {
	user := r.PathValue("user")
	if !s.HasUser(user) {
		writeError(w, errNotFound())
		return
	}
	token, expires := s.issue(user, scopeReadonly)
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(map[string]any{ // a client that went away is not our trouble
		"access_token": token,
		"token_type":   "Bearer",
		"expiry":       expires.Format(time.RFC3339),
		"expires_in":   int(expires.Sub(s.now()) / time.Second),
	})
}
