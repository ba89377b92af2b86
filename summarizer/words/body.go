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

// body tells what is cancelled in one line, the other units of the plan, and how the day
// is besides. What does not fit is counted.
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
		pieces = append(pieces, piece{text: strings.Join(about, w.Space), weight: summarizer.IsNew, line: len(w.plan.Parts) + 1})
	}
	closing := w.closing()
	lines, left := w.fit(pieces, summarizer.MaxText-countRoom-length(closing...))
	if left += len(w.facts.Novel) - len(w.facts.Events); left > 0 {
		lines = append(lines, w.Stop(capital(w.AndMore(left))))
	}
	if lines = append(lines, closing...); len(lines) == 0 {
		return w.Stop(w.FreeDay(w.date(w.day.Date)))
	}
	return strings.Join(lines, "\n")
}

// fit returns the lines of those pieces that fit into size characters, and how many events
// the others tell. Those of the least weight are chosen first, then those that come first.
func (w *writing) fit(pieces []piece, size int) (lines []string, left int) {
	const most = 3 // pieces on a line
	fits := make([]bool, len(pieces))
	for weight := range summarizer.Weights {
		for i, p := range pieces {
			if p.weight == weight {
				size -= length(p.text)
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

// length counts the characters of lines, and what ends each.
func length(lines ...string) int {
	n := 0
	for _, line := range lines {
		n += utf8.RuneCountInString(line) + 1
	}
	return n
}
