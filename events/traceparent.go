package events

import (
	"context"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// maxTraceparent bounds what is looked at, in bytes. Later versions of W3C Trace Context
// may append to the 55 bytes of the first.
const maxTraceparent = 512

// soundTraceparent returns a traceparent in the form of the first version of W3C Trace
// Context, which has 55 bytes, or "" if it is none: a message is as good without.
func soundTraceparent(s string) string {
	if s == "" || len(s) > maxTraceparent {
		return ""
	}
	from := propagation.MapCarrier{fieldTraceparent: s}
	return traceparentOf(propagation.TraceContext{}.Extract(context.Background(), from))
}

// traceparentOf returns the traceparent of the span that the context is in, "" if it is
// in none.
func traceparentOf(ctx context.Context) string {
	if !trace.SpanContextFromContext(ctx).IsValid() {
		return ""
	}
	to := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, to)
	return to[fieldTraceparent]
}
