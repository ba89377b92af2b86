package overview

import (
	"fmt"
	"strings"
)

// curve is how a figure went lately.
type curve struct {
	Name   string
	Now    string
	values []float64
}

// goOn adds what was found to the curves.
func goOn(curves []curve, found view) []curve {
	next := []curve{
		{Name: "reads a second", Now: fmt.Sprintf("%.1f", found.Reads), values: []float64{found.Reads}},
		{Name: "message to fresh, 99 of 100", Now: seconds(found.FreshnessP99), values: []float64{found.FreshnessP99}},
		{Name: "oldest refresh due", Now: seconds(found.OldestTracked), values: []float64{found.OldestTracked}},
		{Name: "jobs waiting", Now: fmt.Sprint(found.JobsWaiting), values: []float64{float64(found.JobsWaiting)}},
	}
	for i, c := range curves {
		old := c.values[max(0, len(c.values)-drawn+1):]
		next[i].values = append(append([]float64{}, old...), next[i].values...)
	}
	return next
}

// Points returns the curve as an SVG polyline has it, in a box of 150 by 30, the newest at
// the right; the highest value is at the top.
func (c curve) Points() string {
	highest := 0.0
	for _, v := range c.values {
		highest = max(highest, v)
	}
	var b strings.Builder
	for i, v := range c.values {
		y := 29.0
		if highest > 0 {
			y -= 28 * v / highest
		}
		fmt.Fprintf(&b, "%d,%.1f ", drawn-len(c.values)+i, y)
	}
	return strings.TrimSpace(b.String())
}
