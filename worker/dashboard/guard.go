package dashboard

import (
	"fmt"
	"math"
	"net/http"

	"foreday/cache/api/guard"
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

// Admit lets in who may look: those who log in, or without a login those at
// this machine.
func Admit(cfg Config, next http.Handler) http.Handler {
	if cfg.User == "" {
		return admitLocal(next)
	}
	wantUser, wantPassword := guard.NewSecret(cfg.User), guard.NewSecret(cfg.Password)
	logins := guard.NewLogins("dashboard", cfg.Log)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, given := r.BasicAuth()
		if given {
			right, wait := logins.Right(r, func() bool {
				rightUser, rightPassword := wantUser.Is(user), wantPassword.Is(password)
				return rightUser && rightPassword
			})
			if right {
				next.ServeHTTP(w, r)
				return
			}
			if wait > 0 {
				w.Header().Set("Retry-After", fmt.Sprint(math.Ceil(wait.Seconds())))
				http.Error(w, "too many wrong logins: try again later", http.StatusTooManyRequests)
				return
			}
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="foreday", charset="UTF-8"`)
		http.Error(w, "log in with FOREDAY_DASHBOARD_USER and FOREDAY_DASHBOARD_PASSWORD", http.StatusUnauthorized)
	})
}

func admitLocal(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		const login = "FOREDAY_DASHBOARD_USER and FOREDAY_DASHBOARD_PASSWORD"
		if refusal := guard.Local(r, login); refusal != nil {
			http.Error(w, refusal.Detail, refusal.Status)
			return
		}
		next.ServeHTTP(w, r)
	})
}
