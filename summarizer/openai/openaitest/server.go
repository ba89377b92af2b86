package openaitest

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Config says what the server is to be like.
type Config struct {
	// Now is the clock of the rate limits; nil means time.Now. Delays are real.
	Now func() time.Time
	// Key is the API key; "" accepts any, and none.
	Key string
	// Models are the names of the models there are; none means that any name will do.
	Models []string
	// RPM and TPM are the requests and tokens allowed in any 60 seconds; 0 is no limit.
	RPM, TPM int
	// Delay is how long each answer takes.
	Delay time.Duration
	// Seed chooses which requests a Fault with a Fraction hits.
	Seed uint64
	// Seen is told of each completion asked for that the limits judged, once it
	// is over; nil is allowed. It must be safe for concurrent use.
	Seen func(Seen)
}

// Seen is a completion that was asked for, as the limits counted it.
type Seen struct {
	At      time.Time // when it arrived, by the clock of the limits
	Key     string    // its API key
	Request Request
	Tokens  int    // that it used, of which a refused one uses none
	Refused string // the limit that refused it, "requests" or "tokens"; "" if none did
}

// Server is the stand-in, an http.Handler. It is safe for concurrent use, and
// has no goroutines of its own.
type Server struct {
	config Config
	mux    *http.ServeMux

	mu       sync.Mutex
	limits   limits
	faults   []*Fault
	random   *rand.Rand
	served   int
	counts   Counts
	captured []Request
}

// Counts says what the server has been asked and what it made of it.
type Counts struct {
	Requests         int // chat completions asked for, whatever became of them
	Answered         int // answered with 200, faulty answers included
	LimitedRequests  int // refused because the window of requests was full
	LimitedTokens    int // refused because the window of tokens was full
	Unauthorized     int
	Invalid          int // refused for what they asked
	Faulted          int // met by an injected fault
	PromptTokens     int // of the answered
	CompletionTokens int
}

// maxCaptured bounds how many requests are kept for tests to look at.
const maxCaptured = 256

// New returns a server for the config.
func New(c Config) *Server {
	if c.Now == nil {
		c.Now = time.Now
	}
	s := &Server{config: c, mux: http.NewServeMux(), limits: newLimits(c), random: rand.New(rand.NewPCG(c.Seed, 1))}
	s.mux.HandleFunc("POST /v1/chat/completions", s.chat)
	s.mux.HandleFunc("GET /v1/models", s.models)
	s.mux.HandleFunc("GET /v1/models/{model}", s.model)
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writeError(w, http.StatusNotFound, apiError{Type: "invalid_request_error", Code: "unknown_url",
			Message: fmt.Sprintf("Unknown request URL: %s %s.", r.Method, r.URL.Path)})
	})
	return s
}

// ServeHTTP checks the key and serves the request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Request-Id", s.requestID())
	w.Header().Set("Openai-Version", "2020-10-01")
	if !s.authorized(r) {
		s.count(func(c *Counts) { c.Unauthorized++ })
		writeError(w, http.StatusUnauthorized, apiError{Type: "invalid_request_error", Code: "invalid_api_key",
			Message: "Incorrect API key provided."})
		return
	}
	s.mux.ServeHTTP(w, r)
}

// Counts returns what has been counted so far.
func (s *Server) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts
}

// Requests returns the last chat requests that were understood, the oldest
// first, at most 256 of them.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.captured)
}

func (s *Server) count(change func(*Counts)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.counts)
}

func (s *Server) capture(r Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.captured) == maxCaptured {
		s.captured = slices.Delete(s.captured, 0, 1)
	}
	s.captured = append(s.captured, r)
}

func (s *Server) authorized(r *http.Request) bool {
	if s.config.Key == "" {
		return true
	}
	got, want := sha256.Sum256([]byte(bearer(r))), sha256.Sum256([]byte(s.config.Key))
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

// bearer is the API key that a request carries, "" if it carries none.
func bearer(r *http.Request) string {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return ""
	}
	return key
}

func (s *Server) requestID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.served++
	return fmt.Sprintf("req_%032x", s.served)
}

func (s *Server) knows(model string) bool {
	return model != "" && (len(s.config.Models) == 0 || slices.Contains(s.config.Models, model))
}
