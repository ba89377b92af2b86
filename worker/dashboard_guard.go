package worker

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// onlyLook refuses whatever might change something. asynqmon's read-only mode
// does so too, but a dashboard without protection against forged requests had
// better not rest on one check.
func onlyLook(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "the dashboard is for looking only", http.StatusMethodNotAllowed)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// admit lets in who may look: those who log in, or without a login those at
// this machine.
func admit(cfg DashboardConfig, next http.Handler) http.Handler {
	if cfg.User == "" {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			// The address shows who asks from elsewhere. The name shows the web
			// site whose owner made its name point to 127.0.0.1, so that a
			// browser here takes the dashboard for a part of that site.
			if !isLoopback(r.RemoteAddr) || !isLoopback(r.Host) {
				http.Error(w, "without a login the dashboard is for this machine only: ask for localhost, or set FOREDAY_DASHBOARD_USER and FOREDAY_DASHBOARD_PASSWORD", http.StatusMisdirectedRequest)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
	// Hashes are of one length: neither that of the name nor that of the
	// password shows in how long the comparison takes.
	wantUser, wantPassword := sha256.Sum256([]byte(cfg.User)), sha256.Sum256([]byte(cfg.Password))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		gotUser, gotPassword := sha256.Sum256([]byte(user)), sha256.Sum256([]byte(password))
		if subtle.ConstantTimeCompare(gotUser[:], wantUser[:])&subtle.ConstantTimeCompare(gotPassword[:], wantPassword[:]) != 1 {
			w.Header().Set("WWW-Authenticate", `Basic realm="foreday", charset="UTF-8"`)
			http.Error(w, "log in with FOREDAY_DASHBOARD_USER and FOREDAY_DASHBOARD_PASSWORD", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isLoopback reports whether a host, with or without port, is this machine as
// only it can call itself.
func isLoopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
