package plain

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"foreday/summarizer"
)

// What a line of the body has room for, in characters.
const (
	lineTitle    = 120
	lineCalendar = 40
	lineReason   = 100
)

// body has a line for each novel event, as many as fit, and says what else the
// day holds.
func body(b summarizer.Brief) string {
	if len(b.Novel) == 0 {
		return nothingNew(b)
	}
	rest := ""
	if others := b.Total - len(b.Novel); others == 1 {
		rest = "\nThe other event is routine."
	} else if others > 1 {
		rest = fmt.Sprintf("\nThe other %d events are routine.", others)
	}
	lines := make([]string, len(b.Novel))
	for i, v := range b.Novel {
		lines[i] = line(v, b.Day)
	}
	return fitted(lines, summarizer.MaxText-utf8.RuneCountInString(rest)) + rest
}

func nothingNew(b summarizer.Brief) string {
	date := LongDate(b.Day.Date)
	switch b.Total {
	case 0:
		return fmt.Sprintf("There are no events on %s.", date)
	case 1:
		return fmt.Sprintf("The only event on %s is routine.", date)
	default:
		return fmt.Sprintf("All %d events on %s are routine.", b.Total, date)
	}
}

func line(v summarizer.Verdict, day summarizer.Day) string {
	var s strings.Builder
	s.WriteString(capital(When(v.Event, day)) + " · " + Isolate(Title(v.Event.Title, lineTitle)))
	switch v.Event.Status {
	case summarizer.Cancelled:
		s.WriteString(", cancelled")
	case summarizer.Tentative:
		s.WriteString(", tentative")
	}
	if c := Clean(v.Event.Calendar, lineCalendar); c != "" {
		s.WriteString(" (" + Isolate(c) + ")")
	}
	if r := Clean(v.Reason, lineReason); r != "" {
		s.WriteString(": " + Isolate(r))
	}
	return s.String()
}

// fitted joins the lines that fit into size characters and counts the others.
func fitted(lines []string, size int) string {
	all := strings.Join(lines, "\n")
	if utf8.RuneCountInString(all) <= size {
		return all
	}
	size -= utf8.RuneCountInString(more(len(lines)))
	shown, used := 0, 0
	for ; shown < len(lines); shown++ {
		used += utf8.RuneCountInString(lines[shown]) + 1
		if used > size {
			break
		}
	}
	return strings.Join(lines[:shown], "\n") + "\n" + more(len(lines)-shown)
}

func more(n int) string { return fmt.Sprintf("and %d more", n) }
