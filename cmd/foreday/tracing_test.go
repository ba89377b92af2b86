package main

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"foreday/cache/redistest"
	"foreday/summarizer"
)

// traceCollector is a stand-in for one of OpenTelemetry's, over its wire protocol.
type traceCollector struct {
	*httptest.Server
	hold chan struct{} // nil, or closed once it answers

	mu      sync.Mutex
	bodies  []string
	spans   []*tracepb.Span
	service map[string]string // the resource's attributes
	headers http.Header       // of the last request
}

func newCollector(t *testing.T, hold chan struct{}) *traceCollector {
	t.Helper()
	c := &traceCollector{hold: hold, service: map[string]string{}}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	if hold != nil {
		t.Cleanup(func() { close(hold) })
	}
	return c
}

// ServeHTTP takes spans.
func (c *traceCollector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var sent collector.ExportTraceServiceRequest
	if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, &sent) != nil {
		http.Error(w, canary, http.StatusBadRequest)
		return
	}
	if c.hold != nil {
		<-c.hold
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bodies = append(c.bodies, string(body))
	c.headers = r.Header
	for _, of := range sent.ResourceSpans {
		for _, a := range of.Resource.Attributes {
			c.service[a.Key] = a.Value.GetStringValue()
		}
		for _, scope := range of.ScopeSpans {
			c.spans = append(c.spans, scope.Spans...)
		}
	}
}

// all are the spans that came so far.
func (c *traceCollector) all() []*tracepb.Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.spans)
}

// written is all that came so far, as it came.
func (c *traceCollector) written() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.bodies, "\n")
}

// env are the settings with which spans come here, and soon.
func (c *traceCollector) env() env {
	return env{"OTEL_EXPORTER_OTLP_ENDPOINT=" + c.URL, "OTEL_BSP_SCHEDULE_DELAY=50",
		"OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20" + canary + "-collector"}
}

// attributesOf are a span's, as text.
func attributesOf(s *tracepb.Span) map[string]string {
	all := map[string]string{}
	for _, a := range s.Attributes {
		all[a.Key] = strings.Trim(fmt.Sprint(a.Value.GetValue()), "&{}")
		if text := a.Value.GetStringValue(); text != "" {
			all[a.Key] = text
		}
	}
	return all
}

// linksOf are the traces that a span is linked to.
func linksOf(s *tracepb.Span) (traces []string) {
	for _, l := range s.Links {
		traces = append(traces, fmt.Sprintf("%x", l.TraceId))
	}
	slices.Sort(traces)
	return traces
}

// traceN is a trace of an app; unsampled ones are not kept by anybody.
func traceN(n int) (id, sampled, unsampled string) {
	id = fmt.Sprintf("%032x", n)
	return id, "00-" + id + "-00f067aa0ba902b7-01", "00-" + id + "-00f067aa0ba902b7-00"
}

