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

// body tells what is cancelled in one line, the other units of the plan in one each, and
// how the day is besides. What does not fit is counted.
func (w *writing) body(headline string) string {
	const countRoom = 20 // characters of the line that says how many are left out
	var pieces []piece
	var cancelled []unit
	for _, u := range w.units {
		if u.events[0].TakesPlace() {
			pieces = append(pieces, w.piece(u))
		} else {
			cancelled = append(cancelled, u)
		}
	}
	if len(cancelled) > 0 {
		pieces = slices.Insert(pieces, 0, w.cancelled(cancelled))
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
		return w.Stop(w.FreeDay(w.date(w.day.Date)))
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
