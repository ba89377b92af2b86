package quota

import (
	"context"
	"fmt"
	"io"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// wire watches a request on its way to the far side.
type wire struct {
	ctx       context.Context // for the request
	cancel    context.CancelCauseFunc
	late      *time.Timer
	arrival   time.Duration
	now       func() time.Time
	connected atomic.Bool
	written   atomic.Pointer[time.Time]
}

// watch begins to watch the request of a lease, and takes it back if it finds
// no connection in time: a request must not arrive in a window it was not
// counted in.
func watch(parent context.Context, l *lease, by timing, now func() time.Time) *wire {
	w := &wire{now: now, arrival: time.Duration(by.Arrival)}
	onTheWire := time.Duration(by.OnTheWire)
	ctx, cancel := context.WithCancelCause(parent)
	w.cancel = cancel
	w.late = time.AfterFunc(l.at.Add(onTheWire).Sub(now()), func() {
		if !w.connected.Load() {
			cancel(reason(fmt.Sprintf("no connection within %v", onTheWire)))
		}
	})
	w.ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) {
			w.connected.Store(true)
			w.late.Stop()
		},
		WroteRequest: func(httptrace.WroteRequestInfo) {
			at := w.now()
			w.written.Store(&at)
		},
	})
	return w
}

// arrivedBy returns by when the far side had the request that ended at ended.
func (w *wire) arrivedBy(ended time.Time) time.Time {
	if at := w.written.Load(); at != nil {
		return earlier(ended, at.Add(w.arrival))
	}
	return ended
}

// watched is the body of an answer; the watch ends with it.
type watched struct {
	io.ReadCloser
	wire *wire
}

func (b watched) Close() error {
	err := b.ReadCloser.Close()
	b.wire.late.Stop()
	b.wire.cancel(nil)
	return err
}
