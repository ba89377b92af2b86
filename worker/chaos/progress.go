package main

import (
	"fmt"
	"io"
	"os"
	"time"
)

// progress is one line on a terminal; on anything else it is silent.
type progress struct{ w io.Writer }

func newProgress(w io.Writer) *progress {
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return &progress{w}
		}
	}
	return &progress{io.Discard}
}

func (p *progress) at(gone, length time.Duration, kills, told int) {
	fmt.Fprintf(p.w, "\r\x1b[Kchaos: %d of %d s, %d kills, %d messages", int(gone.Seconds()), int(length.Seconds()), kills, told)
}

func (p *progress) calming(left time.Duration, wrong int) {
	fmt.Fprintf(p.w, "\r\x1b[Kchaos: calming down for %d s at most, %d days not right yet", int(left.Seconds()), wrong)
}

func (p *progress) done() { fmt.Fprint(p.w, "\r\x1b[K") }
