package quota

import (
	"context"
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
	connected atomic.Bool
	reused    atomic.Bool // the connection has carried another request before
	written   atomic.Pointer[time.Time]
	watched   func() // ends the bulkhead's watch
}

// newTrace begins to follow a request, and takes it back if it has no connection by a
// time: a request must not arrive in a window it was not counted in.
func newTrace(parent context.Context, by time.Time, now func() time.Time) *trace {
	t := &trace{}
	t.ctx, t.cancel = context.WithCancelCause(parent)
	t.late = time.AfterFunc(by.Sub(now()), func() {
		if !t.connected.Load() {
			t.cancel(safeError{text: "no connection soon after its turn"})
		}
	})
	t.ctx = httptrace.WithClientTrace(t.ctx, &httptrace.ClientTrace{
		GotConn: func(conn httptrace.GotConnInfo) {
			t.connected.Store(true)
			t.reused.Store(conn.Reused)
			t.late.Stop()
		},
		WroteRequest: func(httptrace.WroteRequestInfo) {
			at := now()
			t.written.Store(&at)
		},
	})
	return t
}

// arrivedBy returns by when the upstream had the request that ended at ended.
func (t *trace) arrivedBy(ended time.Time) time.Time {
	if at := t.written.Load(); at != nil && at.Add(arrival).Before(ended) {
		return at.Add(arrival)
	}
	return ended
}

func (t *trace) end() {
	t.late.Stop()
	t.watched()
	t.cancel(nil)
}

// tracedBody is the body of an answer; the trace ends with it.
type tracedBody struct {
	io.ReadCloser
	trace *trace
}

func (b tracedBody) Close() error {
	defer b.trace.end()
	return b.ReadCloser.Close()
}
