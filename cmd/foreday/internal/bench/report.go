package bench

import (
	_ "embed"
	"fmt"
	"html/template"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"foreday/cmd/foreday/internal/wiring"
)

//go:embed report.html
var reportHTML string

var reportTemplate = template.Must(template.New("report").Parse(reportHTML))

// reportKinds tell by the end of a metric's name what may share a scale.
var reportKinds = []struct{ suffix, name string }{
	{"_ms", "Milliseconds"}, {"_s", "Seconds"}, {"_per_s", "Per second"}, {"_ratio", "Ratios"}, {"", "Others"},
}

type reportGroup struct {
	Name string
	Bars []reportBar
}

type reportBar struct {
	Name           string
	Value, Percent float64
}

// Draw writes the result as a page that needs nothing but itself.
func (r Result) Draw(file string) (err error) {
	f, err := os.Create(file)
	if err != nil {
		return wiring.BadSetting("--report", file, err.Error())
	}
	defer func() {
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
	}()
	page := map[string]any{"Result": r, "Groups": r.groups(), "At": time.Now().UTC().Format("2006-01-02 15:04 UTC")}
	if err := reportTemplate.Execute(f, page); err != nil {
		return fmt.Errorf("--report %q: %w", file, err)
	}
	return nil
}

// groups sorts the metrics by kind, each scaled to the greatest of its kind.
func (r Result) groups() []reportGroup {
	byKind := make([]reportGroup, len(reportKinds))
	for _, name := range slices.Sorted(maps.Keys(r.Metrics)) {
		k := reportKind(name)
		byKind[k].Name = reportKinds[k].name
		byKind[k].Bars = append(byKind[k].Bars, reportBar{Name: name, Value: r.Metrics[name]})
	}
	var groups []reportGroup
	for _, g := range byKind {
		greatest := 0.0
		for _, b := range g.Bars {
			greatest = max(greatest, b.Value)
		}
		for i := range g.Bars {
			if greatest > 0 {
				g.Bars[i].Percent = 100 * max(0, g.Bars[i].Value) / greatest
			}
		}
		if len(g.Bars) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

// reportKind finds the longest suffix that fits.
func reportKind(name string) int {
	best := len(reportKinds) - 1
	for i, k := range reportKinds {
		if strings.HasSuffix(name, k.suffix) && len(k.suffix) > len(reportKinds[best].suffix) {
			best = i
		}
	}
	return best
}
