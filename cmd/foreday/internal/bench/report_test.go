package bench

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"foreday/cmd/foreday/internal/wiring"
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

// gainMeasured is a result of bench report: 100 reads a second for 4 s, in the middle half of
// which Redis is away.
func gainMeasured() Result {
	r := Result{Bench: "report", Redis: "7.0.15", CPUs: 2, Metrics: map[string]float64{}}
	for i, kind := range gainKinds {
		r.Metrics[kind.name+"_p50_us"], r.Metrics[kind.name+"_p99_us"] = []float64{50, .7, 60, 400, 1.2e6, 1.3e6}[i], 2e6
	}
	b := bench{metrics: r.Metrics}
	for name, google := range map[string]float64{"no_cache": 5, "miss": 5, "refresh": 2} {
		r.Metrics[name+"_google_requests"], r.Metrics[name+"_model_requests"], r.Metrics[name+"_model_tokens"] = google, 1, 400
	}
	b.reckon(10_000, 1_000, 500)
	at := time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC)
	after := func(s float64) time.Time { return at.Add(time.Duration(s * float64(time.Second))) }
	r.timeline = &timeline{from: at, to: after(4), spans: []outageSpan{{"killed", after(1), after(3)}}}
	for n := range 400 {
		read := outageRead{began: after(float64(n) / 100), took: time.Millisecond, answered: true, cached: "foreday; hit; ttl=9"}
		switch {
		case n == 100:
			read.answered, read.cached, read.took = false, "", time.Second
		case n > 100 && n < 300:
			read.cached = "foreday; fwd=bypass; detail=redis-unavailable"
		case n >= 300 && n < 310:
			read.cached = "foreday; fwd=stale"
		}
		r.timeline.reads = append(r.timeline.reads, read)
	}
	return r
}

func wantXML(t *testing.T, text string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v:\n%s", err, text)
		}
	}
}

func drawn(t *testing.T, r Result, name string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := r.Draw(file); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheReportDrawsWhatTheCacheIsWorth(t *testing.T) {
	t.Parallel()
	page := drawn(t, gainMeasured(), "report.html")
	pictures := regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(page, -1)
	if len(pictures) != 3 {
		t.Fatalf("the page has %d pictures", len(pictures))
	}
	for _, picture := range pictures {
		wantXML(t, picture)
	}
	for _, want := range []string{"prefers-color-scheme: dark", "How long a reader waits", "0.7 µs", "1.2 s", "go1.", "800ms",
		"95.4 % saved", "95 % saved", "<td>50 µs for GET and json.Unmarshal"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	for _, outside := range []string{"http:", "https:", "<script", "url("} {
		if strings.Contains(page, outside) {
			t.Errorf("the page asks somebody for something: %s", outside)
		}
	}
	if of := barWidths(t, pictures[0]); len(of) != len(gainKinds) || of[1] >= of[2] || of[2] >= of[3] || of[3] >= of[4] {
		t.Errorf("what takes longer has no longer bar: %v", of)
	}
}

func barWidths(t *testing.T, picture string) (widths []float64) {
	t.Helper()
	for _, m := range regexp.MustCompile(`width="([\d.]+)" height="[\d.]+" class="(?:ours|other)"`).FindAllStringSubmatch(picture, -1) {
		v, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		widths = append(widths, v)
	}
	return widths
}

func TestATimeLineShowsWhatReadersGotWhileRedisWasAway(t *testing.T) {
	t.Parallel()
	r := gainMeasured()
	picture := r.timeline.draw().done()
	wantXML(t, picture)
	for class, want := range map[string]int{"away": 1, "answer0": 5, "answer1": 2, "answer2": 0, "answer3": 5, "answer4": 2} {
		if got := strings.Count(picture, `class="`+class+`"`); got != want { // in as many columns, and in the legend
			t.Errorf("%d of %s, want %d", got, class, want)
		}
	}
	if n := len(r.timeline.bins()); n != 8 {
		t.Errorf("four seconds have %d columns", n)
	}
}

func TestAPictureAloneIsAFileOfItsOwn(t *testing.T) {
	t.Parallel()
	picture := drawn(t, gainMeasured(), "latency.svg")
	wantXML(t, picture)
	if !strings.HasPrefix(picture, `<svg xmlns="http://www.w3.org/2000/svg"`) || !strings.Contains(picture, "no cache at all") ||
		!strings.Contains(picture, "prefers-color-scheme: dark") {
		t.Errorf("it is\n%s", picture)
	}
	var bad *wiring.UsageError
	if err := (Result{Bench: "idle"}).Draw(filepath.Join(t.TempDir(), "idle.svg")); !errors.As(err, &bad) {
		t.Errorf("a bench without pictures draws one: %v", err)
	}
}

// Each of 10,000 reads would ask Google 5 times; 1,000 refreshes ask twice, and those that
// are the first of a person's day 5 times.
func TestADayIsReckonedByWhatSummariesCost(t *testing.T) {
	t.Parallel()
	m := gainMeasured().Metrics
	for name, want := range map[string]float64{
		"day_google_requests": 2000 + 3*gainPeople, "day_google_requests_without": 50_000,
		"day_model_requests": 500, "day_model_requests_saved": .95,
		"day_model_tokens": 200_000, "day_model_tokens_without": 4_000_000,
	} {
		if m[name] != want {
			t.Errorf("%s is %v, want %v", name, m[name], want)
		}
	}
}
