package googletest

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"
)

// Fault is something that goes wrong with requests. What is left zero matches
// every request and changes nothing.
type Fault struct {
	Method string                   // as in Requests: "events.list", "token"
	User   string                   // whose token the request carries
	Match  func(*http.Request) bool // must not read the body

	Skip     int     // matching requests that pass before it begins
	Times    int     // requests that it befalls; 0 is until it is removed
	Fraction float64 // of the matching requests, chosen at random; 0 is all

	Delay      time.Duration // before anything else; ends with the client's patience
	Status     int           // answers with this instead
	Reason     string        // of the error, as in Google's JSON; "" is one that fits the status
	RetryAfter time.Duration // sent as Retry-After, in whole seconds
	Body       *string       // replaces the body, also of a good answer
	Cut        bool          // ends the connection in the middle of the answer
	// Late carries the request out before it goes wrong: the write is done, but
	// the client never hears of it.
	Late bool
}

type faults struct {
	mu     sync.Mutex
	active []*activeFault
}

type activeFault struct {
	Fault
	skip, left int
}

// Inject lets f befall requests from now on, and returns a function that ends
// it. Of several faults that match a request, each delays it, and the first
// that answers it does.
func (s *Server) Inject(f Fault) (remove func()) {
	active := &activeFault{Fault: f, skip: f.Skip, left: f.Times}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.active = append(s.faults.active, active)
	return func() { s.faults.remove(active) }
}

func (f *faults) remove(gone *activeFault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	kept := f.active[:0:0]
	for _, a := range f.active {
		if a != gone {
			kept = append(kept, a)
		}
	}
	f.active = kept
}

// befalling returns the faults that hit this request, and counts it.
func (f *faults) befalling(r *http.Request, method, user string) []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	var hit []Fault
	for _, a := range f.active {
		switch {
		case a.Method != "" && a.Method != method,
			a.User != "" && a.User != user,
			a.Match != nil && !a.Match(r),
			a.Times > 0 && a.left == 0,
			a.Fraction > 0 && rand.Float64() >= a.Fraction:
			continue
		case a.skip > 0:
			a.skip--
			continue
		}
		a.left--
		hit = append(hit, a.Fault)
	}
	return hit
}

// serve answers a request with handle, or as the faults have it.
func (f *faults) serve(w http.ResponseWriter, r *http.Request, method, user string, handle http.HandlerFunc) {
	for _, fault := range f.befalling(r, method, user) {
		if fault.Delay > 0 && !pause(r, fault.Delay) {
			panic(http.ErrAbortHandler) // nobody is waiting for an answer
		}
		if fault.Status != 0 || fault.Body != nil || fault.Cut {
			fault.answer(w, r, handle)
			return
		}
	}
	handle(w, r)
}

// pause waits, and reports whether the client did so, too. That it left is only
// noticed once its request has been read.
func pause(r *http.Request, d time.Duration) bool {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return false
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

func (f Fault) answer(w http.ResponseWriter, r *http.Request, handle http.HandlerFunc) {
	good := httptest.NewRecorder()
	if f.Late || f.Status == 0 {
		handle(good, r)
	}
	status, body := good.Code, good.Body.Bytes()
	if f.Status != 0 {
		bad := httptest.NewRecorder()
		writeError(bad, f.apiError())
		good, status, body = bad, f.Status, bad.Body.Bytes()
	}
	if f.Body != nil {
		body = []byte(*f.Body)
	}
	for name, values := range good.Header() {
		if name != "Content-Length" {
			w.Header()[name] = values
		}
	}
	if f.Cut {
		cut(w, status, body)
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that went away is not our trouble
}

// cut sends half of the body and ends the connection.
func cut(w http.ResponseWriter, status int, body []byte) {
	w.WriteHeader(status)
	_, _ = w.Write(body[:len(body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// apiError is the error that the fault answers with.
func (f Fault) apiError() *apiError {
	e := &apiError{code: f.Status, domain: "global", reason: f.Reason, message: http.StatusText(f.Status), retryAfter: f.RetryAfter}
	if e.reason == "" {
		e.reason = map[int]string{
			http.StatusBadRequest:          "invalid",
			http.StatusUnauthorized:        "authError",
			http.StatusForbidden:           "forbidden",
			http.StatusNotFound:            "notFound",
			http.StatusGone:                "fullSyncRequired",
			http.StatusTooManyRequests:     "rateLimitExceeded",
			http.StatusInternalServerError: "backendError",
			http.StatusServiceUnavailable:  "backendError",
		}[f.Status]
	}
	switch {
	case strings.HasSuffix(e.reason, "LimitExceeded"), e.reason == "quotaExceeded":
		limit := errLimit(f.Status, e.reason)
		e.domain, e.message = limit.domain, limit.message
	case e.reason == "fullSyncRequired":
		e.domain = "calendar"
	}
	return e
}
