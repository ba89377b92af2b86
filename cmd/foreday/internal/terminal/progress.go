package terminal

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// Progress shows on one line of a terminal how far long work has come. On
// anything else it is silent.
type Progress struct {
	w     io.Writer
	title string

	mu   sync.Mutex
	last time.Time
}

// NewProgress returns the line for work with the title, which is shown on w if that is a
// terminal.
func NewProgress(w io.Writer, title string) *Progress {
	if !Is(w) {
		w = io.Discard
	}
	return &Progress{w: w, title: title}
}

// At shows that a part of the work has come to the fraction done, 0 to 1.
func (p *Progress) At(part string, done float64) {
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

// Done clears the line.
func (p *Progress) Done() { fmt.Fprint(p.w, "\r\x1b[K") }
