package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Apps pay for what they link: whoever only publishes links no job queue and no
// client of Google's or of a model's, whoever publishes or reads nothing that exports traces, whoever reads no dashboard.
func TestAppsLinkOnlyWhatTheyUse(t *testing.T) {
	t.Parallel()
	for app, c := range map[string]struct{ imports, without []string }{
		"one that publishes": {[]string{"foreday/events"}, []string{
			"github.com/hibiken/asynq", "github.com/hibiken/asynqmon", "google.golang.org/api/calendar/v3", "github.com/sashabaranov/go-openai",
			"go.opentelemetry.io/otel/sdk/trace", "go.opentelemetry.io/otel/exporters/otlp/otlptrace", "google.golang.org/grpc",
		}},
		"one that reads": {[]string{"foreday/cache", "foreday/worker"}, []string{
			"github.com/hibiken/asynqmon", "go.opentelemetry.io/otel/sdk/trace", "go.opentelemetry.io/otel/exporters/otlp/otlptrace",
		}},
	} {
		out, err := exec.CommandContext(t.Context(), "go", append([]string{"list", "-deps"}, c.imports...)...).Output()
		if err != nil {
			t.Fatal(err)
		}
		linked := strings.Fields(string(out))
		if !slices.Contains(linked, c.imports[0]) {
			t.Fatalf("%s: go list says %q", app, out)
		}
		for _, pkg := range c.without {
			if slices.Contains(linked, pkg) {
				t.Errorf("%s links %s", app, pkg)
			}
		}
	}
}
