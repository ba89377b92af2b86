package events

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"github.com/rs/zerolog"
)

// ConsumerConfig says how a Consumer behaves. Zero fields take their defaults.
type ConsumerConfig struct {
	Stream     string // DefaultStream
	Group      string // DefaultGroup
	DeadStream string // DefaultDeadStream
	// Name tells the consumers of a group apart. The default is new in each
	// process. With a name of its own choosing a process takes up at once what it
	// left when it died, but two processes must not share one.
	Name string
	// Batch is the most messages that are read, handled and acknowledged
	// together: 500; of large messages fewer, about 8 MB.
	Batch int
	// Block is how long a read waits for messages: 200 ms, at most 2 s. Nothing
	// can interrupt it, so it is how long Run takes to return when idle.
	Block time.Duration
	// ClaimIdle is how long a message may be pending before its consumer is taken
	// for dead: 3 s. It must be more than Handle takes; if it is not, messages are
	// handled twice.
	ClaimIdle time.Duration
	// ClaimEvery is how often the consumer looks for such messages: 1 s.
	ClaimEvery time.Duration
	// TrimEvery is how often what all groups have acknowledged is dropped, and the
	// gauges are set: 1 s.
	TrimEvery time.Duration
	// StopTimeout is how long the batches in hand may take once Run's context has
	// ended: 5 s.
	StopTimeout time.Duration
	// MaxDead is about how many dead letters are kept, newest first: 100,000,
	// and no more than 64 MB of them.
	MaxDead int64

	Log     zerolog.Logger   // says nothing of what is in a message
	Metrics *Metrics         // nil counts nothing
	Now     func() time.Time // the clock: time.Now
}

// maxBlock keeps a consumer that is told to stop from taking too long.
const maxBlock = 2 * time.Second

func (c ConsumerConfig) withDefaults() ConsumerConfig {
	c.Stream = cmp.Or(c.Stream, DefaultStream)
	c.Group = cmp.Or(c.Group, DefaultGroup)
	c.DeadStream = cmp.Or(c.DeadStream, DefaultDeadStream)
	c.Batch = cmp.Or(c.Batch, 500)
	c.Block = cmp.Or(c.Block, 200*time.Millisecond)
	c.ClaimIdle = cmp.Or(c.ClaimIdle, 3*time.Second)
	c.ClaimEvery = cmp.Or(c.ClaimEvery, time.Second)
	c.TrimEvery = cmp.Or(c.TrimEvery, time.Second)
	c.StopTimeout = cmp.Or(c.StopTimeout, 5*time.Second)
	c.MaxDead = cmp.Or(c.MaxDead, 100_000)
	if c.Name == "" {
		c.Name = uniqueName()
	}
	if c.Metrics == nil {
		c.Metrics = NewMetrics(nil)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

func (c ConsumerConfig) validate() error {
	switch {
	case c.Batch < 0:
		return fmt.Errorf("event consumer: Batch is %d; give a positive number", c.Batch)
	case c.Block < time.Millisecond || c.Block > maxBlock:
		return fmt.Errorf("event consumer: Block is %v; give 1ms to %v", c.Block, maxBlock)
	case c.ClaimIdle < 0 || c.ClaimEvery < 0 || c.TrimEvery < 0 || c.StopTimeout < 0 || c.MaxDead < 0:
		return fmt.Errorf("event consumer: ClaimIdle %v, ClaimEvery %v, TrimEvery %v, StopTimeout %v, MaxDead %d: none may be negative",
			c.ClaimIdle, c.ClaimEvery, c.TrimEvery, c.StopTimeout, c.MaxDead)
	case c.Stream == c.DeadStream:
		return fmt.Errorf("event consumer: Stream and DeadStream are both %q; give two names", c.Stream)
	}
	return nil
}

func uniqueName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s-%d-%s", host, os.Getpid(), rand.Text()[:8])
}
