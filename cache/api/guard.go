package api

import (
	"net/http"
	"strings"
	"time"

	"foreday/cache/api/guard"
)

// guard returns what stands before every handler of /v1, and before /metrics.
func (a *api) guard() func(handler) handler {
	check := checkLocal
	if a.cfg.Token != "" {
		check = checkToken(a.cfg.Token, guard.NewLogins("api", a.cfg.Log))
	}
	return func(h handler) handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			if p := check(r); p != nil {
				return p
			}
			return h(w, r)
		}
	}
}

func checkToken(token string, logins *guard.Logins) func(*http.Request) *problem {
	want := guard.NewSecret(token)
	return func(r *http.Request) *problem {
		scheme, given, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return unauthorized("Send the API's token as Authorization: Bearer TOKEN.", "")
		}
		if want.Is(strings.TrimLeft(given, " ")) {
			return nil
		}
		if wait := logins.Wrong(r.Context()); wait > 0 {
			return tooManyLogins(wait)
		}
		return unauthorized("The bearer token is not the API's.", `, error="invalid_token"`)
	}
}

func unauthorized(detail, params string) *problem {
	return newProblem(http.StatusUnauthorized, detail).with("WWW-Authenticate", `Bearer realm="foreday"`+params)
}

func tooManyLogins(wait time.Duration) *problem {
	return newProblem(http.StatusTooManyRequests,
		"The bearer token is not the API's, like too many before it: correct it, and try again after the time in Retry-After.").
		of("wrong-logins", "Too many wrong tokens").retryAfter(wait)
}

// checkLocal refuses what does not come from a program of this machine.
func checkLocal(r *http.Request) *problem {
	refusal := guard.Local(r, "FOREDAY_API_TOKEN")
	if refusal == nil {
		return nil
	}
	return newProblem(refusal.Status, refusal.Detail).of("not-local", "Without a token, for this machine only")
}
