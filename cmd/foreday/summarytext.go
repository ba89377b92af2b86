package main

import (
	"fmt"
	"strings"

	"foreday/cmd/foreday/internal/terminal"
	"foreday/summarizer"
)

// What several commands print of a summary.

// storyWidth keeps the story readable on the narrowest of terminals.
const storyWidth = 78

// linesOf breaks a summary into lines of at most width columns.
func linesOf(s summarizer.Summary, width int) []string {
	lines := terminal.Wrap(s.Headline, width)
	for paragraph := range strings.Lines(s.Text) {
		lines = append(lines, terminal.Wrap(paragraph, width)...)
	}
	return lines
}

// rewrap breaks a line that is too long, and keeps its margin.
func rewrap(line string, width int) []string {
	if terminal.Columns(line) <= width {
		return []string{line}
	}
	margin := line[:len(line)-len(strings.TrimLeft(line, " "))]
	lines := terminal.Wrap(line, width-len(margin))
	for i := range lines {
		lines[i] = margin + lines[i]
	}
	return lines
}

// byline says who planned a summary.
func byline(s summarizer.Summary) string {
	if s.Degraded {
		return "planned without the model, which failed"
	}
	if s.Writer == summarizer.PlainWriter {
		return "planned without a model"
	}
	return "planned by " + s.Writer
}

// counted says how many there are: "1 event", "2 events".
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
