package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"foreday/cmd/foreday/internal/terminal"
)

// page is what the owner reads.
type page struct {
	Of       string   `json:"of"` // which commit, on what, when
	Passed   int      `json:"passed"`
	Criteria []result `json:"criteria"`
	Seconds  float64  `json:"seconds"`
}

// result is a criterion, and whether it is met.
type result struct {
	Criterion string `json:"criterion"`
	Passed    bool   `json:"passed"`
	Shown     []seen `json:"shown"`
}

// seen is what was run, and what came of it.
type seen struct {
	How    string `json:"how"`
	Figure string `json:"figure"`
	Wrong  string `json:"wrong,omitempty"`
}

func newPage(results []result, of string, took time.Duration) *page {
	p := &page{Of: of, Criteria: results, Seconds: took.Seconds()}
	for _, r := range results {
		if r.Passed {
			p.Passed++
		}
	}
	return p
}

func (p *page) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return terminal.PrintJSON(w, p)
	}
	width, painter := terminal.Width(w), terminal.NewPainter(w)
	var b strings.Builder
	indented := func(text, indent string) {
		for _, line := range terminal.Wrap(terminal.VisibleText(text), width-len(indent)) {
			b.WriteString(indent + line + "\n")
			indent = strings.Repeat(" ", len(indent))
		}
	}
	b.WriteString(painter.Bold("Acceptance of foreday: what was asked for, and how it was shown") + "\n")
	indented(p.Of, "")
	for n, r := range p.Criteria {
		verdict := "pass"
		if !r.Passed {
			verdict = painter.Red("FAIL")
		}
		fmt.Fprintf(&b, "\n%s %2d. %s\n", verdict, n+1, painter.Bold(r.Criterion))
		for _, s := range r.Shown {
			indented(s.How, "         ")
			if s.Figure != "" {
				indented(s.Figure, "           = ")
			}
			if s.Wrong != "" {
				indented(s.Wrong, "           wrong: ")
			}
		}
	}
	fmt.Fprintf(&b, "\n%d of %d criteria are met. It took %s.\n", p.Passed, len(p.Criteria),
		time.Duration(p.Seconds)*time.Second)
	_, err := io.WriteString(w, b.String())
	return err
}
