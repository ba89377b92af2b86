package events

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/rs/zerolog"
)

// Pauses between tries, before jitter of half as much either way.
const (
	firstPause = 50 * time.Millisecond
	maxPause   = 2 * time.Second
)

// outage turns a row of failures into two lines of the log, one when it begins
// and one when it is over, and into growing pauses between tries. It is used by
// one goroutine.
type outage struct {
	log   zerolog.Logger
	now   func() time.Time
	began time.Time // zero while all is well
	ended time.Time // of the last one
	pause *backoff.ExponentialBackOff
}

func newOutage(log zerolog.Logger, now func() time.Time) *outage {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval = firstPause, maxPause
	return &outage{log: log, now: now, pause: pause}
}

// failed notes a failure of op and waits until it is time to try again. It
// reports false if ctx ended instead.
func (o *outage) failed(ctx context.Context, op string, err error) bool {
	if ctx.Err() != nil {
		return false
	}
	if o.began.IsZero() {
		o.began = o.now()
		o.log.Warn().Err(err).Str("op", op).Msg("event consumer is held up, and keeps trying")
	}
	return sleep(ctx, o.pause.NextBackOff())
}

// over notes that something succeeded.
func (o *outage) over() {
	if o.began.IsZero() {
		return
	}
	o.ended = o.now()
	o.log.Info().Dur("after_ms", o.ended.Sub(o.began)).Msg("event consumer goes on")
	o.began = time.Time{}
	o.pause.Reset()
}

// endedAfter reports whether an outage has ended since t.
func (o *outage) endedAfter(t time.Time) bool { return o.ended.After(t) }
