package googletest

import (
	"cmp"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Config says how a Server behaves. The zero value behaves like Google.
type Config struct {
	// Now is the clock of everything: timestamps, tokens, quotas, lag. Nil is
	// time.Now.
	Now func() time.Time
	// Seed makes the IDs of events and tokens repeatable.
	Seed uint64
	// MaxPage caps the page size of listings; 0 is Google's 2500.
	MaxPage int
	// TokenLifetime is how long access tokens last; 0 is an hour.
	TokenLifetime time.Duration
	// SyncTokenLifetime is how long sync tokens last; 0 is four weeks.
	SyncTokenLifetime time.Duration
	// Lag is how long a write stays unlisted, though it was acknowledged and can
	// be got by its ID. Google's own is usually nothing, at times seconds.
	Lag time.Duration
	// ClientID and ClientSecret are those of the one app that may ask users for
	// consent; "" takes any.
	ClientID, ClientSecret string
	// RotateRefreshTokens gives a new refresh token with each access token, and
	// ends the old one. Google's own stay.
	RotateRefreshTokens bool
	// People makes up whoever was not added, when they are first asked for: nil if
	// there is no such person, and otherwise the same at each call, because those to
	// whom nobody wrote are forgotten and made up again.
	People func(user string) *Person
}

func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	c.MaxPage = cmp.Or(c.MaxPage, 2500)
	c.TokenLifetime = cmp.Or(c.TokenLifetime, time.Hour)
	c.SyncTokenLifetime = cmp.Or(c.SyncTokenLifetime, 28*24*time.Hour)
	return c
}

// Server is a Google Calendar in memory. It implements http.Handler; its URL
// with /calendar/v3/ is the endpoint to give to the client.
type Server struct {
	config Config
	mux    *http.ServeMux

	mu       sync.RWMutex // guards the maps, not what they hold
	accounts map[string]*account
	books    map[string]*book
	people   people

	randomMu sync.Mutex
	random   *rand.Rand

	tokens   tokens
	faults   faults
	quota    quota
	lagNanos atomic.Int64
	counter  counter
	service  serviceAccount
}

// New returns a Server without users.
func New(config Config) *Server {
	s := &Server{
		config:   config.withDefaults(),
		mux:      http.NewServeMux(),
		accounts: map[string]*account{},
		books:    map[string]*book{},
		random:   rand.New(rand.NewPCG(config.Seed, 0x666f7265646179)),
	}
	s.people.since = s.config.Now()
	s.tokens.init()
	s.lagNanos.Store(int64(s.config.Lag))
	for _, m := range methods {
		s.mux.Handle(m.verb+" /calendar/v3/"+m.path, s.serve(m))
	}
	s.mux.Handle("GET "+BrokerPath+"{user}", s.observed("broker", s.serveBroker))
	s.mux.Handle("GET "+AuthPath, s.observed("auth", s.serveAuth))
	s.mux.Handle("POST "+TokenPath, s.observed("token", s.serveToken))
	s.mux.Handle("POST "+RevokePath, s.observed("revoke", s.serveRevoke))
	s.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { writeError(w, errNotFound()) })
	return s
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// now is the server's clock at the precision of Google's timestamps.
func (s *Server) now() time.Time { return s.config.Now().UTC() }

// newID returns n characters of the alphabet that event IDs are written in.
func (s *Server) newID(n int) string {
	const alphabet = "0123456789abcdefghijklmnopqrstuv"
	s.randomMu.Lock()
	defer s.randomMu.Unlock()
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[s.random.IntN(len(alphabet))]
	}
	return string(b)
}
