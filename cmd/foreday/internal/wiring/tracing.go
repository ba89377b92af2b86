package wiring

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"github.com/rs/zerolog"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"foreday/summarizer/loggable"
)

// TraceSettings say whether runs are traced. How is for OpenTelemetry's own variables to
// say, which its SDK reads.
type TraceSettings struct {
	Traces bool `kong:"-"`
}

// BeforeApply reads the variables.
func (s *TraceSettings) BeforeApply() error {
	exporter := os.Getenv("OTEL_TRACES_EXPORTER")
	named := exporter != "" || os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != ""
	s.Traces = named && exporter != "none" && !strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true")
	return nil
}

// Validate is called by the parser. What the SDK would only complain of is refused.
func (s TraceSettings) Validate() error {
	if !s.Traces {
		return nil
	}
	protocol := []string{"http/protobuf", "http/json"}
	samplers := []string{"always_on", "always_off", "traceidratio",
		"parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"}
	return cmp.Or(
		oneOf("OTEL_TRACES_EXPORTER", "otlp", "none"),
		oneOf("OTEL_EXPORTER_OTLP_PROTOCOL", protocol...), oneOf("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", protocol...),
		validURLOf("OTEL_EXPORTER_OTLP_ENDPOINT"), validURLOf("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
		oneOf("OTEL_TRACES_SAMPLER", samplers...), validRatio("OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"), validResource())
}

func oneOf(name string, wanted ...string) error {
	if value := os.Getenv(name); value != "" && !slices.Contains(wanted, value) {
		return fmt.Errorf("%s %q: want %s", name, value, strings.Join(wanted, " or "))
	}
	return nil
}

func validURLOf(name string) error { return ValidURL(name, os.Getenv(name)) }

func validRatio(sampler, name string) error {
	value := os.Getenv(name)
	if ratio, err := strconv.ParseFloat(value, 64); value != "" && strings.HasSuffix(os.Getenv(sampler), "traceidratio") &&
		(err != nil || !(ratio >= 0 && ratio <= 1)) {
		return fmt.Errorf("%s %q: want a share from 0 to 1", name, value)
	}
	return nil
}

func validResource() error {
	if _, err := processResource(); err != nil {
		return fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES %q: want a list like name=value,name=value", os.Getenv("OTEL_RESOURCE_ATTRIBUTES"))
	}
	return nil
}

// processResource says of which program traces are: foreday, unless OTEL_SERVICE_NAME
// says otherwise.
func processResource() (*resource.Resource, error) {
	return resource.New(context.Background(), resource.WithTelemetrySDK(),
		resource.WithAttributes(attribute.String("service.name", "foreday"), attribute.String("service.version", ReadBuild().Version)),
		resource.WithFromEnv())
}

// flushTimeout bounds how long the end of a process waits for a collector.
const flushTimeout = time.Second

// startTracing returns what begins spans, nil if they are not wanted. stop sends what is
// left of them, unless the collector takes long.
func (s TraceSettings) startTracing(log zerolog.Logger) (tracer trace.Tracer, stop func(), err error) {
	if !s.Traces {
		return nil, func() {}, nil
	}
	quieten()
	of, err := processResource()
	if err != nil {
		return nil, nil, err
	}
	otlp, err := otlptracehttp.New(context.Background())
	if err != nil {
		return nil, nil, fmt.Errorf("set up OpenTelemetry: %w", loggable.Wire(err))
	}
	// It queues a bounded number of spans, and drops what is too much.
	provider := sdktrace.NewTracerProvider(sdktrace.WithResource(of), sdktrace.WithBatcher(&loggingExporter{SpanExporter: otlp, log: log}))
	return provider.Tracer("foreday"), func() {
		ctx, cancel := context.WithTimeout(context.Background(), flushTimeout)
		defer cancel()
		if provider.Shutdown(ctx) != nil {
			_ = otlp.Shutdown(context.Background()) // which gives up what is under way
		}
	}, nil
}

// quieten keeps OpenTelemetry from writing to stderr, headers with keys among it. Neither
// a provider nor a propagator is made global: whatever of our libraries is instrumented
// tells nobody anything.
var quieten = sync.OnceFunc(func() {
	otel.SetLogger(logr.Discard())
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) {}))
})

// loggingExporter says now and then that spans were lost.
type loggingExporter struct {
	sdktrace.SpanExporter
	log  zerolog.Logger
	said time.Time
	lost int // spans since
}

// sayLostEvery is how often it says so.
const sayLostEvery = time.Minute

// ExportSpans is called by one goroutine at a time.
func (e *loggingExporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := e.SpanExporter.ExportSpans(ctx, spans)
	if err == nil {
		return nil
	}
	e.lost += len(spans)
	if time.Since(e.said) >= sayLostEvery {
		e.log.Warn().Str("error", loggable.Text(err)).Int("spans", e.lost).
			Msg("traces are lost: see to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names")
		e.said, e.lost = time.Now(), 0
	}
	return nil
}
