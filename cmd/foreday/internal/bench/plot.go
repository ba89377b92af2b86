package bench

import (
	_ "embed"
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
	"time"

	"foreday/worker/processtest"
)

//go:embed plot.css
var plotCSS string

// drawing is an SVG that fits any width, in the colours of plot.css.
type drawing struct {
	strings.Builder
	width, height float64
}

const (
	plotWidth = 760
	plotLeft  = 190 // where bars begin; their names are left of it
	plotRight = plotWidth - 110
	plotRow   = 34
)

func newDrawing(height float64, title string) *drawing {
	d := &drawing{width: plotWidth, height: height}
	fmt.Fprintf(d, `<svg viewBox="0 0 %g %g" role="img" class="plot"><title>%s</title>`+"\n",
		d.width, height, html.EscapeString(title))
	return d
}

// alone returns the drawing as a file of its own.
func (d *drawing) alone() string {
	head, rest, _ := strings.Cut(strings.Replace(d.done(), "<svg ", `<svg xmlns="http://www.w3.org/2000/svg" `, 1), "\n")
	return head + "<style>" + plotCSS + `</style><rect class="page" width="100%" height="100%"/>` + "\n" + rest
}

func (d *drawing) done() string { return d.String() + "</svg>\n" }

func (d *drawing) text(x, y float64, class, text string) {
	fmt.Fprintf(d, `<text x="%.1f" y="%.1f" class="%s">%s</text>`+"\n", x, y, class, html.EscapeString(text))
}

