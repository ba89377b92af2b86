package events

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.opentelemetry.io/otel/trace"

	"foreday/cache/redistest"
)

const (
	traceparent  = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	traceparent2 = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
)

func TestAWrongTraceparentIsIgnoredAndTheMessageIsNot(t *testing.T) {
	t.Parallel()
	for sent, want := range map[any]string{
		traceparent:                   traceparent,
		traceparent2:                  traceparent2,
		"01" + traceparent[2:] + "-x": traceparent, // of a version to come
		"":                            "",
		"ff" + traceparent[2:]:        "",
		traceparent + "-x":            "",
		strings.ToUpper(traceparent):  "",
		"00-00000000000000000000000000000000-00f067aa0ba902b7-01": "",
		"01" + traceparent[2:] + strings.Repeat("-x", 300):        "",
		"Papagei\n\x1b[31m": "",
		7:                   "",
		nil:                 "",
	} {
		m, err := Parse(map[string]any{"type": "calendar.changed", "user": "ada", "traceparent": sent})
		if err != nil || m.Traceparent != want {
			t.Errorf("of %q came %q, %v; want %q", sent, m.Traceparent, err, want)
		}
	}
}

func TestAMessageTakesTheTraceOfWhoeverPublishesIt(t *testing.T) {
	t.Parallel()
	client := redistest.Mini(t).Client(t)
	traced := trace.ContextWithSpanContext(t.Context(), trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: trace.FlagsSampled,
	}))
	const own = "00-01000000000000000000000000000000-0200000000000000-01"
	for _, c := range []struct {
		ctx         context.Context
		given, want string
	}{
		{t.Context(), "", ""}, {t.Context(), traceparent, traceparent}, {t.Context(), "nonsense", ""},
		{traced, "", own}, {traced, traceparent, traceparent},
	} {
		id, err := NewPublisher(client, PublisherConfig{}).Publish(c.ctx, Message{Type: CalendarChanged, User: "ada", Traceparent: c.given})
		if err != nil {
			t.Fatal(err)
		}
		entry := client.XRange(t.Context(), DefaultStream, id, id).Val()
		if got, ok := entry[0].Values["traceparent"]; c.want == "" && ok || c.want != "" && got != c.want {
			t.Errorf("with %q, %v came on the stream; want %q", c.given, got, c.want)
		}
		if read := newBatch([]redis.XMessage(entry), streamID{}, time.Now()); read.good[0].Traceparent != c.want {
			t.Errorf("with %q, %q was read; want %q", c.given, read.good[0].Traceparent, c.want)
		}
	}
}

// It is not parallel: what others allocate would count.
func TestAMessageWithoutATraceCostsNoMore(t *testing.T) {
	if !slices.Contains(Fields(), "traceparent") {
		t.Error("traceparent is no field")
	}
	m := Message{Type: CalendarChanged, User: "ada"}
	ctx := context.Background()
	if n := testing.AllocsPerRun(100, func() { _ = soundTraceparent(m.Traceparent); _ = traceparentOf(ctx) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
