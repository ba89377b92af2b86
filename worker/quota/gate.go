package quota

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
)

// Config says what a Gate works with.
type Config struct {
	Client redis.UniversalClient // shared by all workers; not closed by the Gate
	Limits Limits
	// MaxWait is how long a call may wait for its turn before it is put off
	// with *Later. 0 is five seconds.
	MaxWait time.Duration
	Log     zerolog.Logger
	Metrics *Metrics         // nil counts nothing
	Now     func() time.Time // nil is time.Now
}

func (c Config) withDefaults() Config {
	if c.MaxWait == 0 {
		c.MaxWait = 5 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

func (c Config) validate() error {
	if c.Client == nil {
		return errors.New("quota: Client is nil: want the Redis that the workers share")
	}
	if c.MaxWait < 0 {
		return fmt.Errorf("quota: MaxWait is %v: want 0 for the default, or more", c.MaxWait)
	}
	return c.Limits.validate()
}

// Gate keeps this process, together with all others on the same Redis, within
// the limits. It is safe for concurrent use.
type Gate struct {
	config Config
	google *upstream
	openAI *upstream
}

// New returns a Gate. Close it when no more calls are made.
func New(c Config) (*Gate, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, err
	}
	return &Gate{
		config: c,
		google: newUpstream(c, calendarAPI, c.Limits.google()),
		openAI: newUpstream(c, completionAPI, c.Limits.openAI()),
	}, nil
}

// Close ends the Gate's own work. Calls under way go on; new ones must not be made.
func (g *Gate) Close() error { return nil }

// Google returns a RoundTripper for the Calendar API, which sends through base.
func (g *Gate) Google(base http.RoundTripper) http.RoundTripper {
	return &transport{upstream: g.google, base: base}
}

// OpenAI returns a RoundTripper for an OpenAI-compatible API, which sends
// through base. It reads completions to learn what they took; they must not be
// streamed.
func (g *Gate) OpenAI(base http.RoundTripper) http.RoundTripper {
	return &transport{upstream: g.openAI, base: base}
}
