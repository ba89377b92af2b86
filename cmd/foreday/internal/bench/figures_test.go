package bench

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestABenchIsPrintedForPeople(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	r := Result{Bench: "ingest", Redis: "7.0.15", CPUs: 2, Metrics: map[string]float64{
		"hot100_per_s": 315_412.3, "raw_drain_per_s": 342_017.9, "hot100_ratio": .9222, "hot1000_per_s": 1, "batch": 16_000, "x_ms": 7.6543,
	}}
	if err := r.WriteTable(&out); err != nil {
		t.Fatal(err)
	}
	const want = `ingest, on Redis 7.0.15 and 2 CPUs
  messages/s over 100 users, applied and enqueued
    315,000         342,000 for XREADGROUP and XACK alone: 0.922
  more, by the names of --json
    batch                             16,000
    hot1000_per_s                     1 a second
    x_ms                              7.65 ms
`
	if out.String() != want {
		t.Errorf("it prints\n%swant\n%s", out.String(), want)
	}
}

// Whoever has run a bench finds its rows in the README's table by their names.
func TestTheRowsOfABenchAreThoseOfTheREADME(t *testing.T) {
	t.Parallel()
	held, err := os.ReadFile("../../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(held), "| `bench` | figure |")
	bench, rows := "", map[string][]string{}
	for _, m := range regexp.MustCompile("(?m)^\\|(?: `(\\w+)`)? \\| ([^|]+) \\|.*\\|$").FindAllStringSubmatch(table, -1) {
		if m[1] != "" {
			bench = m[1]
		}
		rows[bench] = append(rows[bench], m[2])
	}
	for name := range benches {
		if len(rows[name]) != len(figures[name]) {
			t.Errorf("%s has %d rows, and the README %d of it", name, len(figures[name]), len(rows[name]))
			continue
		}
		for i, f := range figures[name] {
			if !strings.HasPrefix(rows[name][i], f.name) {
				t.Errorf("%s calls %q what the README calls %q", name, f.name, rows[name][i])
			}
		}
	}
}
