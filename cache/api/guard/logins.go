package guard

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/time/rate"
)

const (
	// freely is how many wrong logins are answered at once: people mistype.
	freely = 10
	// pace is the time between two answers to wrong logins from then on.
	pace = 500 * time.Millisecond
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
// there are. A right login is not its business and waits for nothing.
type Logins struct {
	log     zerolog.Logger
	what    string
	answers *rate.Limiter

	mu     sync.Mutex
	wrong  int // not in the log yet
	logged time.Time
}

// NewLogins returns a Logins for what is guarded, as the log calls it.
func NewLogins(what string, log zerolog.Logger) *Logins {
	return &Logins{log: log, what: what, answers: rate.NewLimiter(rate.Every(pace), freely)}
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
