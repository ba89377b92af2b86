package words

import (
	"strings"
	"unicode/utf8"

	"foreday/summarizer"
	"foreday/summarizer/plan"
)

// piece is what is said of a unit: one or more sentences, of a line that tells a part.
type piece struct {
	text   string
	part   int  // the index of its part
	must   bool // be told, whatever is left out
	events int  // how many novel events it tells
}

// body tells the parts of the plan, a line each, and how the day is besides. Where
// there is no room for all pieces, those that must be told come first, then those that
// the plan has first; the others are counted.
func (w writing) body(p plan.Plan, headline string) string {
	var pieces []piece
	for i, part := range p.Parts {
		for _, told := range w.pieces(part) {
			told.part = i
			pieces = append(pieces, told)
		}
	}
	for _, sentence := range w.aboutDay(p) {
		if sentence = w.Stop(sentence); sentence != headline {
			pieces = append(pieces, piece{text: sentence, part: len(p.Parts)})
		}
	}
	more := len(w.facts.Brief.Novel) - len(w.facts.Events)
	closing := w.closing(p)
	size := summarizer.MaxText - utf8.RuneCountInString(strings.Join(closing, "\n")) - 1
	kept, left := fitted(pieces, size, utf8.RuneCountInString(w.Stop(w.LeftOut(len(w.facts.Brief.Novel))))+1, more > 0)
	var lines []string
	for i, told := range kept {
		if i > 0 && told.part == kept[i-1].part {
			lines[len(lines)-1] += w.Space + told.text
		} else {
			lines = append(lines, told.text)
		}
	}
	if more += left; more > 0 {
		lines = append(lines, w.Stop(w.LeftOut(more)))
	}
	lines = append(lines, closing...)
	if len(lines) == 0 {
		lines = append(lines, w.Stop(w.FreeDay(w.far(w.day.Date))))
	}
	return strings.Join(lines, "\n")
}

// fitted returns the pieces that fit into size characters, and how many events the
// others tell. Where some do not fit, or if reserve is set, it leaves room for saying so.
func fitted(pieces []piece, size, room int, reserve bool) ([]piece, int) {
	length := 0
	for _, p := range pieces {
		length += utf8.RuneCountInString(p.text) + 1
	}
	if reserve || length > size {
		size -= room
	}
	keep, left := make([]bool, len(pieces)), 0
	for _, must := range []bool{true, false} {
		full := false
		for i, p := range pieces {
			if p.must != must {
				continue
			}
			n := utf8.RuneCountInString(p.text) + 1
			if full = full || n > size; full {
				left += p.events
				continue
			}
			keep[i] = true
			size -= n
		}
	}
	var kept []piece
	for i, p := range pieces {
		if keep[i] {
			kept = append(kept, p)
		}
	}
	return kept, left
}
