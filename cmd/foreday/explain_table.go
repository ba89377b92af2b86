package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"foreday/cmd/foreday/internal/terminal"
	"foreday/summarizer"
	"foreday/summarizer/words"
)

// The table of explain is as wide as the terminal. Nothing is left out of it: what is
// too long for its column goes on below.
const (
	gap         = 2
	whenAtMost  = 15
	titleAtMost = 28 // on the usual terminal; half of what a wider one has more
	whyAtLeast  = 20 // with less, the columns stand one below the other
)

// row is one event of the table.
type row struct {
	score, when, title, why string
	novel                   bool
}

var heading = row{score: "novelty", when: "when", title: "title", why: "why"}

func rowOf(v summarizer.Verdict, b summarizer.Brief) row {
	mark := " "
	if v.Novel {
		mark = "*"
	}
	return row{
		score: fmt.Sprintf("%s %.2f", mark, v.Novelty),
		when:  words.When(v.Event, b.Day, b.Language, b.Clock12),
		title: words.Title(v.Event.Title, 4*titleAtMost, b.Language),
		why:   words.Reason(v, b.Day, b.Language, b.Clock12),
		novel: v.Novel,
	}
}

// table prints the verdicts for people.
func (e explanation) table(w io.Writer, draft summarizer.Draft) error {
	verdicts, day := draft.Verdicts, draft.Brief.Day
	paint := terminal.NewPainter(w)
	var rows []row
	for _, v := range verdicts {
		rows = append(rows, rowOf(v, draft.Brief))
	}
	var b strings.Builder
	head := fmt.Sprintf("%s %s (%s): %s", day.Date.Weekday(), e.Date, e.Timezone, counted(len(verdicts), "event"))
	for _, line := range rewrap(head, terminal.Width(w)) {
		b.WriteString(line + "\n")
	}
	if len(rows) > 0 {
		b.WriteString("\n")
		writeRows(&b, rows, terminal.Width(w), paint)
	}
	if slices.ContainsFunc(rows, func(r row) bool { return r.novel }) {
		b.WriteString("\n* novel\n")
	}
	b.WriteString("\nAs it is told without a model:\n")
	for _, line := range linesOf(summarizer.Summary{Headline: e.Headline, Text: e.Text}, min(terminal.Width(w), storyWidth)) {
		b.WriteString(line + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeRows writes the heading and the rows in so many columns.
func writeRows(b *strings.Builder, rows []row, width int, paint terminal.Painter) {
	scoreWidth, whenWidth, titleWidth := terminal.Columns(heading.score), terminal.Columns(heading.when), terminal.Columns(heading.title)
	for _, r := range rows {
		whenWidth = max(whenWidth, min(terminal.Columns(r.when), whenAtMost))
		titleWidth = max(titleWidth, min(terminal.Columns(r.title), titleAtMost+max(0, width-terminal.UsualWidth)/2))
	}
	whyWidth := width - scoreWidth - whenWidth - titleWidth - 3*gap
	if whyWidth < whyAtLeast {
		for _, r := range rows {
			r.writeStacked(b, width, paint)
		}
		return
	}
	heading.write(b, []int{scoreWidth, whenWidth, titleWidth, whyWidth}, paint)
	for _, r := range rows {
		r.write(b, []int{scoreWidth, whenWidth, titleWidth, whyWidth}, paint)
	}
}

// write writes the row in columns of these widths.
func (r row) write(b *strings.Builder, widths []int, paint terminal.Painter) {
	var cells [][]string
	height := 0
	for i, text := range []string{r.score, r.when, r.title, r.why} {
		lines := []string{text} // the score begins with its mark, or with spaces
		if i > 0 {
			lines = terminal.Wrap(text, widths[i])
		}
		cells = append(cells, lines)
		height = max(height, len(lines))
	}
	for i := range height {
		line := ""
		for j, lines := range cells {
			line += terminal.Pad(at(lines, i), widths[j]+gap)
		}
		b.WriteString(r.painted(strings.TrimRight(line, " "), paint) + "\n")
	}
}

// writeStacked writes the row for a terminal that is too narrow for columns.
func (r row) writeStacked(b *strings.Builder, width int, paint terminal.Painter) {
	const margin = "  "
	b.WriteString(r.painted(r.score+"  "+r.when, paint) + "\n")
	for _, text := range []string{r.title, r.why} {
		for _, line := range terminal.Wrap(text, width-len(margin)) {
			b.WriteString(r.painted(margin+line, paint) + "\n")
		}
	}
}

// painted makes what is novel stand out.
func (r row) painted(line string, paint terminal.Painter) string {
	if !r.novel {
		return line
	}
	return paint.Bold(line)
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}
