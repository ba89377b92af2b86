package terminal

import (
	"io"
	"os"
	"strconv"

	"golang.org/x/term"
)

// UsualWidth is that of terminals that do not tell, and of files.
const UsualWidth = 80

// Width returns how many columns there are: those of the terminal, or of COLUMNS.
func Width(w io.Writer) int {
	width := UsualWidth
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		width = n
	} else if f, ok := w.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			width = n
		}
	}
	return min(max(width, 20), 400)
}

// ClearScreen has a terminal begin at the top of an empty screen.
const ClearScreen = "\x1b[H\x1b[2J"

// Is reports whether what is written to w is shown on a terminal.
func Is(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Coloured reports whether to write in colour: to terminals that can, unless the
// user wants none (https://no-color.org).
func Coloured(w io.Writer) bool {
	return Is(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// Painter writes text so that it stands out where that helps, and as it is elsewhere.
type Painter bool

// NewPainter returns the painter for what is written to w.
func NewPainter(w io.Writer) Painter { return Painter(Coloured(w)) }

// Bold makes what matters stand out.
func (p Painter) Bold(text string) string { return p.paint("1", text) }

// Red makes what is wrong stand out.
func (p Painter) Red(text string) string { return p.paint("31", text) }

func (p Painter) paint(code, text string) string {
	if !p || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
