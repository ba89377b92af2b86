package main

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"
)

// usualWidth is that of terminals that do not tell, and of files.
const usualWidth = 80

// widthOf returns how many columns there are: those of the terminal, or of COLUMNS.
func widthOf(w io.Writer) int {
	width := usualWidth
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		width = n
	} else if f, ok := w.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			width = n
		}
	}
	return min(max(width, 20), 400)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// coloured reports whether to write in colour: to terminals that can, unless the
// user wants none (https://no-color.org).
func coloured(w io.Writer) bool {
	return isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// painter writes text so that it stands out where that helps, and as it is elsewhere.
type painter bool

// newPainter returns the painter for what is written to w.
func newPainter(w io.Writer) painter { return painter(coloured(w)) }

// bold makes what matters stand out.
func (p painter) bold(text string) string { return p.paint("1", text) }

// red makes what is wrong stand out.
func (p painter) red(text string) string { return p.paint("31", text) }

func (p painter) paint(code, text string) string {
	if !p || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
