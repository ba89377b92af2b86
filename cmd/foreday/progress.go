package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// progress shows on one line of a terminal how far long work has come. On
// anything else it is silent.
type progress struct {
	w     io.Writer
	title string

	mu   sync.Mutex
	last time.Time
}

func newProgress(w io.Writer, title string) *progress {
	if !isTerminal(w) {
		w = io.Discard
	}
	return &progress{w: w, title: title}
}

// at shows that a part of the work has come to the fraction done, 0 to 1.
func (p *progress) at(part string, done float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.last) < 50*time.Millisecond {
		return
	}
	p.last = time.Now()
	const width = 30
	n := int(min(max(done, 0), 1) * width)
	fmt.Fprintf(p.w, "\r\x1b[K%s: %-16s [%s%s] %3.0f%%", p.title, part, strings.Repeat("=", n), strings.Repeat(" ", width-n), done*100)
}

// done clears the line.
func (p *progress) done() { fmt.Fprint(p.w, "\r\x1b[K") }
