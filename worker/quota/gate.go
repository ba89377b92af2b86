package quota

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"
	"github.com/rs/zerolog"
)

// Config says what a Gate works with.
type Config struct {
	// Client is of the Redis that all workers share. Its ContextTimeoutEnabled should be
	// set, or a server that hangs holds calls up for longer. It is not closed by the Gate.
	Client redis.UniversalClient
	Limits Limits
	// MaxWait is how long a call may wait for its turn before it ends with
	// [*Deferred]. 0 is five seconds.
	MaxWait time.Duration
	// Places is how many jobs of each priority the process works on at once; with 0, slow
	// calls may hold up any number of them.
	Places  int
	Log     zerolog.Logger
	Metrics *Metrics // nil counts nothing
	// Now is the clock, nil is time.Now. It must run at the pace of real time.
	Now func() time.Time

	span time.Duration // of the limits, 0 is a minute: tests cannot wait for that
}

func (c Config) withDefaults() Config {
	c.MaxWait, c.span = cmp.Or(c.MaxWait, 5*time.Second), cmp.Or(c.span, minute)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Metrics == nil {
		c.Metrics = NewMetrics(prometheus.NewRegistry())
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
	google *transport
	openAI *transport
	stop   context.CancelFunc
	done   sync.WaitGroup
}

// New returns a Gate. It needs no Redis to start, nor to go on. Close it when
// no more calls are made.
func New(c Config) (*Gate, error) {
	c = c.withDefaults()
	if err := c.validate(); err != nil {
		return nil, err
	}
	process := strings.ToLower(rand.Text()[:12])
	ctx, stop := context.WithCancel(context.Background())
	slow := newBulkhead(c.Places)
	g := &Gate{
		google: newRoundTripper(calendarAPI, c, process, c.Limits.google(), slow),
		openAI: newRoundTripper(completionAPI, c, process, c.Limits.openAI(), slow),
		stop:   stop,
	}
	for _, b := range []*batcher{g.google.batcher, g.openAI.batcher} {
		g.done.Go(func() { b.run(ctx) })
		g.done.Go(func() { b.hearStops(ctx) })
	}
	return g, nil
}

// Close sends away all who wait for their turn and ends the Gate's own work.
// Calls that were sent go on. It blocks for a moment, to tell the others, and
// always returns nil.
func (g *Gate) Close() error {
	g.stop()
	g.done.Wait()
	return nil
}

// Google returns a RoundTripper for the Calendar API, which sends through base.
func (g *Gate) Google(base http.RoundTripper) http.RoundTripper {
	return g.google.over(base)
}

// OpenAI returns a RoundTripper for an OpenAI-compatible API, which sends
// through base. It reads completions to learn what they took; they must not be
// streamed.
func (g *Gate) OpenAI(base http.RoundTripper) http.RoundTripper {
	return g.openAI.over(base)
}
