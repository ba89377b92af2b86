package embedded

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// tick is how often keys are looked through for expired ones.
const tick = 10 * time.Millisecond

// idleShare bounds what expiry costs: after looking through the keys, the clock
// rests at least this many times as long as that took.
const idleShare = 20

// Server is a Redis in this process. It is safe for concurrent use.
type Server struct {
	mini  *miniredis.Miniredis
	stop  context.CancelFunc
	done  chan struct{} // closed when the clock has stopped
	close sync.Once
}

// Start starts a server on a free loopback port. It runs until Close is called
// or ctx is done.
func Start(ctx context.Context) (*Server, error) {
	mini := miniredis.NewMiniRedis()
	if err := mini.StartAddr("127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("start the in-process Redis on loopback: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	s := &Server{mini: mini, stop: stop, done: make(chan struct{})}
	go s.runClock(ctx)
	return s, nil
}

// Addr returns the server's host:port.
func (s *Server) Addr() string { return s.mini.Addr() }

// URL returns the server's address in the form that REDIS_URL takes.
func (s *Server) URL() string { return "redis://" + s.Addr() }

// Close ends the server and its connections and returns when both have ended.
// It may be called more than once.
func (s *Server) Close() {
	s.close.Do(s.stop)
	<-s.done
}

func (s *Server) runClock(ctx context.Context) {
	defer close(s.done)
	defer s.mini.Close()
	last := time.Now()
	timer := time.NewTimer(tick)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		now := time.Now()
		s.mini.FastForward(now.Sub(last))
		last = now
		timer.Reset(max(tick, idleShare*time.Since(now)))
	}
}
