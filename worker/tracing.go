package worker

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"foreday/cache/freshness"
	"foreday/summarizer"
)

// Spans say what the log's lines say, and no user at all: of whom they are, the log says
// by the token. What strangers wrote, errors included, is not in them.
const (
	attrDate      = attribute.Key("foreday.date")
	attrToken     = attribute.Key("foreday.token")
	attrTokens    = attribute.Key("foreday.tokens")
	attrMessage   = attribute.Key("foreday.message_id")
	attrMessages  = attribute.Key("foreday.messages")
	attrOutcome   = attribute.Key("foreday.outcome")
	attrRestarts  = attribute.Key("foreday.restarts")
	attrErrorType = attribute.Key("error.type")
)

// spanKey is not OpenTelemetry's own: clients of services that look for a span in their
// context find none, and so tell strangers neither of it nor it of what they are asked.
type spanKey struct{}

// child begins a step of what is traced in ctx, if anything is. end says how it failed,
// "" if it did not.
func child(ctx context.Context, name string) (_ context.Context, end func(failure string)) {
	parent, ok := ctx.Value(spanKey{}).(trace.Span)
	if !ok {
		return ctx, func(string) {}
	}
	tracer := parent.TracerProvider().Tracer(tracerName)
	_, span := tracer.Start(trace.ContextWithSpan(context.Background(), parent), name)
	return context.WithValue(ctx, spanKey{}, span), func(failure string) { endSpan(span, failure) }
}

const tracerName = "foreday/worker"

func endSpan(span trace.Span, failure string, more ...trace.SpanEndOption) {
	if failure != "" {
		span.SetStatus(codes.Error, failure)
		span.SetAttributes(attrErrorType.String(failure))
	}
	span.End(more...)
}

// failureOf is what a span says of an error.
func failureOf(err error) string {
	var fault freshness.Fault
	if err != nil {
		fault = faultOf(err)
	}
	switch {
	case err == nil:
		return ""
	case errors.Is(err, freshness.ErrLost):
		return "lost"
	case fault != freshness.NoFault:
		return string(fault)
	case errors.As(err, new(summarizer.Deferred)):
		return "deferred"
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "cancelled"
	}
	return "failed"
}

// beginSpan begins the span of a run, if runs are traced. It is a trace of its own, linked
// to those of the messages that the run answers: they may be many.
func (j *job) beginSpan(ctx context.Context) context.Context {
	if j.Tracer == nil {
		return ctx
	}
	_, j.span = j.Tracer.Start(context.Background(), "refresh", trace.WithTimestamp(j.start), trace.WithLinks(linksTo(j.run.Traces)...),
		trace.WithAttributes(attrDate.String(j.run.Date.String()), attrToken.String(j.tokens[0].ID)))
	j.linked = j.run.Traces
	if j.span.SpanContext().IsSampled() {
		j.traceID = j.span.SpanContext().TraceID().String()
	}
	return context.WithValue(ctx, spanKey{}, j.span)
}

// linkSpan links the span to messages that came during the run, which has begun anew.
func (j *job) linkSpan() {
	if j.span == nil {
		return
	}
	for _, link := range linksTo(j.run.Traces, j.linked...) {
		j.span.AddLink(link)
	}
	j.linked = append(j.linked, j.run.Traces...)
}

// endSpan ends the run's span.
func (j *job) endSpan(out outcome, err error) {
	if j.span == nil {
		return
	}
	j.span.SetAttributes(attrOutcome.String(string(out)), attrRestarts.Int(j.restarts))
	if j.run.Message != "" {
		j.span.SetAttributes(attrMessage.String(j.run.Message))
	}
	endSpan(j.span, failureOf(err))
	j.span, j.start = nil, time.Now()
}

// releaseTraced ends a run that failed, and its span.
func (j *job) releaseTraced(ctx context.Context, cause error) (outcome, error) {
	out, err := j.release(ctx, cause)
	j.endSpan(out, cause)
	return out, err
}

// linksTo are links to traces, each once, but for those known already.
func linksTo(traceparents []string, known ...string) (links []trace.Link) {
	seen := make(map[string]bool)
	for _, t := range known {
		seen[t] = true
	}
	for _, t := range traceparents {
		if from := spanContext(t); from.IsValid() && !seen[t] {
			links = append(links, trace.Link{SpanContext: from})
		}
		seen[t] = true
	}
	return links
}

func spanContext(traceparent string) trace.SpanContext {
	from := propagation.MapCarrier{"traceparent": traceparent}
	return trace.SpanContextFromContext(propagation.TraceContext{}.Extract(context.Background(), from))
}

// traces are the traceparents of the last messages of which whoever published them keeps
// the trace: links to the others would lead nowhere.
func (c *change) traces() (traceparents []string) {
	for i := len(c.deliveries) - 1; i >= 0 && len(traceparents) < freshness.MaxTraces; i-- {
		if t := c.deliveries[i].Traceparent; t != "" && spanContext(t).IsSampled() {
			traceparents = append(traceparents, t)
		}
	}
	return traceparents
}

// trace tells of messages that were applied, if any has a trace.
func (g *Ingester) trace(c *change, traces, asked []string, began time.Time) {
	if len(traces) == 0 {
		return
	}
	last := len(c.deliveries) - 1
	_, span := g.Tracer.Start(context.Background(), "ingest", trace.WithTimestamp(began), trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithLinks(linksTo(traces)...), trace.WithAttributes(attrMessage.String(c.deliveries[last].ID), attrMessages.Int(last+1),
			attrTokens.StringSlice(asked)))
	span.End()
}

// traced returns a Refresher whose summarizer tells of its steps, if runs are traced.
func (r *Refresher) traced() *Refresher {
	if r.Tracer == nil || r.Summarizer == nil {
		return r
	}
	with, steps := *r, *r.Summarizer
	steps.Routines = tracedRoutines{steps.Routines}
	if steps.Writer.Name() != summarizer.PlainWriter {
		steps.Writer = tracedModel{steps.Writer}
	}
	with.Summarizer = &steps
	return &with
}

type tracedRoutines struct{ summarizer.Routines }

// Routine tells how long it takes to learn what is usual.
func (r tracedRoutines) Routine(ctx context.Context, user string, day summarizer.Day,
	count summarizer.Selection) (_ summarizer.Routine, err error) {
	learning, end := child(ctx, "routine")
	defer func() { end(failureOf(err)) }()
	routine, err := r.Routines.Routine(learning, user, day, count)
	return tracedRoutine{routine, ctx}, err
}

type tracedRoutine struct {
	summarizer.Routine
	ctx context.Context // of the run
}

// Judge tells how long it takes to judge a day.
func (r tracedRoutine) Judge(day summarizer.Day, events []summarizer.Event) []summarizer.Verdict {
	_, end := child(r.ctx, "judge")
	defer end("")
	return r.Routine.Judge(day, events)
}

type tracedModel struct{ summarizer.Writer }

// Write tells how long a model takes, its turn included.
func (m tracedModel) Write(ctx context.Context, b summarizer.Brief) (_ summarizer.Text, err error) {
	ctx, end := child(ctx, "model")
	defer func() { end(failureOf(err)) }()
	return m.Writer.Write(ctx, b)
}
