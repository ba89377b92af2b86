package googletest

import (
	"maps"
	"net/http"
	"sync"
)

// Requests counts what a Server was asked. Methods are named as in the API
// ("events.list"), and "token", "auth", "revoke" and "broker".
type Requests struct {
	Total    int
	ByMethod map[string]int
	ByStatus map[int]int // cut connections count as 0
	ByUser   map[string]int
	Refused  int // for want of quota
}

type counter struct {
	mu sync.Mutex
	n  Requests
}

func (c *counter) begin(method string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n.ByMethod == nil {
		c.n = Requests{ByMethod: map[string]int{}, ByStatus: map[int]int{}, ByUser: map[string]int{}}
	}
	c.n.Total++
	c.n.ByMethod[method]++
}

func (c *counter) user(user string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n.ByUser[user]++
}

func (c *counter) end(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n.ByStatus[status]++
}

// Requests returns the counts since the Server was made.
func (s *Server) Requests() Requests {
	s.counter.mu.Lock()
	defer s.counter.mu.Unlock()
	n := s.counter.n
	n.ByMethod, n.ByStatus, n.ByUser = maps.Clone(n.ByMethod), maps.Clone(n.ByStatus), maps.Clone(n.ByUser)
	n.Refused = s.quota.refusals()
	return n
}

// observed counts the requests that handle answers, and lets faults at them.
func (s *Server) observed(name string, handle http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.counter.begin(name)
		recorder := &statusRecorder{ResponseWriter: w}
		defer func() { s.counter.end(recorder.status) }()
		s.faults.serve(recorder, r, name, s.userOf(r), handle)
	})
}

// statusRecorder notes the status that a handler answers with; 0 if it aborts.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (r *statusRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *statusRecorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *statusRecorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
