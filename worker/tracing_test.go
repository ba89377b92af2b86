package worker

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"foreday/cache/freshness"
	"foreday/events"
	"foreday/summarizer"
)

func sampledTrace(n int) string { return fmt.Sprintf("00-%032x-%016x-01", n, n) }

func TestAnErrorIsNamedInASpanByItsKindAlone(t *testing.T) {
	t.Parallel()
	const secret = "what Google said of ada@example.org"
	for want, err := range map[string]error{
		"":          nil,
		"failed":    errors.New(secret),
		"calendar":  &calendarError{errors.New(secret)},
		"access":    fmt.Errorf("%s: %w", secret, summarizer.ErrAccess),
		"lost":      fmt.Errorf("%s: %w", secret, freshness.ErrLost),
		"cancelled": fmt.Errorf("%s: %w", secret, context.Canceled),
	} {
		if got := failureOf(err); got != want {
			t.Errorf("of %v a span says %q, want %q", err, got, want)
		}
	}
}

func TestOfManyMessagesTheLastTracesAreKeptAndEachIsLinkedOnce(t *testing.T) {
	t.Parallel()
	c := &change{user: "ada"}
	for n := range 20 {
		for _, traceparent := range []string{sampledTrace(n + 1), "", sampledTrace(n + 1)[:53] + "00"} {
			c.deliveries = append(c.deliveries, events.Delivery{Message: events.Message{Traceparent: traceparent}})
		}
	}
	traces := c.traces()
	if len(traces) != freshness.MaxTraces || traces[0] != sampledTrace(20) || traces[7] != sampledTrace(13) {
		t.Errorf("kept are %v", traces)
	}
	links := linksTo([]string{traces[0], traces[1], traces[0], "nonsense", traces[2]}, traces[1])
	if len(links) != 2 || !links[0].SpanContext.Equal(spanContext(traces[0])) || !links[1].SpanContext.Equal(spanContext(traces[2])) {
		t.Errorf("links are %v", links)
	}
}

// It is not parallel: what others allocate would count.
func TestWithoutATracerNothingIsAllocated(t *testing.T) {
	j := &job{Refresher: &Refresher{}}
	ctx := context.Background()
	if n := testing.AllocsPerRun(100, func() {
		_, end := child(j.beginSpan(ctx), "fetch")
		end(failureOf(nil))
		j.linkSpan()
		j.endSpan(written, nil)
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
	g, c := &Ingester{}, &change{deliveries: []events.Delivery{{Message: events.Message{Traceparent: sampledTrace(1)}}}}
	if in := g.withTraces(c, freshness.Invalidation{}); in.Traces != nil {
		t.Errorf("without a tracer %v is kept", in.Traces)
	}
}
