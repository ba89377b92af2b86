package bench

import (
	_ "embed"
	"fmt"
	"html/template"
	"maps"
	"os"
	"path/filepath"
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
	{"_ms", "Milliseconds"}, {"_us", "Microseconds"}, {"_s", "Seconds"}, {"_per_s", "Per second"}, {"_ratio", "Ratios"}, {"", "Others"},
}

type reportGroup struct {
	Name string
	Bars []reportBar
}

type reportBar struct {
	Name           string
	Value, Percent float64
}

// Draw writes the result as a page that needs nothing but itself; to a file that ends in
// .svg, its first picture alone.
func (r Result) Draw(file string) (err error) {
	f, err := os.Create(file)
	if err != nil {
		return wiring.BadSetting("--report", file, wiring.Reason(err))
	}
	defer func() {
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
	}()
	pictures := r.pictures()
	if filepath.Ext(file) == ".svg" {
		if len(pictures) == 0 {
			return wiring.BadSetting("--report", file, "bench "+r.Bench+" draws no picture of its own: want FILE.html")
		}
		_, err = f.WriteString(pictures[0].drawing.alone())
		return err
	}
	page := map[string]any{
		"Result": r, "Pictures": pictures, "Rows": r.rows(), "Groups": r.groups(), "CSS": template.CSS(plotCSS),
		"Machine": thisMachine(), "At": time.Now().UTC().Format("2006-01-02 15:04 UTC"),
	}
	if err := reportTemplate.Execute(f, page); err != nil {
		return fmt.Errorf("--report %q: %w", file, err)
	}
	return nil
}

// picture is a drawing with what it shows, and how that was measured.
type picture struct {
	Title, Method string
	drawing       *drawing
}

// SVG is the drawing, as part of a page.
func (p picture) SVG() template.HTML { return template.HTML(p.drawing.done()) }

// pictures are those of what was measured.
func (r Result) pictures() (all []picture) {
	if r.Bench != "report" {
		return nil
	}
	if _, measured := r.Metrics["no_cache_p50_us"]; measured {
		all = append(all, picture{"How long a reader waits", gainMethod[0], r.drawLatency()})
	}
	if _, measured := r.Metrics["day_reads"]; measured {
		all = append(all, picture{fmt.Sprintf("What a day of %d people costs", gainPeople), r.Fill(gainMethod[1]), r.drawDay()})
	}
	if r.timeline != nil {
		all = append(all, picture{"While Redis is away", gainMethod[2], r.timeline.draw()})
	}
	return all
}

// gainMethod says of each picture how it was measured.
var gainMethod = []string{
	fmt.Sprintf("A stand-in for the model takes %v to answer, one for Google Calendar %v. The bare GET is go-redis with nothing added, and "+
		"json.Unmarshal; it takes turns with hits in the process and through Redis, blocks of %d reads of each, %d times, over %d "+
		"users; in the process, each summary is asked "+
		"of Redis again once in a second. Stale "+
		"summaries are read while no worker runs. A miss waits for a worker, and without a cache the summary is made for one reader: %d of "+
		"each, %d at the same time.", noCacheModel, noCacheCalendar, readsBlock, gainRounds, gainUsers, gainCold, gainAtOnce),
	"Grey: each of the {day_reads} reads makes its summary. Coloured: foreday, which refreshes {day_refreshes} times, renewals ahead of " +
		"readers included. Simulated are two days of made-up readers in all zones, of whom each changes an event " + fmt.Sprint(gainEdits) +
		" times a day, by the code and scripts that workers run, under a controlled clock. What a refresh, a first summary and one " +
		"without a cache cost was counted at the stand-ins: {refresh_google_requests}, {miss_google_requests} and " +
		"{no_cache_google_requests} requests to Google, {miss_model_tokens} tokens.",
	fmt.Sprintf("%d reads a second over HTTP of %d users, from %d processes with API and worker; %d events a second are made meanwhile. "+
		"Shaded: Redis is killed with SIGKILL, stopped with SIGSTOP, behind a proxy that holds back %d packets in 100 as TCP does when they are "+
		"lost, and full. The other settings are those of bench outage.", outageRate, outageUsers, outageProcesses, outageEdits, outageLoss),
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
