package dashboard

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// page serves asynqmon such that a browser talks to this host alone. asynqmon's
// one HTML page asks a public host for a font and for icons; the font has
// system fonts to stand in, and the icons are not used, as all that are shown
// are drawn by the scripts. What the page runs is pinned down by a
// Content-Security-Policy.
type page struct {
	monitor  http.Handler
	root     string
	original []byte // asynqmon's page
	template string // ours, with nonceSlot where each response's nonce goes
}

const nonceSlot = "NONCE-OF-THE-RESPONSE"

// policy allows the page's own scripts, the styles that those make (they take
// the nonce from a meta element), and nothing from anywhere else.
const policy = "default-src 'none'; script-src 'nonce-%[1]s'; style-src 'nonce-%[1]s'; img-src 'self' data:; " +
	"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

var elsewhere = regexp.MustCompile(`<link[^>]+href="https?://[^>]*>`)

func newPage(monitor http.Handler, root string) *page {
	var got held
	monitor.ServeHTTP(&got, &http.Request{Method: http.MethodGet, URL: &url.URL{Path: root + "/"}})
	html := elsewhere.ReplaceAllString(got.body.String(), "")
	html = strings.ReplaceAll(html, "<script", `<script nonce="`+nonceSlot+`"`)
	html = strings.Replace(html, "<head>", `<head><meta property="csp-nonce" content="`+nonceSlot+`"/>`, 1)
	return &page{monitor: monitor, root: root, original: got.body.Bytes(), template: html}
}

func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	api := strings.HasPrefix(r.URL.Path, p.root+"/api/")
	if api {
		h.Set("Cache-Control", "no-store")
	}
	// asynqmon answers with its page whatever it has no file for, as the page
	// makes sense of the path itself.
	var got held
	p.monitor.ServeHTTP(&got, r)
	if bytes.Equal(got.body.Bytes(), p.original) {
		p.send(w)
		return
	}
	maps.Copy(h, got.Header())
	if api && h.Get("Content-Type") == "" {
		h.Set("Content-Type", "application/json")
	}
	w.WriteHeader(got.status)
	w.Write(got.body.Bytes()) // an error means that nobody listens any more
}

func (p *page) send(w http.ResponseWriter) {
	nonce := rand.Text()
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", fmt.Sprintf(policy, nonce))
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cache-Control", "no-store")
	w.Write([]byte(strings.ReplaceAll(p.template, nonceSlot, nonce)))
}

// held is a response that is looked at before it is sent. asynqmon's files are small enough,
// the largest has a megabyte, and what it tells of queues comes in pages.
type held struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *held) Header() http.Header {
	if h.header == nil {
		h.header = make(http.Header)
	}
	return h.header
}

func (h *held) WriteHeader(status int) {
	if h.status == 0 {
		h.status = status
	}
}

func (h *held) Write(b []byte) (int, error) {
	h.WriteHeader(http.StatusOK)
	return h.body.Write(b)
}
