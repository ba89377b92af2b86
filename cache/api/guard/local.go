package guard

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Refusal says why a request is not answered.
type Refusal struct {
	Status int
	Detail string // with the cure
}

// Local returns nil if the request was sent by a program of this machine, or by a
// page that this server gave to a browser here. login is what to set so that
// others are answered too.
//
// The name asked for shows a web site whose owner made it point to 127.0.0.1 (DNS
// rebinding). Sec-Fetch-Site and Origin show a page of another site. The headers
// that proxies add show that whoever asks is anywhere.
func Local(r *http.Request, login string) *Refusal {
	if !IsLoopback(r.RemoteAddr) {
		return &Refusal{http.StatusMisdirectedRequest, "Without a login, this is for its own machine only: set " + login + "."}
	}
	if !IsLoopback(r.Host) {
		return &Refusal{http.StatusMisdirectedRequest,
			fmt.Sprintf("Without a login, only loopback's own names are answered, and not %.64q: ask for localhost, or set %s.", r.Host, login)}
	}
	for name, values := range r.Header {
		if forwarded(name) {
			return &Refusal{http.StatusForbidden,
				fmt.Sprintf("The header %.64q says that a proxy passed the request on, and without a login only this machine is answered: "+
					"set %s, or ask without the proxy.", name, login)}
		}
		if name == "Origin" || name == "Sec-Fetch-Site" {
			for _, value := range values {
				if !ownPage(r, name, value) {
					return &Refusal{http.StatusForbidden,
						fmt.Sprintf("The header %s %.64q says that a page of another site asks, and without a login no such page is answered: ask "+
							"from a program or open the address itself, or set %s.", name, value, login)}
				}
			}
		}
	}
	return nil
}

// forwarded reports whether only proxies send the header, however it is spelt: some
// servers take _ for -, and put HTTP_ in front.
func forwarded(name string) bool {
	name = strings.TrimPrefix(strings.ReplaceAll(strings.ToLower(name), "_", "-"), "http-")
	if strings.Contains(name, "forwarded") || strings.HasPrefix(name, "x-original-") {
		return true
	}
	for _, part := range addressParts {
		if strings.Contains(name, part) {
			return true
		}
	}
	return slices.Contains(proxies, name)
}

// addressParts are parts of the names of headers in which proxies pass on who asked.
var addressParts = strings.Fields("client-ip clientip real-ip connecting-ip remote-ip remote-addr user-ip originating-ip external-address")

// proxies are other headers that proxies, load balancers and tunnels add.
var proxies = strings.Fields("via cf-ray cdn-loop x-varnish surrogate-capability x-host x-scheme x-url-scheme front-end-https " +
	"x-nginx-proxy x-arr-ssl x-arr-log-id x-amzn-trace-id x-amz-cf-id x-cloud-trace-context x-request-start " +
	"tailscale-user-login tailscale-user-name ngrok-auth-user-email x-envoy-original-path x-azure-ref x-vercel-id fly-request-id")

// ownPage reports whether what a browser says goes with a page of this server, or
// with an address that a person typed.
func ownPage(r *http.Request, name, value string) bool {
	if name == "Origin" {
		return strings.EqualFold(value, "http://"+r.Host)
	}
	return value == "same-origin" || value == "none"
}

// IsLoopback reports whether a host, with or without port, is this machine as
// only it can call itself.
func IsLoopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
