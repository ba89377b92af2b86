package googletest

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// maxBody bounds what a client may send.
const maxBody = 1 << 20

// serve answers requests to m: faults first, as the network would, then the
// token, the quotas, the method itself and the fields mask.
func (s *Server) serve(m method) http.Handler {
	return s.observed(m.name, func(w http.ResponseWriter, r *http.Request) {
		body, etag, err := s.answer(m, r)
		switch {
		case err != nil:
			writeError(w, err)
		case etag != "" && r.Method == http.MethodGet && matchesETag(r.Header.Get("If-None-Match"), etag):
			w.Header().Set("ETag", etag)
			w.WriteHeader(http.StatusNotModified)
		case body == nil:
			w.WriteHeader(http.StatusNoContent)
		default:
			h := w.Header()
			h.Set("Content-Type", "application/json; charset=UTF-8")
			h.Set("Content-Length", strconv.Itoa(len(body)))
			if etag != "" {
				h.Set("ETag", etag)
			}
			_, _ = w.Write(body) // a client that went away is not our trouble
		}
	})
}

// answer carries the request out and returns the response's body, nil if it has
// none, and its ETag.
func (s *Server) answer(m method, r *http.Request) (body []byte, etag string, err error) {
	g, err := s.grantOf(r)
	if err != nil {
		return nil, "", err
	}
	account, err := s.authenticate(r, g)
	if err != nil {
		return nil, "", err
	}
	s.counter.user(account.user)
	now, query := s.now(), r.URL.Query()
	charged, err := g.charged(query)
	if err != nil {
		return nil, "", err
	}
	if err := s.quota.take(charged, now); err != nil {
		return nil, "", err
	}
	if err := m.checkParams(query); err != nil {
		return nil, "", err
	}
	mask, err := parseMask(query.Get("fields"))
	if err != nil {
		return nil, "", err
	}
	r.Body = http.MaxBytesReader(nil, r.Body, maxBody)
	response, err := m.handle(s, &call{request: r, account: account, query: query, now: now})
	if err != nil || response == nil {
		return nil, "", err
	}
	var b bytes.Buffer
	if err := encode(&b, response, mask); err != nil {
		return nil, "", err
	}
	b.WriteByte('\n')
	return b.Bytes(), etagOf(response), nil
}

// matchesETag reports whether header, an If-Match or If-None-Match, names etag.
func matchesETag(header, etag string) bool {
	if header == "" {
		return false
	}
	names := strings.Split(header, ",")
	return slices.ContainsFunc(names, func(name string) bool {
		name = strings.TrimPrefix(strings.TrimSpace(name), "W/")
		return name == "*" || name == etag
	})
}
