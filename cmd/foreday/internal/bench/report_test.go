package bench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Figures of one kind share a scale, and the page asks nobody for anything.
func TestReportDrawsEachFigureOnTheScaleOfItsKind(t *testing.T) {
	t.Parallel()
	r := Result{Bench: "freshness", Redis: "7.0.15", CPUs: 2, Metrics: map[string]float64{
		"idle_p50_ms": 10, "per_event_default_idle_p50_ms": 1000, "raw_drain_per_s": 300000, "hot100_ratio": .9,
	}}
	file := filepath.Join(t.TempDir(), "report.html")
	if err := r.Draw(file); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Milliseconds", "Per second", "Ratios", "width:1.0%", "width:100.0%", "hot100_ratio"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if strings.Contains(string(page), "http") {
		t.Error("the page refers to another")
	}
}
