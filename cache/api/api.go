package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"

	"foreday/cache"
	"foreday/summarizer"
)

// Config is what the API is made of. Reader and Publish are required.
type Config struct {
	Reader *cache.Reader
	// Publish puts messages of these fields on the stream and returns their IDs
	// there, in order, when no reader is given as fresh any more what they make
	// stale. The values are what encoding/json makes of them. A
	// *summarizer.FieldError says which message is wrong, and that none was published; any
	// other error that the stream is away.
	Publish func(ctx context.Context, messages []map[string]any) (ids []string, err error)
	// Fields are the names that a message's fields may have. Others are ignored,
	// but named in the answer if they are nearly one of these.
	Fields []string
	// Preferences reads what a user wants otherwise than usual, and SetPreferences
	// keeps it and has their summaries made anew; a *summarizer.FieldError
	// says that it makes no sense. Without them, there are no settings.
	Preferences    func(ctx context.Context, user string) (summarizer.Preferences, error)
	SetPreferences func(ctx context.Context, user string, p summarizer.Preferences) error
	// Ready returns nil if Redis answers. It must honour ctx. Nil is always ready.
	Ready func(ctx context.Context) error
	// Eviction returns the maxmemory-policy of a Redis that may evict keys, "" of one
	// that does not. It must honour ctx. Nil leaves that out.
	Eviction func(ctx context.Context) (policy string, err error)
	// Bypass says that the Reader has a Generator, so that summaries are served
	// without Redis too.
	Bypass bool
	// Gatherer provides what /metrics shows. Nil leaves /metrics out.
	Gatherer prometheus.Gatherer
	// Token is what /v1 and /metrics want as a bearer token. Empty wants none, and
	// answers only programs of this machine.
	Token string
	// OpenMetrics has /metrics answer everybody, whatever Token is.
	OpenMetrics bool
	// MaxConcurrent bounds how many requests wait for a summary at a time, or have
	// one made; 1024 if zero. Beyond it, readers are told to come back, unless there
	// is a copy for them.
	MaxConcurrent int
	// Timeout bounds how long one request may wait for its summary; 60s if zero.
	Timeout time.Duration
	Now     func() time.Time // time.Now if nil
	Log     zerolog.Logger
}

func (c Config) withDefaults() Config {
	if c.Ready == nil {
		c.Ready = func(context.Context) error { return nil }
	}
	if c.Eviction == nil {
		c.Eviction = func(context.Context) (string, error) { return "", nil }
	}
	if c.MaxConcurrent == 0 {
		c.MaxConcurrent = 1024
	}
	if c.Timeout == 0 {
		c.Timeout = time.Minute
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

type api struct {
	cfg   Config
	slots chan struct{} // one for each request that may wait for its summary
	mux   *http.ServeMux
	paths map[string][]string // the methods at each path that is served
}

// New returns the API's handler.
func New(cfg Config) http.Handler { return newAPI(cfg).mux }

func newAPI(cfg Config) *api {
	cfg = cfg.withDefaults()
	a := &api{cfg: cfg, slots: make(chan struct{}, cfg.MaxConcurrent), mux: http.NewServeMux(), paths: map[string][]string{}}
	guard := a.guard()

	a.route("GET", "/v1/users/{user}/summaries/{date}", guard(a.summary))
	a.route("GET", "/v1/users/{user}/summaries", guard(a.summaries))
	if cfg.Preferences != nil && cfg.SetPreferences != nil {
		a.routes("/v1/users/{user}/settings", map[string]handler{"GET": guard(a.settings), "PUT": guard(a.setSettings)})
	}
	a.route("POST", "/v1/events", guard(a.publish))
	a.handle("/v1/", guard(notFound))

	a.route("GET", "/openapi.json", describeAPI)
	a.probes(guard)
	a.handle("/", notFound)
	return a
}

// Probes returns the handler of /healthz, /readyz and /metrics alone, guarded as in the
// API, for processes that serve no summaries. Of the Config it needs Ready, Gatherer, Token
// and Log.
func Probes(cfg Config) http.Handler {
	a := &api{cfg: cfg.withDefaults(), mux: http.NewServeMux(), paths: map[string][]string{}}
	a.probes(a.guard())
	a.handle("/", func(http.ResponseWriter, *http.Request) error {
		return newProblem(http.StatusNotFound, "There are /healthz, /readyz and /metrics.")
	})
	return a.mux
}

// probes serves what tells how the process is.
func (a *api) probes(guard func(handler) handler) {
	a.route("GET", "/healthz", healthy)
	a.route("GET", "/readyz", a.ready)
	switch {
	case a.cfg.Gatherer == nil:
	case a.cfg.OpenMetrics:
		a.route("GET", "/metrics", a.metrics())
	default:
		a.route("GET", "/metrics", guard(a.metrics()))
	}
}

func (a *api) metrics() handler {
	metrics := promhttp.HandlerFor(a.cfg.Gatherer, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
	return func(w http.ResponseWriter, r *http.Request) error {
		metrics.ServeHTTP(w, r)
		return nil
	}
}

// A handler answers a request, or returns an error for which a problem document
// is written.
type handler func(w http.ResponseWriter, r *http.Request) error

// route serves one method at a path.
func (a *api) route(method, path string, h handler) {
	a.routes(path, map[string]handler{method: h})
}

// routes serves methods at a path, GET meaning HEAD too, and refuses the others.
func (a *api) routes(path string, methods map[string]handler) {
	var allow []string
	for method, h := range methods {
		a.handle(method+" "+path, h)
		allow = append(allow, method)
		if method == http.MethodGet {
			allow = append(allow, http.MethodHead)
		}
	}
	slices.Sort(allow)
	a.paths[path] = allow
	a.handle(path, func(_ http.ResponseWriter, r *http.Request) error {
		return methodNotAllowed(r.Method, strings.Join(allow, ", "))
	})
}

// handle serves what the mux's pattern matches.
func (a *api) handle(pattern string, h handler) {
	a.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		a.exchange(pattern, h, w, r)
	})
}
