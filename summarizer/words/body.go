package words

import (
	"strings"
	"unicode/utf8"

	"foreday/summarizer"
)

// piece is what is said of a unit: one or more sentences, of a line that tells a part.
type piece struct {
	text   string
	part   int  // the index of its part
	must   bool // be told, whatever is left out
	events int  // how many novel events it tells
}

// body tells the units of the plan, a line each, and how the day is besides. What does
// not fit is counted.
func (w *writing) body(headline string) string {
	var pieces []piece
	total := 0
	for i, part := range w.parts {
		for _, told := range w.pieces(part) {
			told.part = i
			pieces = append(pieces, told)
			total += length(told.text)
		}
	}
	for _, sentence := range w.aboutDay() {
		if sentence = w.Stop(sentence); sentence != headline {
			pieces = append(pieces, piece{text: sentence, part: len(w.parts)})
			total += length(sentence)
		}
	}
	closing := w.closing()
	size := summarizer.MaxText - length(closing...)
	left := len(w.facts.Brief.Novel) - len(w.facts.Events)
	if left > 0 || total > size {
		size -= w.longestLeftOut()
		left += fit(pieces, size)
	}
	var lines []string
	last := -1
	for _, told := range pieces {
		switch {
		case told.text == "":
		case told.part == last && told.part == len(w.parts):
			lines[len(lines)-1] += w.Space + told.text
		default:
			lines, last = append(lines, told.text), told.part
		}
	}
	if left > 0 {
		lines = append(lines, w.Stop(w.LeftOut(left)))
	}
	if lines = append(lines, closing...); len(lines) == 0 {
		lines = []string{w.Stop(w.FreeDay(w.far(w.day.Date)))}
	}
	return strings.Join(lines, "\n")
}

// longestLeftOut is how long the line may be that says how many are left out: a small
// number may be a long word.
func (w *writing) longestLeftOut() int {
	const words = 20 // numbers that may be told by one
	most := len(w.facts.Brief.Novel)
	longest := length(w.Stop(w.LeftOut(most)))
	for n := 1; n <= min(most, words); n++ {
		longest = max(longest, length(w.Stop(w.LeftOut(n))))
	}
	return longest
}

// fit empties the pieces that do not fit into size characters, and returns how many
// events they tell. Those that must be told come first, then those that come first.
func fit(pieces []piece, size int) (left int) {
	for _, must := range []bool{true, false} {
		for i, p := range pieces {
			if p.must != must {
				continue
			}
			if size -= length(p.text); size < 0 {
				left += p.events
				pieces[i].text = ""
			}
		}
	}
	return left
}

// length counts the characters of lines, and what ends each.
func length(lines ...string) int {
	n := 0
	for _, line := range lines {
		n += utf8.RuneCountInString(line) + 1
	}
	return n
}
