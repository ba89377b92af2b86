package words

import (
	"slices"
	"strings"
	"unicode/utf8"

	"foreday/summarizer"
)

// piece is what is said of a unit, or of the day: one or more sentences on a line.
type piece struct {
	text   string
	must   bool // be told, whatever is left out
	events int  // how many novel events it tells
}

// body tells the units of the plan, a line each, and how the day is besides. What does
// not fit is counted.
func (w *writing) body(headline string) string {
	const countRoom = 40 // characters of the line that says how many are left out
	var pieces []piece
	for _, part := range w.parts {
		pieces = append(pieces, w.pieces(part)...)
	}
	about := slices.DeleteFunc(w.aboutDay(), func(sentence string) bool { return sentence == headline })
	if len(about) > 0 {
		pieces = append(pieces, piece{text: strings.Join(about, w.Space)})
	}
	closing := w.closing()
	size := summarizer.MaxText - length(closing...)
	beyond := len(w.facts.Novel) - len(w.facts.Events)
	lines, left := fit(pieces, size)
	if left+beyond > 0 {
		lines, left = fit(pieces, size-countRoom)
		lines = append(lines, w.Stop(capital(w.AndMore(left+beyond))))
	}
	if lines = append(lines, closing...); len(lines) == 0 {
		return w.Stop(w.FreeDay(w.far(w.day.Date)))
	}
	return strings.Join(lines, "\n")
}

// fit returns the pieces that fit into size characters, and how many events the others
// tell. Those that must be told are chosen first, then those that come first.
func fit(pieces []piece, size int) (lines []string, left int) {
	fits := make([]bool, len(pieces))
	for _, must := range []bool{true, false} {
		for i, p := range pieces {
			if p.must == must {
				size -= length(p.text)
				fits[i] = size >= 0
			}
		}
	}
	for i, p := range pieces {
		if fits[i] {
			lines = append(lines, p.text)
		} else {
			left += p.events
		}
	}
	return lines, left
}

// length counts the characters of lines, and what ends each.
func length(lines ...string) int {
	n := 0
	for _, line := range lines {
		n += utf8.RuneCountInString(line) + 1
	}
	return n
}
