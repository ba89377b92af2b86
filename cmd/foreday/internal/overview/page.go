package overview

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// Root is where what belongs to the page is served; the page itself is at /.
const Root = "/overview"

const (
	// every is how often the deployment is looked at while anybody watches, once for all
	// who do.
	every = 2 * time.Second
	// lookTimeout bounds a look.
	lookTimeout = 5 * time.Second
	// maxWatching bounds how many pages are kept up to date at once.
	maxWatching = 100
	// drawn is how many looks the curves show.
	drawn = 150
	// sendTimeout is how long a browser may take to receive what it is sent.
	sendTimeout = 10 * time.Second
)

// Config sets up a Page.
type Config struct {
	Look    func(context.Context) (Deployment, error)
	Queues  string   // the path of asynqmon
	Actions *Actions // nil: the page is for looking only
	// Ctx ends the pages that are being kept up to date, as a server that is told to stop
	// would wait for them.
	Ctx context.Context
	Log zerolog.Logger
}

// Page is what operators open first: how the deployment does, what is wrong and what to do
// about it. It needs no other host, reads without JavaScript, and is kept up to date with
// it by server-sent events. Whoever serves it decides who may look.
type Page struct {
	Config
	mux      *http.ServeMux
	watching chan struct{} // one entry for each page that is kept up to date

	mu     sync.Mutex
	looked time.Time
	now    view
}

//go:embed page.html page.css page.js
var files embed.FS

var page = template.Must(template.New("page.html").Funcs(template.FuncMap{
	"percent": func(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) },
	"seconds": seconds,
	"rate":    func(perSecond float64) string { return fmt.Sprintf("%.1f", perSecond) },
	"whole":   func(n float64) string { return fmt.Sprintf("%.0f", n) },
}).ParseFS(files, "page.html"))

func seconds(s float64) string {
	if s > 0 && s < 1 {
		return fmt.Sprintf("%.0f ms", 1000*s)
	}
	return fmt.Sprintf("%.3g s", s)
}

// view is what the page shows.
type view struct {
	Deployment
	Error   string // why it could not be looked at; what else is shown is older then
	At      time.Time
	Reads   float64
	Curves  []curve
	Queues  string
	Actions *Actions
	Token   string // against forged requests
	Said    string // what the last action did
}

// NewPage returns the page.
func NewPage(cfg Config) *Page {
	p := &Page{Config: cfg, mux: http.NewServeMux(), watching: make(chan struct{}, maxWatching)}
	p.mux.HandleFunc("GET /{$}", p.serve)
	p.mux.HandleFunc("GET "+Root+"/live", p.live)
	p.mux.Handle("GET "+Root+"/", http.StripPrefix(Root, http.FileServerFS(files)))
	if cfg.Actions != nil {
		p.mux.HandleFunc("POST "+Root+"/actions", p.act)
	}
	return p
}

// policy allows what the page brings along, and nothing from anywhere else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'none'"

// ServeHTTP implements [http.Handler].
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cache-Control", "no-store")
	p.mux.ServeHTTP(w, r)
}

// look returns how the deployment does: as somebody else found it if that is not long ago.
func (p *Page) look() view {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.looked) < every/2 {
		return p.now
	}
	ctx, cancel := context.WithTimeout(p.Ctx, lookTimeout)
	defer cancel()
	found, err := p.Look(ctx)
	p.looked = time.Now()
	if err != nil {
		p.now.Error = err.Error()
		return p.now
	}
	next := view{Deployment: found, At: p.looked, Queues: p.Queues, Actions: p.Actions}
	for _, rate := range found.ReadsPerSecond {
		next.Reads += rate
	}
	next.Curves = goOn(p.now.Curves, next)
	p.now = next
	return next
}

func (p *Page) serve(w http.ResponseWriter, r *http.Request) {
	now := p.look()
	if p.Actions != nil {
		now.Token, now.Said = p.Actions.token(), said[r.URL.Query().Get("said")]
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	var html bytes.Buffer
	if err := page.Execute(&html, now); err != nil {
		p.Log.Error().Err(err).Msg("the page cannot be drawn")
		http.Error(w, "the page cannot be drawn: see the log", http.StatusInternalServerError)
		return
	}
	_, _ = html.WriteTo(w) // an error means that nobody listens any more
}

// live sends what changes on the page, again and again, until the browser or the program
// has enough.
func (p *Page) live(w http.ResponseWriter, r *http.Request) {
	select {
	case p.watching <- struct{}{}:
		defer func() { <-p.watching }()
	default:
		w.Header().Set("Retry-After", "30")
		http.Error(w, "too many watch already", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	control := http.NewResponseController(w)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		var html bytes.Buffer
		if err := page.ExecuteTemplate(&html, "now", p.look()); err != nil {
			p.Log.Error().Err(err).Msg("the page cannot be drawn")
			return
		}
		// Either would end a field.
		lines := strings.NewReplacer("\r", " ", "\n", "\ndata: ").Replace(html.String())
		_ = control.SetWriteDeadline(time.Now().Add(sendTimeout)) // a server without them waits longer
		if _, err := fmt.Fprintf(w, "data: %s\n\n", lines); err != nil {
			return
		}
		if err := control.Flush(); err != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-p.Ctx.Done():
			return
		case <-tick.C:
		}
	}
}
