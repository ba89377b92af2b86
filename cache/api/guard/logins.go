package guard

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/time/rate"

	"foreday/summarizer/memo"
)

const (
	// freely is how many wrong logins are answered at once: people mistype. tries is of
	// how many an address is told at once that they are wrong.
	freely, tries = 10, 20
	// pace is the time between two answers to wrong logins from then on.
	pace = 500 * time.Millisecond
	// addresses is of how many addresses the tries are remembered, and for how long.
	addresses, remembered = 10_000, time.Minute
	// patience is how long an answer is held back at most; it bounds how many are.
	patience = 5 * time.Second
	// logEvery is the time between two lines of the log about wrong logins.
	logEvery = 10 * time.Second
)

// Secret is what a login is compared with. Hashes are of one length: neither the
// secret nor its length shows in how long the comparison takes.
type Secret [sha256.Size]byte

// NewSecret returns the secret of a text.
func NewSecret(text string) Secret { return sha256.Sum256([]byte(text)) }

// Is reports whether the text is the secret, in constant time.
func (s Secret) Is(text string) bool {
	got := NewSecret(text)
	return subtle.ConstantTimeCompare(s[:], got[:]) == 1
}

// Logins slows wrong logins down, all of a process together, and logs how many
// there are. Of an address that tries too often no login is looked at any more, so that
// asking for many at once tells nothing of them; others are right or wrong at once.
type Logins struct {
	log     zerolog.Logger
	what    string
	answers *rate.Limiter
	from    *memo.Cache[netip.Prefix, *rate.Limiter]

	mu     sync.Mutex
	wrong  int // not in the log yet
	logged time.Time
}

// NewLogins returns a Logins for what is guarded, as the log calls it.
func NewLogins(what string, log zerolog.Logger) *Logins {
	return &Logins{
		log: log, what: what, answers: rate.NewLimiter(rate.Every(pace), freely),
		from: memo.New[netip.Prefix](memo.Config[*rate.Limiter]{Entries: addresses, TTL: memo.For[*rate.Limiter](remembered)}),
	}
}

// Right reports whether a login is right, as is says, and waits as Wrong does if not. If the
// address of the request has tried too often, is is not called.
func (l *Logins) Right(r *http.Request, is func() bool) (right bool, retryAfter time.Duration) {
	looked, right := l.try(network(r.RemoteAddr), is)
	switch {
	case right:
		return true, 0
	case !looked:
		l.count(time.Now())
		return false, pace
	}
	return false, l.Wrong(r.Context())
}

// try looks at a login, unless its address has no try left.
func (l *Logins) try(from netip.Prefix, is func() bool) (looked, right bool) {
	l.mu.Lock() // nobody else of the address tries meanwhile
	defer l.mu.Unlock()
	left, known := l.from.Get(from)
	if !known {
		left = rate.NewLimiter(rate.Every(pace), tries)
	}
	if left.Tokens() < 1 {
		return false, false
	}
	if right = is(); !right {
		left.Allow()
		l.from.Set(from, left)
	}
	return true, right
}

// network is the address of who asks, of IPv6 the part that one customer has.
func network(remote string) netip.Prefix {
	at, _ := netip.ParseAddrPort(remote) // the zero address of what is none
	ip, bits := at.Addr().Unmap().WithZone(""), 32
	if ip.Is6() {
		bits = 64
	}
	found, _ := ip.Prefix(bits)
	return found
}

// Wrong waits until a wrong login may be answered. If too many wait already, it
// returns at once with the time after which it is worth trying again.
func (l *Logins) Wrong(ctx context.Context) (retryAfter time.Duration) {
	l.count(time.Now())
	turn := l.answers.Reserve()
	wait := turn.Delay()
	if wait > patience {
		turn.Cancel()
		return wait
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	return 0
}

// count logs the first wrong login at once, and later ones together.
func (l *Logins) count(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wrong++
	if now.Sub(l.logged) < logEvery {
		return
	}
	l.log.Warn().Str("at", l.what).Int("count", l.wrong).Msg("wrong logins")
	l.wrong, l.logged = 0, now
}