func (d *drawing) rect(x, y, width, height float64, class string) {
	fmt.Fprintf(d, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" class="%s"/>`+"\n", x, y, max(0, width), height, class)
}

func (d *drawing) line(x1, y1, x2, y2 float64, class string) {
	fmt.Fprintf(d, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="%s"/>`+"\n", x1, y1, x2, y2, class)
}

// logScale places values between two powers of ten.
type logScale struct{ least, most, from, to float64 }

func (s logScale) at(v float64) float64 {
	share := math.Log(max(v, s.least)/s.least) / math.Log(s.most/s.least)
	return s.from + min(share, 1)*(s.to-s.from)
}

// ticks are the powers of ten.
func (s logScale) ticks() (ticks []float64) {
	for v := s.least; v <= s.most*1.001; v *= 10 {
		ticks = append(ticks, v)
	}
	return ticks
}

// shownTime is a time of so many microseconds.
func shownTime(us float64) string {
	switch {
	case us < 1000:
		return shownNumber(us) + " µs"
	case us < 1e6:
		return shownNumber(us/1000) + " ms"
	}
	return shownNumber(us/1e6) + " s"
}

// drawLatency draws the ways to a summary: a bar up to the p50, a line up to the p99.
func (r Result) drawLatency() *drawing {
	height := 26.0 + plotRow*float64(len(gainKinds)) + 24
	d := newDrawing(height, "How long a reader waits for a summary, p50 and p99, on a logarithmic scale")
	d.text(plotLeft, 14, "note", "how long a reader waits: bar to the p50, line to the p99 (logarithmic)")
	scale := logScale{.1, 1e7, plotLeft, plotRight}
	for _, v := range scale.ticks() {
		x := scale.at(v)
		d.line(x, 24, x, height-20, "grid")
		d.text(x, height-6, "tick", shownTime(v))
	}
	for i, kind := range gainKinds {
		y := 26 + plotRow*float64(i)
		p50, p99 := r.Metrics[kind.name+"_p50_us"], r.Metrics[kind.name+"_p99_us"]
		class := "ours"
		if kind.name == "get" || kind.name == "no_cache" {
			class = "other"
		}
		d.text(plotLeft-8, y+20, "name", kind.label)
		d.rect(plotLeft, y+7, scale.at(p50)-plotLeft, plotRow-14, class)
		d.line(scale.at(p50), y+plotRow/2, scale.at(p99), y+plotRow/2, "whisker")
		d.text(max(scale.at(p99), scale.at(p50))+6, y+20, "value", shownTime(p50)+" · "+shownTime(p99))
	}
	return d
}

// drawDay draws what a day costs without a cache and with it.
func (r Result) drawDay() *drawing {
	const each = 62.0
	d := newDrawing(6+each*float64(len(gainCosts)), "What a day's reads cost without a cache, and with foreday")
	for i, cost := range gainCosts {
		y := 6 + each*float64(i)
		with, without := r.Metrics["day_"+cost.name], r.Metrics["day_"+cost.name+"_without"]
		width := func(v float64) float64 { return (plotRight - plotLeft) * v / max(with, without) }
		d.text(plotLeft-8, y+20, "name", cost.label)
		d.text(plotLeft-8, y+38, "name note", fmt.Sprintf("%s %% saved", shownNumber(100*r.Metrics["day_"+cost.name+"_saved"])))
		d.rect(plotLeft, y+6, width(without), 20, "other")
		d.text(plotLeft+width(without)+6, y+20, "value", shownNumber(without))
		d.rect(plotLeft, y+28, width(with), 20, "ours")
		d.text(plotLeft+width(with)+6, y+42, "value", shownNumber(with))
	}
	return d
}

// binLength is how much of the time line is one column.
const binLength = 500 * time.Millisecond

// bins sorts reads into columns of the time line, by when they began. The last is whole.
func (t *timeline) bins() [][]outageRead {
	bins := make([][]outageRead, int(t.to.Sub(t.from)/binLength))
	for _, r := range t.reads {
		if n := int(r.began.Sub(t.from) / binLength); n < len(bins) {
			bins[n] = append(bins[n], r)
		}
	}
	return bins
}

// draw draws what came of reads, above how long they took, and what Redis suffered meanwhile.
func (t *timeline) draw() *drawing {
	const left, right, top, middle, below, bottom = 64.0, plotWidth - 10.0, 24.0, 150.0, 170.0, 320.0
	d := newDrawing(bottom+64, "What readers got, and how soon, while Redis was killed, paused, behind a lossy network, and full")
	bins := t.bins()
	length := time.Duration(len(bins)) * binLength
	at := func(when time.Time) float64 {
		return left + (right-left)*when.Sub(t.from).Seconds()/length.Seconds()
	}
	for _, span := range t.spans {
		d.rect(at(span.from), top, at(span.over)-at(span.from), bottom-top, "away")
		d.text(at(span.from)+3, top-8, "note", span.fault)
	}
	most := 0
	for _, bin := range bins {
		most = max(most, len(bin))
	}
	scale := logScale{100, 1e7, bottom, below}
	for _, v := range scale.ticks() {
		d.line(left, scale.at(v), right, scale.at(v), "grid")
		d.text(left-6, scale.at(v)+4, "name tick", shownTime(v))
	}
	d.text(left-6, top+10, "name tick", fmt.Sprintf("%.0f/s", float64(most)/binLength.Seconds()))
	d.text(left-6, middle, "name tick", "0")
	step := (right - left) / float64(len(bins))
	p50, p99 := "", ""
	for i, bin := range bins {
		x, y := left+step*float64(i), middle
		for kind := range gainAnswers {
			n := 0
			for _, r := range bin {
				if r.outcome() == kind {
					n++
				}
			}
			if n > 0 {
				high := (middle - top) * float64(n) / float64(most)
				y -= high
				d.rect(x, y, step-.5, high, "answer"+fmt.Sprint(kind))
			}
		}
		if len(bin) > 0 {
			took := tookOf(bin)
			us := func(p float64) float64 { return float64(processtest.Percentile(took, p).Microseconds()) }
			p50 += fmt.Sprintf("%.1f,%.1f ", x+step/2, scale.at(us(.5)))
			p99 += fmt.Sprintf("%.1f,%.1f ", x+step/2, scale.at(us(.99)))
		}
	}
	fmt.Fprintf(d, `<polyline points="%s" class="p50"/><polyline points="%s" class="p99"/>`+"\n", p50, p99)
	t.legend(d, left, bottom, length)
	return d
}

// legend draws the axis of time, and says what colours mean.
func (t *timeline) legend(d *drawing, left, bottom float64, length time.Duration) {
	for s := 0.0; s <= length.Seconds(); s += 5 {
		d.text(left+(plotWidth-10-left)*s/length.Seconds(), bottom+14, "tick", fmt.Sprintf("%.0f s", s))
	}
	x := left
	for kind, answer := range gainAnswers {
		if !slices.ContainsFunc(t.reads, func(r outageRead) bool { return r.outcome() == kind }) {
			continue
		}
		d.rect(x, bottom+24, 10, 10, "answer"+fmt.Sprint(kind))
		d.text(x+14, bottom+33, "value", answer.label)
		x += 30 + 6.3*float64(len(answer.label))
	}
	d.line(left, bottom+50, left+16, bottom+50, "p50")
	d.text(left+20, bottom+54, "value", "p50 of their latency")
	d.line(left+160, bottom+50, left+176, bottom+50, "p99")
	d.text(left+180, bottom+54, "value", "p99, in steps of half a second")
}