// However many messages a refresh answers, it is one span, linked to each of theirs.
func TestARefreshIsOneSpanWithALinkToEachMessageThatItAnswers(t *testing.T) {
	t.Parallel()
	server, p, c := redistest.Start(t), newParrot(t), newCollector(t, nil)
	p.addUser(t, "waldemar")
	client := server.Client(t)
	e := p.secrets(server).with(c.env()...).with("REDIS_URL=" + server.URL())
	if err := client.Set(t.Context(), "asynq:{foreday:refresh}:paused", 1, 0).Err(); err != nil {
		t.Fatal(err)
	}
	up := start(t, e, "up")
	api := addressIn(t, strings.ReplaceAll(up.says(t, `"api":`), "localhost", "127.0.0.1"), "api")
	one, first, _ := traceN(1)
	two, second, _ := traceN(2)
	three, third, _ := traceN(3)
	_, _, unsampled := traceN(4)
	mustDo(t, env{"REDIS_URL=" + server.URL()}, "publish", "--type", "calendar.changed", "--user", "waldemar", "--traceparent", first)
	for _, traceparent := range []string{second, unsampled, stray, second} {
		wantDrained(t, client) // each is applied for itself
		if err := client.XAdd(t.Context(), xadd("foreday:events", "type", "calendar.changed", "user", "waldemar",
			"traceparent", traceparent)).Err(); err != nil {
			t.Fatal(err)
		}
	}
	post(t, api+"/events", `{"type":"calendar.changed","user":"waldemar"}`, "Traceparent", third)
	wantDrained(t, client)
	client.Del(t.Context(), "asynq:{foreday:refresh}:paused")
	today := summarizer.DateOf(canaryTime()).String()
	var refresh *tracepb.Span
	eventually(t, func() string {
		for _, s := range c.all() {
			if s.Name == "refresh" && attributesOf(s)["foreday.date"] == today {
				refresh = s
				return ""
			}
		}
		return fmt.Sprintf("no span of today's refresh in %d", len(c.all()))
	})
	if got, want := linksOf(refresh), []string{one, two, three}; !slices.Equal(got, want) {
		t.Errorf("the refresh is linked to %v, want %v", got, want)
	}
	wantSteps(t, c, refresh)
	attributes := attributesOf(refresh)
	if attributes["foreday.outcome"] != "written" || attributes["foreday.token"] == "" || attributes["foreday.message_id"] == "" ||
		len(refresh.ParentSpanId) > 0 || refresh.Status.GetCode() != tracepb.Status_STATUS_CODE_UNSET {
		t.Errorf("the span is %v", refresh)
	}
	line := up.says(t, fmt.Sprintf(`"trace_id":"%x"`, refresh.TraceId))
	if !strings.Contains(line, attributes["foreday.token"]) || !strings.Contains(line, attributes["foreday.message_id"]) {
		t.Errorf("the span says %v, and the log %s", attributes, line)
	}
	up.stop(t)
	ingested := map[string]int{}
	for _, s := range c.all() {
		if s.Name == "ingest" {
			for _, trace := range linksOf(s) {
				ingested[trace]++
			}
		}
	}
	if want := map[string]int{one: 1, two: 2, three: 1}; !maps.Equal(ingested, want) {
		t.Errorf("applying them is linked to %v, want %v", ingested, want)
	}
	wantNone(t, "traces", c.written(), canary, stray, "waldemar")
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.service["service.name"] != "foreday" || c.headers.Get("Authorization") != "Bearer "+canary+"-collector" {
		t.Errorf("they come from %v with %v", c.service, c.headers)
	}
	if p.toldTraces.Load() {
		t.Error("Google or the model was told of a trace")
	}
	wantNone(t, "the log", up.output(), canary, "Traceparent")
}

// wantSteps checks the steps of a refresh that a model planned.
func wantSteps(t *testing.T, c *traceCollector, refresh *tracepb.Span) {
	t.Helper()
	names, parents := map[string]string{}, map[string]string{}
	for _, s := range c.all() {
		if string(s.TraceId) == string(refresh.TraceId) {
			names[string(s.SpanId)] = s.Name
		}
	}
	for _, s := range c.all() {
		if string(s.TraceId) == string(refresh.TraceId) && s.Name != "refresh" {
			parents[s.Name] = names[string(s.ParentSpanId)]
		}
		if s.EndTimeUnixNano < s.StartTimeUnixNano {
			t.Errorf("%s ends before it begins", s.Name)
		}
	}
	want := map[string]string{
		"fetch": "refresh", "routine": "fetch", "judge": "fetch", "write": "refresh", "model": "write", "commit": "refresh",
	}
	if !maps.Equal(parents, want) {
		t.Errorf("its steps and whose they are: %v, want %v", parents, want)
	}
}

// post sends JSON to the API.
func post(t *testing.T, url, body string, header ...string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+canary+"-api-token")
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusAccepted {
		t.Fatalf("POST %s: %s", url, res.Status)
	}
}

func TestACollectorThatHangsCostsNothingButSpans(t *testing.T) {
	t.Parallel()
	server, p, c := redistest.Start(t), newParrot(t), newCollector(t, make(chan struct{}))
	e := p.secrets(server).with(c.env()...).with("REDIS_URL="+server.URL(), "OTEL_EXPORTER_OTLP_TIMEOUT=50")
	worker := start(t, e, "worker")
	for n := range 5 {
		user := fmt.Sprintf("u%d", n)
		p.addUser(t, user)
		publishTo(t, server.Client(t), user)
		eventually(t, func() string {
			if len(server.Client(t).Keys(t.Context(), "foreday:{"+user+"}:summary:*").Val()) == 0 {
				return "no summary of " + user
			}
			return ""
		})
		worker.says(t, "traces are lost")
	}
	worker.stop(t)
	if n := strings.Count(worker.output(), "traces are lost"); n != 1 {
		t.Errorf("that traces are lost is said %d times", n)
	}
	wantNone(t, "the log", worker.output(), canary)
}
