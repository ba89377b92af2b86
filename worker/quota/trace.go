package quota

import (
	"context"
	"fmt"
	"io"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// trace follows a request on its way to the upstream.
type trace struct {
	ctx       context.Context // for the request
	cancel    context.CancelCauseFunc
	late      *time.Timer
	now       func() time.Time
	connected atomic.Bool
	written   atomic.Pointer[time.Time]
}

// newTrace begins to follow the request of a lease, and takes it back if it finds no
// connection soon after its turn: a request must not arrive in a window it was not
// counted in.
func newTrace(parent context.Context, l *lease, within time.Duration, now func() time.Time) *trace {
	ctx, cancel := context.WithCancelCause(parent)
	t := &trace{now: now, cancel: cancel}
	t.late = time.AfterFunc(l.at.Add(within).Sub(now()), func() {
		if !t.connected.Load() {
			cancel(reason(fmt.Sprintf("no connection within %v", within)))
		}
	})
	t.ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) {
			t.connected.Store(true)
			t.late.Stop()
		},
		WroteRequest: func(httptrace.WroteRequestInfo) {
			at := t.now()
			t.written.Store(&at)
		},
	})
	return t
}

// arrivedBy returns by when the upstream had the request that ended at ended.
func (t *trace) arrivedBy(ended time.Time) time.Time {
	if at := t.written.Load(); at != nil {
		if by := at.Add(arrival); by.Before(ended) {
			return by
		}
	}
	return ended
}

// tracedBody is the body of an answer; the trace ends with it.
type tracedBody struct {
	io.ReadCloser
	trace *trace
}

func (b tracedBody) Close() error {
	err := b.ReadCloser.Close()
	b.trace.late.Stop()
	b.trace.cancel(nil)
	return err
}
