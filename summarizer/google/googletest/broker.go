package googletest

import (
	"net/http"
	"time"
)

// BrokerPath is where a user's name is appended to get them a token.
const BrokerPath = "/broker/"

// serveBroker gives out a user's token for reading, as the token broker of an
// app would.
func (s *Server) serveBroker(w http.ResponseWriter, r *http.Request) {
	user := r.PathValue("user")
	if !s.HasUser(user) {
		writeError(w, errNotFound())
		return
	}
	token, expires := s.issue(grant{user: user, scope: scopeReadonly})
	writeOAuth(w, http.StatusOK, map[string]any{
		"access_token": token,
		"token_type":   "Bearer",
		"expiry":       expires.Format(time.RFC3339),
		"expires_in":   int(expires.Sub(s.now()) / time.Second),
	})
}
