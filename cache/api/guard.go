package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// guard returns what stands before every handler of /v1.
func (a *api) guard() func(handler) handler {
	check := checkLoopback
	if a.cfg.Token != "" {
		check = checkToken(a.cfg.Token)
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

// checkToken compares hashes, in constant time: neither the token nor its length
// shows in how long that takes.
func checkToken(token string) func(*http.Request) *problem {
	want := sha256.Sum256([]byte(token))
	return func(r *http.Request) *problem {
		scheme, given, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return unauthorized("Send the API's token as Authorization: Bearer TOKEN.", "")
		}
		got := sha256.Sum256([]byte(strings.TrimLeft(given, " ")))
		if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			return unauthorized("The bearer token is not the API's.", `, error="invalid_token"`)
		}
		return nil
	}
}

func unauthorized(detail, params string) *problem {
	return newProblem(http.StatusUnauthorized, detail).with("WWW-Authenticate", `Bearer realm="foreday"`+params)
}

// checkLoopback refuses requests sent to any name but loopback's own.
func checkLoopback(r *http.Request) *problem {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsLoopback() || host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return nil
	}
	return newProblem(http.StatusMisdirectedRequest, fmt.Sprintf("Without a token, the API answers on loopback only, not as %.64q: ask for localhost, or set FOREDAY_API_TOKEN.", r.Host))
}
