package words

import (
	"slices"
	"strings"
	"unicode/utf8"

	"foreday/summarizer"
)

// piece is what is said of a unit, or of the day: one or more sentences.
type piece struct {
	text   string
	weight int // of a summarizer.Verdict
	line   int // what has the same may be on one line
	events int // how many novel events it tells
}

// body tells all that there is room for, and counts the rest.
func (w *writing) body(headline string) string {
	const countRoom = 20 // characters of the line that says how many are left out
	closing := w.closing()
	size := summarizer.MaxText - countRoom - utf8.RuneCountInString(strings.Join(closing, "\n"))
	lines, left := w.fit(w.pieces(headline), size)
	if left > 0 {
		w.terse = true
		lines, left = w.fit(w.pieces(headline), size)
	}
	if left += len(w.facts.Novel) - len(w.facts.Events); left > 0 {
		lines = append(lines, w.Stop(capital(w.AndMore(left))))
	}
	if lines = append(lines, closing...); len(lines) == 0 {
		return w.Stop(w.FreeDay(w.date(w.day.Date)))
	}
	return strings.Join(lines, "\n")
}

// pieces tells what is cancelled in one piece, the other units of the plan in one each,
// and how the day is besides.
func (w *writing) pieces(headline string) (pieces []piece) {
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
	for _, about := range w.aboutDay() {
		if about != headline {
			pieces = append(pieces, piece{text: about, weight: summarizer.IsNew, line: len(w.plan.Parts) + 1})
		}
	}
	return pieces
}

// fit returns the lines of those pieces that fit into size characters, and how many events
// the others tell. Those of the least weight are chosen first, then those that come first.
func (w *writing) fit(pieces []piece, size int) (lines []string, left int) {
	const most = 3 // pieces on a line
	fits := make([]bool, len(pieces))
	for weight := range summarizer.Weights {
		for i, p := range pieces {
			if p.weight == weight {
				size -= utf8.RuneCountInString(p.text) + 1
				fits[i] = size >= 0
			}
		}
	}
	line, on := 0, 0 // the last one, and how many pieces are on it
	for i, p := range pieces {
		switch {
		case !fits[i]:
			left += p.events
		case on > 0 && on < most && p.line == line:
			lines[len(lines)-1] += w.Space + p.text
			on++
		default:
			lines = append(lines, p.text)
			line, on = p.line, 1
		}
	}
	return lines, left
}
