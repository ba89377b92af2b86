package wiring

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"
)

// The tests of this file are not parallel: the SDK reads the process's environment.

// settingsOf are those of an environment.
func settingsOf(t *testing.T, variables ...string) TraceSettings {
	t.Helper()
	for _, v := range variables {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	var s TraceSettings
	if err := s.BeforeApply(); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNothingIsTracedUnlessTheUsualVariablesAreSet(t *testing.T) {
	var asked atomic.Int64
	collector := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer collector.Close()
	at := "OTEL_EXPORTER_OTLP_ENDPOINT=" + collector.URL
	for name, c := range map[string]struct {
		variables []string
		on        bool
	}{
		"none":         {nil, false},
		"other ones":   {[]string{"OTEL_SERVICE_NAME=x", "OTEL_TRACES_SAMPLER=always_on"}, false},
		"an endpoint":  {[]string{at}, true},
		"one's own":    {[]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=" + collector.URL + "/v1/traces"}, true},
		"disabled":     {[]string{at, "OTEL_SDK_DISABLED=TRUE"}, false},
		"not disabled": {[]string{at, "OTEL_SDK_DISABLED=1"}, true},
		"no exporter":  {[]string{at, "OTEL_TRACES_EXPORTER=none"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			already := goleak.IgnoreCurrent()
			before := asked.Load()
			tracer, stop, err := settingsOf(t, c.variables...).startTracing(zerolog.Nop())
			if err != nil {
				t.Fatal(err)
			}
			if (tracer != nil) != c.on {
				t.Fatalf("a tracer: %v, want %v", tracer != nil, c.on)
			}
			if c.on {
				_, span := tracer.Start(context.Background(), "x")
				span.End()
			} else {
				goleak.VerifyNone(t, already)
			}
			stop()
			if got := asked.Load() - before; got > 0 != c.on {
				t.Errorf("the collector was asked %d times", got)
			}
		})
	}
}

func TestTheEndWaitsForNoCollector(t *testing.T) {
	already := goleak.IgnoreCurrent()
	hang := make(chan struct{})
	collector := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	defer collector.Close()
	var log bytes.Buffer
	tracer, stop, err := settingsOf(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+collector.URL).startTracing(zerolog.New(&log))
	if err != nil {
		t.Fatal(err)
	}
	for range 10_000 { // more than are queued
		_, span := tracer.Start(context.Background(), "x")
		span.End()
	}
	began := time.Now()
	stop()
	if took := time.Since(began); took > 8*time.Second { // it would wait for ten
		t.Errorf("the end took %v", took)
	}
	close(hang)
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	collector.Close()
	goleak.VerifyNone(t, already)
	if n := strings.Count(log.String(), "\n"); n > 1 {
		t.Errorf("it said:\n%s", log.String())
	}
}
